"""The way of the keyboard focus down the page."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.ui.chat.message_item import MessageItem


def chain(items: Sequence[MessageItem]) -> None:
    """Tab goes from each message to its blocks, then to the next message."""
    previous: QWidget | None = None
    for item in items:
        for widget in _focus_order(item):
            if previous is not None:
                QWidget.setTabOrder(previous, widget)
            previous = widget


def has_focus(widget: QWidget) -> bool:
    """Whether the focus is on the widget or inside it."""
    focused = widget.window().focusWidget()
    return focused is not None and (focused is widget or widget.isAncestorOf(focused))


def _focus_order(item: MessageItem) -> list[QWidget]:
    assert item.frame is not None
    return [item.frame, *(row.widget.widget() for row in item.rows if row.widget is not None)]
