import socket

import httpx
import pytest
from PySide6.QtGui import QGuiApplication

from app.settings import Settings, load
from app.ui.widgets.number import Number
from tests.patience import PATIENCE_S


def test_the_endpoint_is_off_until_switched_on(open_rig):
    rig = open_rig()

    assert rig.endpoint.address is None
    assert rig.window.sidebar.endpoint_chip.chip.shown.title == "Endpoint off"


def test_a_click_switches_it_on_and_the_next_one_off(open_rig, paths):
    rig = open_rig()
    chip = rig.window.sidebar.endpoint_chip.chip
    rig.wait_ready()

    chip.click()
    rig.wait_until(lambda: chip.isChecked())
    rig.wait_until(lambda: load(paths.settings).endpoint_enabled)
    health = rig.endpoint.address.removesuffix("/v1") + "/health"
    answer = httpx.get(health, timeout=PATIENCE_S)
    assert answer.status_code == 200
    assert chip.shown.title in rig.endpoint.address
    chip.click()
    rig.wait_until(lambda: not chip.isChecked())

    assert rig.endpoint.address is None
    opened_with = Settings(theme="light", language="en", titles_by_model=False)
    rig.wait_until(lambda: load(paths.settings) == opened_with)


def test_it_is_on_again_at_the_next_start(open_rig):
    rig = open_rig(settings=Settings(endpoint_enabled=True))

    rig.wait_until(lambda: rig.endpoint.address is not None)


def test_a_port_in_use_is_said_in_a_banner(open_rig, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as other:
        rig = open_rig()
        monkeypatch.setattr(rig.endpoint, "_wanted_port", other.getsockname()[1])

        rig.window.sidebar.endpoint_chip.chip.click()
        rig.wait_until(lambda: rig.page.banners.notice("port") is not None)

    assert "in use" in rig.page.banners.notice("port").title
    assert "--" not in rig.page.banners.notice("port").message
    assert not rig.window.sidebar.endpoint_chip.chip.isChecked()


def test_another_port_is_chosen_in_the_settings_and_listened_on_next(open_rig):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        rig = open_rig(settings=Settings(endpoint_port=taken))
        rig.endpoint.want_port(taken)
        rig.window.sidebar.endpoint_chip.chip.click()
        rig.wait_until(lambda: rig.page.banners.notice("port") is not None)

        rig.page.banners.acted.emit("port")
        view = rig.window.navigation.page.view
        port = next(n for n in view.findChildren(Number) if n.accessibleName() == "Port")
        rig.wait_until(port.isVisible)
        port.setValue(0)
        rig.window.sidebar.endpoint_chip.chip.click()
        rig.wait_until(lambda: rig.endpoint.address is not None)

        assert rig.endpoint.port != taken


def test_address_and_key_can_be_copied(open_rig):
    rig = open_rig()
    rig.window.sidebar.endpoint_chip.chip.click()
    rig.wait_until(lambda: rig.window.sidebar.endpoint_chip.more.isVisible())
    address, key = rig.window.sidebar.endpoint_chip.more.menu().actions()

    address.trigger()
    rig.wait_until(lambda: QGuiApplication.clipboard().text() == rig.endpoint.address)
    key.trigger()
    rig.wait_until(lambda: QGuiApplication.clipboard().text() == "the-key")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_address_is_shown_whole_at_200_percent(open_rig, language):
    settings = Settings(language=language, text_percent=200)
    rig = open_rig(settings=settings)
    chip = rig.window.sidebar.endpoint_chip.chip
    rig.window.sidebar.endpoint_chip.show_state("http://127.0.0.1:39819/v1", 0, is_starting=False)
    rig.wait_until(lambda: chip.height() == chip.heightForWidth(chip.width()))

    for is_title, whole in ((True, chip.shown.title), (False, chip.shown.caption)):
        lines = chip._lines(is_title, chip._room(chip.width()))
        assert "".join(lines).replace(" ", "") == whole.replace(" ", "")
