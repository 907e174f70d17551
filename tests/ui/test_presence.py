from app.settings import load


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
