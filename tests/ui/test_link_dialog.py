import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.ui.theme import Theme
from app.ui.widgets.link_dialog import LinkDialog, web_address

LONG = "https://example.org/" + "a/very/long/path/" * 30 + "?key=" + "v" * 300 + "#end"


@pytest.fixture
def ask(qtbot):
    def ask(url):
        dialog = LinkDialog(web_address(url), Theme.load("light"))
        qtbot.addWidget(dialog)
        opened = []
        dialog.confirmed.connect(opened.append)
        dialog.show()
        return dialog, opened

    return ask


def test_the_whole_address_is_shown(ask):
    dialog, _ = ask(LONG)

    assert dialog.shown_address == LONG


def test_a_host_with_foreign_letters_is_shown_as_the_network_sees_it(ask):
    dialog, _ = ask("https://аррӏе.com/login")

    assert dialog.shown_address == "https://xn--80ak6aa92e.com/login"


def test_enter_cancels(ask):
    dialog, opened = ask("https://example.org")

    QTest.keyClick(dialog, Qt.Key.Key_Return)

    assert not dialog.isVisible()
    assert opened == []


def test_a_link_opens_only_after_its_button_was_pressed(ask):
    dialog, opened = ask("https://example.org/page")

    QTest.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)

    assert [url.toString() for url in opened] == ["https://example.org/page"]


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,hi",
        "doorstep://chat/1",
        "//example.org",
        "example.org",
        "https://",
        "https:///path",
        "http://exa mple.org",
        "https://example.org/\u202egnp.exe",
        "https://example.org/\nfile:///etc/passwd",
        "",
    ],
)
def test_anything_but_a_whole_web_address_is_refused(url):
    assert web_address(url) is None


@pytest.mark.parametrize(
    "url", ["http://example.org", "HTTPS://example.org:8443/a?b=c#d", "https://пример.com/путь"]
)
def test_web_addresses_are_accepted(url):
    assert web_address(url) is not None
