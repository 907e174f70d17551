from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from app.engine.errors import context_overflow
from app.settings import Settings
from app.ui.window_state import load


def test_a_page_is_made_on_its_first_visit_only(open_rig):
    rig = open_rig()
    before = rig.window.navigation.page

    rig.window.actions_.pages["settings"].trigger()
    first = rig.window.navigation.page
    rig.window.navigation.show_chat()
    rig.window.actions_.pages["settings"].trigger()

    assert before is None
    assert rig.window.navigation.page is first


def test_esc_leads_back_to_the_conversation(open_rig):
    rig = open_rig()
    rig.window.navigation.show("settings")

    QTest.keyClick(rig.window.focusWidget(), Qt.Key.Key_Escape)

    assert rig.window.navigation.current == "chat"
    assert rig.window.focusWidget() is rig.page.composer.field


def test_a_click_on_a_chat_leads_to_it(open_rig):
    rig = open_rig()
    rig.write("Hello")
    rig.wait_answered()
    rig.window.navigation.show("settings")

    rig.window.sidebar.conversations.chosen.emit(rig.current, None)

    assert rig.window.navigation.current == "chat"


def test_the_sidebar_shows_which_page_is_open(open_rig):
    rig = open_rig()

    rig.window.navigation.show("settings")

    checked = [
        name for name, button in rig.window.sidebar.nav.buttons.items() if button.isChecked()
    ]
    assert checked == ["settings"]


def test_an_answer_goes_on_behind_a_page(open_rig):
    rig = open_rig({"text": "word " * 60, "tokens_per_second": 100})
    rig.write("Tell me a story")

    rig.window.navigation.show("settings")
    rig.wait_answered()

    assert rig.stored()[-1].message.text == "word " * 60


def test_the_page_is_remembered_until_the_next_start(open_rig):
    rig = open_rig()
    rig.window.navigation.show("settings")
    rig.window.close()

    again = open_rig()

    assert load(again.window._state_path).page == "settings"
    assert again.window.navigation.current == "settings"


def test_an_error_is_told_on_the_page_that_is_shown(open_rig):
    from app.errors import AppError, ErrorKind

    rig = open_rig()
    rig.window.navigation.show("settings")

    rig.window.notices.show_error(AppError(ErrorKind.INTERNAL, "It went wrong", "Try again."))

    assert rig.window.navigation.frame.banners.notice("error").title == "It went wrong"


def test_a_conversation_that_is_too_long_is_left_for_a_new_one(open_rig, store):
    rig = open_rig()
    rig.window.conversation.open(store.create_conversation("Long"))
    rig.window.notices.show_error(context_overflow(70_310, 65_536))
    banners = rig.page.banners
    button = next(b for b in banners.findChildren(QPushButton) if b.text() == "New chat")

    button.click()

    assert rig.current is None
    assert banners.notice("long") is None


def test_where_height_is_short_the_pages_are_icons_in_one_row(open_rig):
    rig = open_rig()
    nav = rig.window.sidebar.nav
    rig.window.resize(1280, 1000)
    tall = nav.is_compact

    rig.window.sidebar.setFixedHeight(nav.height_of_rows() * 3)
    rig.wait_until(lambda: nav.is_compact)

    assert not tall


def test_a_chat_is_seen_whole_in_the_smallest_window_at_200_percent(open_rig, store):
    for number in range(5):
        store.create_conversation(f"Chat {number}")
    rig = open_rig(settings=Settings(text_percent=200))
    rig.window.resize(760, 560)
    rig.wait_until(lambda: not rig.window.body.is_sidebar_shown)
    rig.window.body.toggle_sidebar()
    listed = rig.window.sidebar.conversations
    rig.wait_until(lambda: listed.model().rowCount() == 5)

    rig.wait_until(
        lambda: listed.visualRect(listed.model().index(0, 0)).bottom() < listed.viewport().height()
    )
