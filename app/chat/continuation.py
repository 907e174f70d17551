"""Goes on with an answer that was cut: the prompt ends inside the model's own turn.

No template has a form for this. But each ends with what opens the model's turn, and there the
model began to write; so the prompt of the answer, then the answer as it was written, is what the
model had read when it was stopped, whatever the template.
"""

from app.chat.messages import Message
from app.chat.stream_parser import CLOSE_TAG, OPEN_TAG
from app.engine.protocol import PromptPart
from app.errors import cannot_continue


def is_inside_reasoning(answer: Message) -> bool:
    """Whether it was cut while the model still thought."""
    return bool(answer.reasoning) and not answer.text


def continued(
    prompt: tuple[PromptPart, ...], answer: Message, *, starts_inside: bool
) -> tuple[PromptPart, ...]:
    """The prompt that asked for the answer, and the answer so far.

    ``starts_inside``: the prompt already opened the reasoning. Raises AppError for an answer with
    tool calls.
    """
    if answer.tool_calls:
        raise cannot_continue()
    parts = []
    if answer.reasoning and not starts_inside:
        parts.append(PromptPart(f"{OPEN_TAG}\n", special=True))
    if answer.reasoning:
        parts.append(PromptPart(answer.reasoning))
    if answer.text and (answer.reasoning or starts_inside):
        newline = "\n" if answer.reasoning else ""
        parts.append(PromptPart(f"{newline}{CLOSE_TAG}\n\n", special=True))
    if answer.text:
        parts.append(PromptPart(answer.text))
    return (*prompt, *parts)
