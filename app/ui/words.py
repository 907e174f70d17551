"""What the engine, an answer and the endpoint are doing, in words for the window."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication

from app.chat.sources import ReadingProgress
from app.chat.turn import PromptProgress, TurnFinished
from app.engine.status import EngineState, EngineStatus
from app.models.locate import STARTER
from app.ui.error_words import error_message, error_title, in_a_row
from app.ui.widgets.banner import Notice
from app.ui.widgets.chip import ChipText


def model_chip(status: EngineStatus, wanted_model: str) -> ChipText:
    """Name, state and memory of the model."""
    name = status.model.name if status.model else wanted_name(wanted_model)
    word = engine_word(status)
    parts = [word]
    if status.memory_bytes and status.state is EngineState.READY:
        parts.append(bytes_in_words(status.memory_bytes))
    match status.state:
        case EngineState.READY:
            tone = "ok"
        case EngineState.LOADING:
            tone = "warn"
        case EngineState.FAILED:
            tone = "danger"
        case _:
            tone = "muted"
    return ChipText(name, " · ".join(parts), tone)


def wanted_name(wanted_model: str) -> str:
    """What to call a model that is not loaded, by the path or the word in the settings."""
    if wanted_model == STARTER:
        return _tr("Starter model")
    return Path(wanted_model).name.removesuffix(".gguf")


def engine_word(status: EngineStatus) -> str:
    match status.state:
        case EngineState.READY:
            return _tr("Ready")
        case EngineState.LOADING if status.load_fraction is not None:
            return _tr("Loading, {percent} %").format(percent=int(status.load_fraction * 100))
        case EngineState.LOADING:
            return _tr("Loading")
        case EngineState.FAILED:
            return _tr("Not running")
        case _:
            return _tr("Stopped")


def idle_caption(status: EngineStatus) -> str:
    """What stands under the composer while nothing is being answered."""
    match status.state:
        case EngineState.LOADING:
            return _tr("{state}. You can write already.").format(state=engine_word(status))
        case EngineState.FAILED | EngineState.STOPPED:
            return _tr("The model is not running.")
        case _:
            return ""


def waiting_caption(status: EngineStatus) -> str:
    """A message was sent and nothing came back yet."""
    if status.state is EngineState.LOADING:
        return _tr("{state}, then your message is read").format(state=engine_word(status))
    return _tr("Waiting for the model")


def reading_caption(progress: PromptProgress) -> str:
    return _tr("Reading {done} of {total} tokens").format(
        done=f"{progress.done:,}", total=f"{progress.total:,}"
    )


def passes_caption(progress: ReadingProgress) -> str:
    """Documents that do not fit are read part by part."""
    return _tr("Reading the documents, pass {number} of {total}").format(
        number=min(progress.done + 1, progress.total), total=progress.total
    )


def finished_caption(finished: TurnFinished) -> str:
    """Speed and reuse of the answer that just ended."""
    usage = finished.usage
    parts = []
    speed = finished.timings.tokens_per_second(usage)
    if speed > 0:
        parts.append(
            _tr("{speed} tok/s").format(speed=f"{speed:.1f}" if speed < 100 else f"{speed:.0f}")
        )
    if usage.cached_tokens:
        parts.append(
            _tr("cached {cached} of {total}").format(
                cached=f"{usage.cached_tokens:,}", total=f"{usage.prompt_tokens:,}"
            )
        )
    if finished.reason == "length":
        parts.append(_tr("ended at the length limit"))
    if finished.reason == "cancelled":
        parts.insert(0, _tr("Stopped"))
    return " · ".join(parts)


def engine_notice(status: EngineStatus) -> Notice | None:
    """The banner about the engine, or None while there is nothing to say."""
    if status.error is None:
        return None
    restart = _tr("Restart")
    title, said = error_title(status.error), error_message(status.error)
    if status.state is EngineState.FAILED:
        return Notice("danger", title, said, restart)
    message = (
        _tr("It was started again and is ready.")
        if status.state is EngineState.READY
        else _tr("It is being started again.")
    )
    return Notice("warn", title, in_a_row(said, message), restart)


def endpoint_chip(address: str | None, requests_now: int, *, is_starting: bool) -> ChipText:
    """The address and the requests running now, or that it is off."""
    if is_starting:
        return ChipText(_tr("Endpoint"), _tr("Starting"), "warn")
    if address is None:
        return ChipText(_tr("Endpoint off"), _tr("For coding agents"), "muted")
    if requests_now == 0:
        now = _tr("No requests now")
    elif requests_now == 1:
        now = _tr("1 request now")
    else:
        now = _tr("{count} requests now").format(count=requests_now)
    return ChipText(address.removeprefix("http://").removesuffix("/v1"), now, "ok")


def bytes_in_words(count: int) -> str:
    """A size with the unit a person would use."""
    if count >= 10**10:
        return f"{count / 10**9:.0f} GB"
    if count >= 10**9:
        return f"{count / 10**9:.1f} GB"
    if count >= 10**6 or count == 0:
        return f"{round(count / 10**6)} MB"
    return f"{max(1, round(count / 10**3))} kB"


def _tr(text: str) -> str:
    return QCoreApplication.translate("words", text)
