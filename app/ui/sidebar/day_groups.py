"""Under which heading a conversation stands: pinned, its folder, or the day of its last message."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import QCoreApplication, QLocale

from app.storage.conversations import ConversationSummary

Grouped = list[tuple[str, ConversationSummary]]

_PINNED, _FOLDER, _TODAY, _YESTERDAY, _WEEK, _MONTH, _BEFORE = range(7)
_Key = tuple[int, str]  # a group by its place; a folder or month also by what it is sorted by


def grouped(conversations: Sequence[ConversationSummary], today: date) -> Grouped:
    """Each with its heading: pinned ones first, then folders by name, then days, newest first."""
    since = [_midnight(today, days_ago) for days_ago in (0, 1, 6, 29)]
    groups: dict[_Key, list[ConversationSummary]] = {}
    for conversation in conversations:
        groups.setdefault(_key(conversation, since, today), []).append(conversation)
    result: Grouped = []
    for key in sorted(groups):
        heading = _heading(key, groups[key][0])
        result.extend((heading, conversation) for conversation in groups[key])
    return result


def _midnight(today: date, days_ago: int) -> float:
    return datetime.combine(today - timedelta(days=days_ago), time()).timestamp()


def _key(conversation: ConversationSummary, since: Sequence[float], today: date) -> _Key:
    if conversation.is_pinned:
        return _PINNED, ""
    if conversation.folder:
        return _FOLDER, f"{conversation.folder.casefold()}\n{conversation.folder}"
    for place, start in enumerate(since, _TODAY):
        if conversation.updated_at >= start:
            return place, ""
    day = datetime.fromtimestamp(conversation.updated_at)
    months_ago = (today.year - day.year) * 12 + today.month - day.month
    return _BEFORE, f"{months_ago:05}"


def _heading(key: _Key, first: ConversationSummary) -> str:
    headings = {
        _PINNED: _tr("Pinned"),
        _FOLDER: first.folder,
        _TODAY: _tr("Today"),
        _YESTERDAY: _tr("Yesterday"),
        _WEEK: _tr("Previous 7 days"),
        _MONTH: _tr("Previous 30 days"),
    }
    day = datetime.fromtimestamp(first.updated_at).date()
    return headings.get(key[0]) or QLocale().toString(day, "MMMM yyyy")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Groups", text)
