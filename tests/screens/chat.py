"""Pictures of the conversation and of what lies over it."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.chat.presets import Preset
from app.ui.chat.diagram_block import DiagramBlock
from app.ui.chat.message_actions import MessageActions
from app.ui.chat.reasoning_line import ReasoningLine
from tests.screens.made import book
from tests.screens.rig import Rig


def empty(rig: Rig) -> None:
    rig.window.conversation.open(None)


def narrow(rig: Rig) -> None:
    """The smallest window, with the sidebar over the conversation."""
    show(rig, rig.chats.rich)
    rig.window.resize(760, 560)
    rig.wait(0.3)
    rig.window.body.toggle_sidebar()


def menu(rig: Rig) -> None:
    show(rig, rig.chats.rich)
    button = rig.window.sidebar.menu_button
    button.menu().popup(button.mapToGlobal(QPoint(0, button.height())))


def streaming(rig: Rig) -> None:
    """Reasoning open while it streams, and one message that waits for its turn."""
    write(rig, "Tell me of a harbour")
    rig.until(lambda: bool(_lines(rig)))
    QTest.mouseClick(_lines(rig)[0], Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    rig.wait(1.5)
    write(rig, "Now with a ferry in it")
    rig.wait(0.5)


def writing(rig: Rig) -> None:
    write(rig, "Tell me of the ferry")
    rig.wait(4.0)


def rich(rig: Rig) -> None:
    show(rig, rig.chats.rich)
    rig.point_at(_last(rig, MessageActions))


def diagram(rig: Rig) -> None:
    show(rig, rig.chats.add_diagrams(rig.services.settings.language))
    rig.window.page.transcript.verticalScrollBar().setValue(0)
    rig.until(lambda: all(block.is_picture_shown for block in _seen(rig, DiagramBlock)))


def tool_card(rig: Rig) -> None:
    show(rig, rig.chats.tools)
    for number in (2, 1):  # from below, so that no line moves before its turn
        QTest.mouseClick(_lines(rig)[number], Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
        rig.wait(0.3)


def variants(rig: Rig) -> None:
    show(rig, rig.chats.variants)
    rig.point_at(_last(rig, MessageActions))


def editing(rig: Rig) -> None:
    show(rig, rig.chats.variants)
    rig.window.actions_.edit_last.trigger()
    rig.wait(0.4)


def run_card(rig: Rig) -> None:
    show(rig, rig.chats.rich)
    answer = rig.store.branch(rig.chats.rich)[-1].id
    rig.window.chat.messages.details_requested.emit(answer)


def find(rig: Rig) -> None:
    show(rig, rig.chats.rich)
    rig.window.actions_.find.trigger()
    QTest.keyClicks(rig.window.page.find_bar.field, "sort")
    rig.wait(0.6)


def palette(rig: Rig) -> None:
    show(rig, rig.chats.rich)
    rig.window.actions_.palette.trigger()
    rig.window.palette_.field.setText(
        "计划" if rig.services.settings.language == "zh_CN" else "plan"
    )
    rig.wait(0.8)


def palette_commands(rig: Rig) -> None:
    rig.window.actions_.palette.trigger()
    rig.wait(0.6)


def search(rig: Rig) -> None:
    """Words found in chats, in the list itself."""
    show(rig, rig.chats.rich)
    rig.window.sidebar.search.setText("sort")
    rig.wait(0.6)


def trash(rig: Rig) -> None:
    rig.window.actions_.show_trash.trigger()


def toast(rig: Rig) -> None:
    show(rig, rig.chats.variants)
    rig.window.actions_.trash.trigger()


def quick(rig: Rig) -> None:
    rig.window.actions_.quick.trigger()


def quick_answer(rig: Rig) -> None:
    """A quick question, answered in its own window."""
    quick(rig)
    window = rig.window.quick.window
    window.asked.emit("How do I sort a list in Python?")
    rig.until(lambda: not window.is_answering)


def preset(rig: Rig) -> None:
    mine = Preset("Brief", "Answer in one sentence, without examples.")
    rig.window.page.composer.preset.edit_requested.emit(mine)


def prompts(rig: Rig) -> None:
    rig.window.page.composer.preset.prompts_requested.emit()


def slash(rig: Rig) -> None:
    QTest.keyClicks(rig.window.page.composer.field, "/")


def coverage(rig: Rig) -> None:
    """A document that is longer than the context."""
    rig.window.chat.documents.attachments.add([book(rig.folder)])
    rig.until(lambda: bool(rig.window.page.composer.attachments.shown))
    write(rig, "What is said of the lamp?")
    rig.until(lambda: rig.application.activeModalWidget() is not None)


def show(rig: Rig, conversation_id: int) -> None:
    rig.window.conversation.open(conversation_id)
    rig.wait(0.5)


def write(rig: Rig, text: str) -> None:
    rig.window.page.composer.set_text(text)
    QTest.keyClick(rig.window.page.composer.field, Qt.Key.Key_Return)


def _lines(rig: Rig) -> list[ReasoningLine]:
    return [line for line in _seen(rig, ReasoningLine) if line.isVisible()]


def _last(rig: Rig, kind: type[QWidget]) -> QWidget:
    return _seen(rig, kind)[-1]


def _seen(rig: Rig, kind: type[QWidget]) -> list[QWidget]:
    """Those on the page, from top to bottom."""
    found = [part for part in rig.window.page.transcript.findChildren(kind) if part.isVisible()]
    return sorted(found, key=lambda part: part.mapToGlobal(QPoint(0, 0)).y())
