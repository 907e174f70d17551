import pytest
from PySide6.QtGui import QAccessible

from app.settings import Settings
from app.ui.control.announcer import sentences


def test_only_whole_sentences_are_told():
    assert sentences("It is 3.5 metres. And th") == ("It is 3.5 metres.", " And th")
    assert sentences("今天很好。明天") == ("今天很好。", "明天")
    assert sentences("a list\nof th") == ("a list\n", "of th")


def test_text_without_an_end_is_told_all_the_same():
    whole, rest = sentences("word " * 100)

    assert whole == "word " * 100
    assert rest == ""


@pytest.fixture
def told(monkeypatch):
    """What reaches the system's accessibility: the edge of the machine."""
    heard = []

    def hear(event):
        if event.type() == QAccessible.Event.Announcement:
            heard.append(event.message())

    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    return heard


def test_an_answer_is_told_when_it_is_finished(open_rig, told):
    rig = open_rig({"text": "Paris. It lies on the Seine."})
    rig.write("Where?")
    rig.wait_answered()
    rig.wait_until(lambda: "Paris. It lies on the Seine." in told)


def test_an_answer_is_told_by_sentences(open_rig, told):
    reply = {"text": "Paris. It lies on the Seine.", "hold_after": 2, "hold_until": "go"}
    rig = open_rig(reply, settings=Settings(theme="light", language="en", announce="sentences"))
    rig.write("Where?")
    rig.wait_until(lambda: "Paris." in told)
    rig.go_on()
    rig.wait_answered()
    rig.wait_until(lambda: "It lies on the Seine." in told)

    assert told[-2:] == ["Paris.", "It lies on the Seine."]


def test_nothing_is_told_when_it_is_off(open_rig, told):
    rig = open_rig({"text": "Paris."}, settings=Settings(theme="light", language="en"))
    rig.window._preferences.keep(announce="off")
    rig.write("Where?")
    rig.wait_answered()

    assert "Paris." not in told
