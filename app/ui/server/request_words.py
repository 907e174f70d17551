"""A request of the endpoint in words: how far it is, what it cost, why its prefix missed."""

from PySide6.QtCore import QCoreApplication

from app.server.inspector import RequestRecord
from app.server.prefix_miss import PrefixMiss
from app.ui.error_words import sentence


def request_title(record: RequestRecord) -> str:
    client = record.origin.client.partition(" ")[0] or _tr("unknown program")
    return f"{client} · {record.origin.protocol}"


def request_caption(record: RequestRecord) -> str:
    states = {
        "waiting": _tr("Waiting"),
        "reading": _tr("Reading"),
        "writing": _tr("Writing"),
        "finished": _tr("Finished"),
        "failed": _tr("Failed"),
        "left": _tr("Left by the client"),
    }
    parts = [states[record.state]]
    if record.prompt_tokens:
        parts.append(
            _tr("{new} of {total} tokens new").format(
                new=f"{record.new_tokens:,}", total=f"{record.prompt_tokens:,}"
            )
        )
    if record.completion_tokens:
        parts.append(_tr("{count} written").format(count=f"{record.completion_tokens:,}"))
    if record.total_s is not None:
        parts.append(_tr("{seconds} s").format(seconds=f"{record.total_s:.1f}"))
    return " · ".join(parts)


def request_details(record: RequestRecord) -> list[tuple[str, str]]:
    """Names and values; what is not known is left out."""
    prompt = _tr("{cached} cached, {new} new").format(
        cached=f"{record.cached_tokens:,}", new=f"{record.new_tokens:,}"
    )
    found = [
        (_tr("Key"), record.origin.key),
        (_tr("Prompt"), prompt if record.prompt_tokens else ""),
        (_tr("Waited"), _seconds(record.waited_s)),
        (_tr("Read in"), _seconds(record.prefill_s or None)),
        (_tr("Written in"), _seconds(record.decode_s or None)),
        (_tr("Tools called"), ", ".join(call.name for call in record.tool_calls)),
        (_tr("Error"), sentence(record.error)),
        (_tr("Why the prefix missed"), _miss(record.miss)),
    ]
    return [(name, value) for name, value in found if value]


def _miss(miss: PrefixMiss | None) -> str:
    """The first characters that differ from the most similar earlier prompt."""
    if miss is None:
        return ""
    words = _tr(
        "Like request {earlier} for {shared} of {length} characters, then it differs.\n"
        "Both: …{before}\nThen: {was}\nNow: {now}"
    )
    return words.format(
        earlier=miss.earlier_id,
        shared=f"{miss.shared:,}",
        length=f"{miss.earlier_length:,}",
        before=_line(miss.before),
        was=_line(miss.was) or _tr("(end)"),
        now=_line(miss.now) or _tr("(end)"),
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _seconds(value: float | None) -> str:
    return "" if value is None else _tr("{seconds} s").format(seconds=f"{value:.1f}")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Requests", text)
