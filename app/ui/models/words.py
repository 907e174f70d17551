"""What is known of a model file, and whether it fits, in words."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.engine.status import EngineState, EngineStatus
from app.errors import AppError, ErrorKind
from app.ui.widgets.chip import Tone
from app.ui.words import bytes_in_words

if TYPE_CHECKING:
    from app.models.fit import Fit, Machine
    from app.models.found import FoundModel
    from app.models.inspect import ModelFacts


def source_word(model: "FoundModel") -> str:
    """Where it was found; other programs' folders are read only."""
    place = {
        "doorstep": _tr("Doorstep’s folder"),
        "huggingface": _tr("Hugging Face cache"),
        "lmstudio": _tr("LM Studio"),
        "ollama": _tr("Ollama"),
        "starter": _tr("Comes with Doorstep"),
    }.get(model.source, model.source)
    form = "GGUF" if model.format == "gguf" else _tr("Folder")
    return " · ".join((place, form, bytes_in_words(model.size_bytes)))


def facts_in_words(facts: "ModelFacts") -> str:
    """The header in one line."""
    parts = [facts.architecture, _parameters(facts.parameters), facts.quantisation]
    if facts.experts:
        experts = _tr("{used} of {count} experts")
        parts.append(experts.format(used=facts.experts_used, count=facts.experts))
    if facts.context_length:
        trained = _tr("trained for {count} tokens")
        parts.append(trained.format(count=f"{facts.context_length:,}"))
    if facts.mtp_depth:
        parts.append(_tr("MTP depth {depth}").format(depth=facts.mtp_depth))
    return " · ".join(part for part in parts if part)


def verdict(fit: "Fit", machine: "Machine") -> tuple[Tone, str]:
    """Whether it fits, with the figures that decide."""
    need, has = bytes_in_words(fit.memory.total), bytes_in_words(machine.memory_bytes)
    match fit.verdict:
        case "fits":
            return "ok", _tr("Fits: needs {need}, this computer has {has}.").format(
                need=need, has=has
            )
        case "tight":
            return "warn", _tr(
                "Tight: needs {need} of {has}. Close other programs, or shorten the context."
            ).format(need=need, has=has)
    if fit.largest_context:
        return "danger", _tr(
            "Needs {need}, this computer has {has}. With {count} tokens of context it fits."
        ).format(need=need, has=has, count=f"{fit.largest_context:,}")
    return "danger", _tr(
        "Needs {need}, this computer has {has}. Choose a smaller model or a smaller form of it."
    ).format(need=need, has=has)


def running_facts(status: EngineStatus) -> list[str]:
    """What is known of the model that is loaded."""
    model = status.model
    if model is None:
        return []
    facts = [
        model.architecture,
        _tr("reads up to {count} tokens").format(count=f"{model.context_length:,}"),
        model.engine,
    ]
    if status.memory_bytes:
        facts.append(_tr("{size} of memory").format(size=bytes_in_words(status.memory_bytes)))
    facts.append(
        _tr("MTP depth {depth}").format(depth=model.mtp_depth)
        if model.mtp_depth
        else _tr("no MTP: this file has no such layers")
    )
    return [fact for fact in facts if fact]


def state_tone(status: EngineStatus) -> Tone:
    tones: dict[EngineState, Tone] = {
        EngineState.READY: "ok",
        EngineState.LOADING: "warn",
        EngineState.FAILED: "danger",
    }
    return tones.get(status.state, "muted")


def help_for(error: AppError) -> tuple[str, str]:
    """The one action that helps against a failure: what it does, and its words."""
    match error.kind:
        case ErrorKind.OUT_OF_MEMORY:
            return "shorter", _tr("Load with a shorter context")
        case ErrorKind.MODEL_NOT_FOUND | ErrorKind.MODEL_INVALID | ErrorKind.MODEL_UNSUPPORTED:
            return "starter", _tr("Load the starter model")
        case ErrorKind.ENGINE_MISSING | ErrorKind.BAD_REQUEST:
            return "auto", _tr("Let Doorstep choose the engine")
    return "again", _tr("Load again")


def _parameters(count: int) -> str:
    if not count:
        return ""
    if count >= 10**9:
        digits = 1 if count < 10**11 else 0
        return _tr("{count} billion parameters").format(count=f"{count / 10**9:.{digits}f}")
    return _tr("{count} million parameters").format(count=f"{count / 10**6:.3g}")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Models", text)
