import httpx
import pytest

from app.server.key_book import KeyEntry


@pytest.fixture
def opened(open_rig):
    """The rig and the control of its endpoint page."""
    rig = open_rig({"text": "Paris."})
    rig.wait_ready()
    rig.window.navigation.show("endpoint")
    return rig, rig.window.navigation.page


@pytest.fixture
def running(opened):
    rig, page = opened
    page.switch.switch.click()
    rig.wait_until(lambda: page.switch.switch.isChecked())
    return rig, page


def test_the_switch_switches_it_on_and_shows_the_address(running):
    rig, page = running

    assert rig.endpoint.address in page.switch.address.text()


def test_an_agent_can_be_connected_only_while_it_is_on(opened):
    rig, page = opened
    before = page.connect_card._clients.isEnabled(), page.connect_card.note.text()

    page.switch.switch.click()

    rig.wait_until(lambda: page.connect_card._clients.isEnabled())
    assert before == (False, "Switch the endpoint on first.")


def test_a_change_is_shown_before_it_is_made(running, tmp_path, monkeypatch):
    rig, page = running
    monkeypatch.setenv("HOME", str(tmp_path))

    page.connect_card.client_chosen.emit("codex")
    rig.wait_until(lambda: not page.connect_card.apply.isHidden())
    shown = page.connect_card.text.toPlainText()
    before = (tmp_path / ".codex" / "config.toml").exists()
    page.connect_card.apply.click()
    rig.wait_until(lambda: (tmp_path / ".codex" / "config.toml").exists())

    assert rig.endpoint.address in shown
    assert not before
    rig.wait_until(lambda: page.connect_card.apply.isHidden())


def test_a_client_without_a_settings_file_is_told_by_hand(running):
    rig, page = running

    page.connect_card.client_chosen.emit("cline")

    rig.wait_until(lambda: rig.endpoint.address.removesuffix("/v1") in _text(page))
    assert page.connect_card.apply.isHidden()


def test_requests_are_watched_only_when_asked_for(running):
    rig, page = running
    _ask(rig, "What is the capital of France?")
    before = page.requests.list.isHidden()

    page.requests.switch.click()
    _ask(rig, "What is the capital of France?")

    rig.wait_until(lambda: not page.requests.list.isHidden())
    rig.wait_until(lambda: "Finished" in page.requests.list.model().rows[0].caption)
    assert before
    assert page.requests.switch.isChecked()


def test_why_a_prefix_missed_is_told(running):
    rig, page = running
    page.requests.switch.click()
    _ask(rig, "What is the capital of France?")
    _ask(rig, "What is the capital of Italy?")
    rig.wait_until(lambda: page.requests.list.model().rowCount() == 2)

    rig.wait_until(lambda: page.requests.list.model().rows[0].verdict == "prefix missed")
    page.requests.list.setCurrentIndex(page.requests.list.model().index(0))

    labels = [
        page.requests._details.itemAt(n).widget() for n in range(page.requests._details.count())
    ]
    assert any("Italy" in label.text() and "France" in label.text() for label in labels)


def test_a_new_key_is_shown_once(opened):
    _, page = opened

    page.keys.show_key("codex", "secret-key")
    shown = page.keys.shown.text()
    page.leave()

    assert "secret-key" in shown
    assert page.keys.shown.text() == ""


def test_a_key_tells_when_it_was_last_used_and_can_be_revoked(opened, qtbot):
    _, page = opened
    page.keys.show_entries([KeyEntry("codex", None)])
    row = page.keys._entries.itemAt(0).widget()

    with qtbot.waitSignal(page.keys.revoke_requested) as asked:
        row.control.click()

    assert row.note.text() == "Never used"
    assert asked.args == ["codex"]


def _ask(rig, question):
    body = {"model": "any", "messages": [{"role": "user", "content": question}]}
    headers = {"Authorization": "Bearer the-key"}
    answer = httpx.post(
        f"{rig.endpoint.address}/chat/completions", json=body, headers=headers, timeout=30
    )
    assert answer.status_code == 200


def _text(page):
    return page.connect_card.text.toPlainText()
