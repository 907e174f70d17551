import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QTextEdit

from app.engine.status import EngineState, EngineStatus
from app.ui.widgets.banner import Banner
from app.ui.words import model_chip

SLOW = {"text": "word " * 2000, "tokens_per_second": 100}


def test_an_engine_killed_mid_answer_leaves_window_text_and_a_banner(open_rig):
    rig = open_rig(SLOW)
    rig.write("Tell me a story")
    rig.wait_until(lambda: rig.page.composer.state.text() == "Writing")
    shown = rig.page.transcript
    rig.wait_until(
        lambda: "word word" in str([view.toPlainText() for view in shown.findChildren(QTextEdit)])
    )

    rig.kill_engine()
    rig.wait_until(lambda: rig.page.banners.notice("engine") is not None)
    rig.wait_answered()

    answer = rig.stored()[-1]
    assert answer.state == "interrupted"
    assert answer.message.text.startswith("word word")
    assert "kept" in rig.page.banners.notice("engine").message
    assert rig.window.isVisible()


def test_the_banner_stays_after_the_engine_came_back_by_itself(open_rig):
    rig = open_rig()
    rig.wait_ready()

    rig.kill_engine()
    rig.wait_until(lambda: rig.engine.status.state is EngineState.READY)
    rig.wait_ready()

    assert "started again" in rig.page.banners.notice("engine").message


def test_restart_starts_the_engine_and_takes_the_banner_away(open_rig):
    rig = open_rig({"text": "Here again."})
    rig.wait_ready()
    rig.kill_engine()
    rig.wait_until(lambda: rig.page.banners.notice("engine") is not None)

    _press(rig, "Restart")
    rig.wait_until(lambda: rig.page.banners.notice("engine") is None)
    rig.wait_ready()
    rig.write("Are you there?")
    rig.wait_answered()

    assert rig.engine.status.crashes == 0
    assert rig.stored()[-1].message.text == "Here again."


def test_a_dismissed_banner_comes_back_only_for_another_crash(open_rig):
    rig = open_rig()
    rig.wait_ready()
    rig.kill_engine()
    rig.wait_until(lambda: rig.page.banners.notice("engine") is not None)

    rig.page.banners.findChild(Banner).close_button.click()
    rig.wait_until(lambda: rig.engine.status.state is EngineState.READY)
    rig.qtbot.wait(100)
    assert rig.page.banners.notice("engine") is None
    rig.kill_engine()

    rig.wait_until(lambda: rig.page.banners.notice("engine") is not None)


def test_a_model_that_cannot_be_loaded_says_so_and_keeps_the_message(open_rig, tmp_path):
    rig = open_rig(script={"replies": "damaged"})
    rig.wait_until(lambda: rig.page.banners.notice("engine") is not None)

    rig.write("Hello")
    rig.wait_until(lambda: rig.current is not None and not rig.is_answering())

    assert rig.page.banners.notice("engine").tone == "danger"
    assert rig.page.banners.notice("engine").action == "Restart"
    assert rig.page.banners.notice("error") is None
    assert "Not running" in rig.window.sidebar.model_chip.chip.shown.caption
    assert [message.message.text for message in rig.stored()] == ["Hello"]


def _press(rig, text):
    button = next(b for b in rig.page.banners.findChildren(QPushButton) if b.text() == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("starter", "Starter model"),
        ("/models/Qwen3-8B-Q4_K_M.gguf", "Qwen3-8B-Q4_K_M"),
        ("/models/Qwen2.5-0.5B", "Qwen2.5-0.5B"),
    ],
)
def test_a_model_that_is_not_loaded_is_called_by_its_name(wanted, name):
    assert model_chip(EngineStatus(EngineState.STOPPED), wanted).title == name
