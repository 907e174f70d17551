"""Under which heading a conversation stands: pinned, its folder, or the day of its last message."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from PySide6.QtCore import QCoreApplication, QLocale

from app.storage.conversations import ConversationSummary

Grouped = list[tuple[str, ConversationSummary]]


def grouped(conversations: Sequence[ConversationSummary], today: date) -> Grouped:
    """Each with its heading: pinned ones first, then folders by name, then days, newest first."""
    ranked = [(_rank(found, today), number, found) for number, found in enumerate(conversations)]
    ranked.sort(key=lambda entry: entry[:2])
    return [(rank[2], found) for rank, _, found in ranked]


def _rank(conversation: ConversationSummary, today: date) -> tuple[int, str, str]:
    """What to sort by, and the heading."""
    if conversation.is_pinned:
        return 0, "", _tr("Pinned")
    if conversation.folder:
        return 1, conversation.folder.casefold(), conversation.folder
    day = datetime.fromtimestamp(conversation.updated_at).date()
    if day >= today:
        return 2, "", _tr("Today")
    if day == today - timedelta(days=1):
        return 3, "", _tr("Yesterday")
    if day > today - timedelta(days=7):
        return 4, "", _tr("Previous 7 days")
    if day > today - timedelta(days=30):
        return 5, "", _tr("Previous 30 days")
    months_ago = (today.year - day.year) * 12 + today.month - day.month
    return 6, f"{months_ago:05}", QLocale().toString(day, "MMMM yyyy")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Groups", text)
