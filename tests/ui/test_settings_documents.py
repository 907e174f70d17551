"""What the settings say of documents: the space for states, and watched folders."""

import pytest

from app.documents.desk import DocumentDesk


@pytest.fixture
def rig(open_rig):
    return open_rig(documents=DocumentDesk)


def rows(rig):
    return {row.name.text(): row for row in rig.window.navigation.page._documents.rows}


def test_the_space_for_documents_read_ahead_counts_at_once(rig):
    warm = rig.desk.warm_states()
    rig.window.navigation.show("settings")
    space = rows(rig)["Space for documents read ahead, in GB"].control

    space.setValue(5)
    space.picked.emit(5)

    rig.wait_until(lambda: warm._budget == 5 * 10**9)
    assert rig.window._preferences.settings.warm_gb == 5


def test_a_watched_folder_is_named_and_can_be_left_alone(rig, tmp_path):
    folder = tmp_path / "Contracts"
    folder.mkdir()
    rig.desk.library().add_folder(folder)
    rig.window.navigation.show("settings")
    rig.wait_until(lambda: "Watched folder: Contracts" in rows(rig))

    rows(rig)["Watched folder: Contracts"].control.click()

    rig.wait_until(lambda: "Watched folders" in rows(rig))
    assert rig.desk.library().folders() == []


def test_looking_at_the_settings_makes_no_library(rig):
    rig.window.navigation.show("settings")
    rig.qtbot.wait(200)

    assert not rig.desk.has_library
    assert "Watched folders" in rows(rig)
