"""Presets: instructions and sampling under a name, to answer a conversation by."""

from dataclasses import dataclass

from app.engine.protocol import SamplingParams


@dataclass(frozen=True, slots=True)
class Preset:
    """``sampling`` None means as the settings say; ``model`` is a model it was made for, or ""."""

    name: str
    instructions: str = ""  # the system message
    sampling: SamplingParams | None = None
    model: str = ""


# As Step's model card advises for chat and for reasoning.
SHIPPED = (
    Preset("Chat", sampling=SamplingParams(temperature=0.6, top_p=0.95)),
    Preset("Reasoning", sampling=SamplingParams(temperature=1.0, top_p=0.95)),
)
