from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.settings import load


def test_a_quick_question_is_asked_in_a_new_chat(open_rig):
    rig = open_rig({"text": "Paris."})
    rig.window.actions_.quick.trigger()
    quick = rig.window.presence.quick

    QTest.keyClicks(quick.field, "What is the capital of France?")
    QTest.keyClick(quick.field, Qt.Key.Key_Return)
    rig.wait_answered()

    assert not quick.isVisible()
    assert [m.message.text for m in rig.stored()] == ["What is the capital of France?", "Paris."]


def test_esc_hides_the_quick_window_and_keeps_what_was_written(open_rig):
    rig = open_rig()
    rig.window.actions_.quick.trigger()
    quick = rig.window.presence.quick
    QTest.keyClicks(quick.field, "What")

    QTest.keyClick(quick.field, Qt.Key.Key_Escape)

    assert not quick.isVisible()
    assert quick.field.text() == "What"


def test_with_the_endpoint_on_closing_the_window_hides_it_where_there_is_a_tray(open_rig):
    rig = open_rig()
    rig.endpoint.start()
    rig.window.presence.tray.is_there = True

    rig.window.close()
    hidden = not rig.window.isVisible()
    still_on = rig.endpoint.address is not None
    rig.window.quit()

    assert (hidden, still_on) == (True, True)


def test_with_the_endpoint_off_closing_the_window_ends_it(open_rig):
    rig = open_rig()
    rig.window.presence.tray.is_there = True

    assert not rig.window.presence.goes_on()


def test_a_safe_start_loads_nothing_until_it_is_asked_to(open_rig):
    rig = open_rig()
    began = []

    rig.window.notices.show_safe(lambda: began.append(True))
    before = list(began)
    notice = rig.page.banners.notice("safe")
    rig.page.banners.acted.emit("safe")

    assert (before, began) == ([], [True])
    assert notice.action == "Start normally"
    assert rig.page.banners.notice("safe") is None


def test_the_first_steps_are_shown_once(open_rig, paths):
    rig = open_rig()
    rig.window.show_welcome()
    steps = rig.window.navigation.page.steps

    for _ in range(4):
        steps.next.click()

    assert rig.window.navigation.current == "chat"
    rig.wait_until(lambda: load(paths.settings).is_welcomed)
    rig.window.show_welcome()
    assert rig.window.navigation.current == "chat"


def test_a_first_question_is_put_into_the_message_field(open_rig):
    rig = open_rig()
    rig.window.show_welcome()

    rig.window.navigation.page.steps.question_chosen.emit("How does a heat pump work?")

    assert rig.window.navigation.current == "chat"
    assert rig.page.composer.text == "How does a heat pump work?"
