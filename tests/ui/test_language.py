from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from app.engine.errors import engine_died, model_invalid
from app.engine.launch import cause_of_exit
from app.errors import model_not_found
from app.settings import Settings
from app.ui.error_words import error_message, error_title, sentence
from app.ui.language import Language
from tests.ui.accessibility import settled

SLOW = {"text": "word " * 300, "tokens_per_second": 100}


@pytest.fixture
def chinese(qapp):
    language = Language(qapp, "zh_CN")
    yield language
    language.close()


def test_an_error_of_a_room_without_qt_is_told_in_chinese(chinese):
    error = model_not_found("gemma", Path("/models"))

    assert error_title(error) == "没有这个模型"
    assert "'gemma'" in error_message(error)
    assert "没有名为" in error_message(error)


def test_a_sentence_within_a_sentence_is_told_in_chinese_too(chinese):
    error = engine_died(cause_of_exit(-9))

    assert error_message(error).startswith("系统终止了它（信号 9）")
    assert "已写的内容已保留" in error_message(error)


def test_a_cause_within_an_error_is_told_in_chinese_too(chinese):
    error = model_invalid("a.gguf", "the file is empty.")

    assert error_message(error) == "a.gguf：文件是空的。请重新下载模型，或选择其他文件。"


@pytest.mark.parametrize(
    ("english", "told"),
    [
        ("lease.pdf: It is empty.", "lease.pdf：它是空的。"),
        ("Pages 1-4, 9 and 12 were read by OCR.", "第 1-4、9、12 页由 OCR 识别。"),
        (
            "These words are on page 3, not on page 2. Only spaces differ.",
            "这些文字在第 3 页，而不在第 2 页。只有空格不同。",
        ),
        (
            "These words are in Ver. 2.pdf, pages 3 and 4, not in page 5.pdf.",
            "这些文字在 Ver. 2.pdf 的第 3、4 页，而不在 page 5.pdf 中。",
        ),
        (
            "Reading it takes too long. The first 3 pages were read.",
            "读取它耗时过长。已读取前 3 页。",
        ),
        ("Drafting is switched off.", "起草已关闭。"),
    ],
)
def test_what_is_said_of_documents_and_drafts_is_told_in_chinese(chinese, english, told):
    assert sentence(english) == told


def test_words_of_a_document_stay_as_they_are(chinese):
    reason = "The document says “page 3” where the quote says “It is empty. pages 4”."

    assert sentence(reason) == "文档中是“page 3”，引文中是“It is empty. pages 4”。"


def test_what_no_catalogue_has_is_shown_as_it_is(chinese):
    assert sentence("Ein unbekannter Satz.") == "Ein unbekannter Satz."


def test_in_english_sentences_stay_as_they_are(qapp):
    assert sentence("The engine is not running") == "The engine is not running"


def test_the_language_changes_without_a_restart(open_rig):
    rig = open_rig()
    rig.window.navigation.show("settings")

    rig.window._preferences.keep(language="zh_CN")
    rig.wait_until(lambda: rig.window.actions_.new_chat.text() == "新聊天")

    assert rig.window.navigation.current == "settings"
    assert rig.window.navigation.page.frame.title.text() == "设置"
    rig.window._preferences.keep(language="en")
    rig.wait_until(lambda: rig.window.actions_.new_chat.text() == "New chat")


def test_a_change_of_language_size_theme_and_width_loses_nothing_of_a_stream(open_rig):
    rig = open_rig(SLOW)
    rig.write("Tell me a story")
    rig.wait_until(lambda: rig.is_answering())

    for changes in ({"language": "zh_CN"}, {"text_percent": 200}, {"theme": "dark"}):
        rig.window._preferences.keep(**changes)
        rig.qtbot.wait(100)
    for width in (760, 1200):  # the sidebar goes over the page, and comes back
        rig.window.resize(width, 700)
        rig.qtbot.wait(100)
    rig.wait_until(lambda: [m.state for m in rig.stored()] == ["complete"] * 2)

    assert rig.stored()[-1].message.text == "word " * 300


@pytest.mark.parametrize(("count", "words"), [(1, "1 document"), (2, "2 documents")])
def test_plurals_are_right_in_english(qapp, count, words):
    language = Language(qapp, "en")

    said = QCoreApplication.translate("LibraryView", "%n document(s)", None, count)
    language.close()

    assert said == words


def test_after_a_change_everything_says_what_a_window_opened_in_it_says(open_rig):
    rig = open_rig()
    rig.wait_ready()
    rig.window._preferences.keep(language="zh_CN")
    rig.wait_until(lambda: rig.window.actions_.new_chat.text() == "新聊天")
    rig.qtbot.wait(100)  # widgets that word themselves hear of it by an event
    changed = _said(rig.window)
    rig.window.close()
    rig.language.close()
    rig.window._state_path.unlink()  # the shape of the window is not what is compared

    fresh = open_rig(settings=Settings(language="zh_CN"))
    fresh.wait_until(lambda: "就绪" in fresh.window.sidebar.model_chip.chip.shown.caption)

    # Some of it comes after a pause: the context is measured then.
    assert settled(fresh, lambda: changed - _said(fresh.window)) == set()


def _said(window):
    """Every text of the window that has no value in it."""
    said = set()
    for widget in (found for found in window.findChildren(QWidget) if found.isVisible()):
        for name in ("text", "toolTip", "accessibleName", "placeholderText"):
            text = widget.property(name)
            if isinstance(text, str) and text and not any(c.isdigit() for c in text):
                said.add((type(widget).__name__, name, text))
    return said
