"""What a screen reader is told of a window, and what of its text is cut."""

from contextlib import suppress

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QStyle,
    QStyleOptionComboBox,
    QToolButton,
    QWidget,
)

ROLES = {
    QAccessible.Role.Button,
    QAccessible.Role.ButtonMenu,
    QAccessible.Role.CheckBox,
    QAccessible.Role.RadioButton,
    QAccessible.Role.EditableText,
    QAccessible.Role.ComboBox,
    QAccessible.Role.Slider,
    QAccessible.Role.SpinBox,
    QAccessible.Role.List,
    QAccessible.Role.Link,
    QAccessible.Role.PageTab,
}


def settled(rig, find):
    """What is wrong once nothing is, or after a while: layouts take turns of the loop."""
    with suppress(rig.qtbot.TimeoutError):
        rig.wait_until(lambda: not find())
    return find()


def unnamed(root):
    """Where there is something to act on that has no name."""
    top = QAccessible.queryAccessibleInterface(root)
    return [where for where, node in _nodes(top) if _is_unnamed(node)]


def cut_texts(root):
    """Texts with less room than they take; what can be scrolled into sight is not cut."""
    cut = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or type(widget).__name__ in ("ElidedLabel", "QuietButton"):
            continue
        visible = widget.visibleRegion().boundingRect().width()
        is_hidden = 0 < visible < widget.width() - 1 and not _scrolls_sideways(widget)
        text = _text_of(widget)
        if text and (is_hidden or _is_too_small(widget, text)):
            cut.append((type(widget).__name__, text[:60], widget.size().toTuple()))
    return cut


def _text_of(widget):
    """What stands on a widget of its own; not what a user can scroll in."""
    match widget:
        case QLabel():
            return "" if widget.pixmap() else widget.text()
        case QToolButton():
            is_icon = widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
            return "" if is_icon else widget.text()
        case QAbstractButton():
            return widget.text()
        case QLineEdit() | QPlainTextEdit():
            return "" if _content(widget) else widget.placeholderText()
        case QComboBox():
            return widget.currentText()
    return ""


def _is_too_small(widget, text):
    advance = widget.fontMetrics().horizontalAdvance(text)
    match widget:
        case QLabel() if widget.wordWrap():
            return widget.height() < widget.heightForWidth(widget.width()) - 2
        case QLineEdit():
            return widget.contentsRect().width() < advance
        case QPlainTextEdit():
            area = widget.viewport()
            lines = -(-advance // max(1, area.width() - 8))
            return area.height() < lines * widget.fontMetrics().lineSpacing()
        case QComboBox():
            option = QStyleOptionComboBox()
            widget.initStyleOption(option)
            part = QStyle.SubControl.SC_ComboBoxEditField
            room = widget.style().subControlRect(
                QStyle.ComplexControl.CC_ComboBox, option, part, widget
            )
            return room.width() < widget.fontMetrics().boundingRect(text).width() - 1
    return widget.width() < widget.minimumSizeHint().width() - 1


def _content(widget):
    return widget.text() if isinstance(widget, QLineEdit) else widget.toPlainText()


def _scrolls_sideways(widget):
    area = widget.parentWidget()
    while area is not None:
        if isinstance(area, QAbstractScrollArea) and area.horizontalScrollBar().isVisible():
            return True
        area = area.parentWidget()
    return False


def _nodes(node, where="window"):
    """Everything that can be seen, with the names of what it is in."""
    for number in range(node.childCount()):
        child = node.child(number)
        if child is None or not child.isValid() or child.state().invisible:
            continue
        kind = type(child.object()).__name__ if child.object() else child.role().name
        place = f"{where} > {kind} {child.text(QAccessible.Text.Name)!r}"
        yield place, child
        yield from _nodes(child, place)


def _is_unnamed(node):
    thing = node.object()
    is_inner = thing is not None and thing.objectName().startswith("qt_")
    is_part = isinstance(thing, QWidget) and thing.focusProxy() is not None
    is_actionable = node.role() in ROLES and not node.state().disabled
    return is_actionable and not is_inner and not is_part and not node.text(QAccessible.Text.Name)
