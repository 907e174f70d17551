"""What is known of how an answer came about, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.chat.messages import EDITED, AnswerDetails
from app.engine.protocol import DraftStats, SamplingParams
from app.storage.conversations import StoredMessage
from app.ui.error_words import error_sentence, sentence


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    value: str


def facts_of(message: StoredMessage) -> list[Fact]:
    """In the order in which they are asked for; what is not known is left out."""
    details = message.details
    facts = [
        Fact(_tr("Model"), details.model),
        Fact(_tr("Text"), _tr("Edited by you") if details.finish_reason == EDITED else ""),
        Fact(_tr("Prompt"), _prompt(details)),
        Fact(_tr("Answer"), _answer(details)),
        Fact(_tr("Drafts"), _drafts(details.drafts)),
        Fact(_tr("Why no drafts"), _why_no_drafts(message)),
        Fact(_tr("Ended"), _end(message)),
        Fact(_tr("Seed"), "" if details.seed is None else str(details.seed)),
        Fact(_tr("Sampling"), _sampling(details.sampling)),
    ]
    return [fact for fact in facts if fact.value]


def _prompt(details: AnswerDetails) -> str:
    if not details.prompt_tokens:
        return ""
    parts = [_tr("{count} tokens").format(count=f"{details.prompt_tokens:,}")]
    if details.cached_tokens:
        cached = f"{details.cached_tokens:,}"
        parts.append(_tr("{count} of them cached").format(count=cached))
    if details.prefill_s >= 0.05:  # less would be told as 0.0
        parts.append(_tr("read in {seconds} s").format(seconds=f"{details.prefill_s:.1f}"))
    return _list(parts)


def _answer(details: AnswerDetails) -> str:
    if not details.completion_tokens:
        return ""
    parts = [_tr("{count} tokens").format(count=f"{details.completion_tokens:,}")]
    if details.tokens_per_second > 0:
        parts.append(_tr("{speed} tok/s").format(speed=f"{details.tokens_per_second:.1f}"))
    return _list(parts)


def _drafts(drafts: DraftStats | None) -> str:
    """Tokens per step, and how many drafts of each position were accepted."""
    if drafts is None or not drafts.cycles:
        return ""
    per_step = 1 + sum(drafts.accepted) / drafts.cycles
    shares = _list(
        f"{100 * accepted / drafted:.0f} %"
        for drafted, accepted in zip(drafts.drafted, drafts.accepted, strict=False)
        if drafted
    )
    parts = [_tr("{count} tokens per step").format(count=f"{per_step:.2f}")]
    if shares:
        parts.append(_tr("accepted {shares}").format(shares=shares))
    return _list(parts)


def _why_no_drafts(message: StoredMessage) -> str:
    """What the engine said, or that the model has nothing to draft with.

    Answers that say nothing of their sampling are older than drafts.
    """
    details = message.details
    if details.drafts is not None:
        return sentence(details.drafts.reason)
    is_ended = message.state in ("complete", "stopped") and details.completion_tokens
    if not is_ended or details.sampling is None:
        return ""
    return _tr("The model has no MTP layers, and nothing in its text was worth drafting from.")


def _end(message: StoredMessage) -> str:
    match message.state, message.details.finish_reason:
        case "failed", _:
            return error_sentence(message.details.error) or _tr("It failed")
        case "stopped", _:
            return _tr("You stopped it")
        case "interrupted", _:
            return error_sentence(message.details.error) or _tr("It was interrupted")
        case _, "length":
            return _tr("At the length limit")
        case _, "stop":
            return _tr("By itself")
    return ""


def _sampling(sampling: SamplingParams | None) -> str:
    if sampling is None:
        return ""
    words = [_tr("temperature {value}").format(value=f"{sampling.temperature:g}")]
    for name, value, off in (
        ("top-k", sampling.top_k, 0),
        ("top-p", sampling.top_p, 1.0),
        ("min-p", sampling.min_p, 0.0),
        (_tr("repetition penalty"), sampling.repetition_penalty, 1.0),
    ):
        if value != off:
            words.append(f"{name} {value:g}")
    return _list(words)


def _list(parts: Iterable[str]) -> str:
    """With the comma of the language."""
    return _tr(", ").join(parts)


def _tr(text: str) -> str:
    return QCoreApplication.translate("RunCard", text)
