from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLineEdit, QPlainTextEdit, QWidget

from app.chat.messages import Message

ACTIONABLE = (QAbstractButton, QAbstractItemView, QLineEdit, QPlainTextEdit)


def test_every_control_of_the_window_has_a_name(open_rig, store):
    store.append(store.create_conversation(), Message.of("user", "hello"))
    rig = open_rig({"text": "Some `code`:\n\n```python\nprint(1)\n```\n\n[link](https://a.b)"})
    rig.write("Hi")
    rig.wait_answered()
    rig.window.notices.show_sentences(["A notice"])
    rig.page.toast.show_text("In the trash", undo="trash")

    unnamed = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in rig.window.findChildren(QWidget)
        if isinstance(widget, ACTIONABLE)
        and not widget.objectName().startswith("qt_")
        and not (QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name))
    ]

    assert unnamed == []


def test_every_icon_button_explains_itself(open_rig):
    rig = open_rig()

    silent = [
        button.accessibleName()
        for button in rig.window.findChildren(QAbstractButton)
        if not button.text()
        and not button.toolTip()
        and not button.objectName().startswith("qt_")
        and type(button).__module__.startswith("app.")
    ]

    assert silent == []


def test_tab_reaches_every_control_that_can_be_clicked(open_rig):
    rig = open_rig()

    skipped = [
        button.accessibleName() or button.text()
        for button in rig.window.findChildren(QAbstractButton)
        if button.isVisible()
        and button.isEnabled()
        and not button.objectName().startswith("qt_")
        and type(button).__module__.startswith("app.")
        and not button.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]

    assert skipped == []
