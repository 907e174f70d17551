"""What the settings say of documents: the space for states, and watched folders."""

import pytest

from app.documents.desk import DocumentDesk
from app.settings import Settings
from tests.reference.bert import MEAN, random_bert


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


def test_an_embedding_model_that_is_found_can_be_chosen(rig, paths):
    random_bert(MEAN).write(paths.models / "mine.gguf")
    rig.window.navigation.show("settings")
    meaning = rows(rig)["Search by meaning"].control
    rig.wait_until(lambda: meaning.findText("mine") > 0)

    meaning.setCurrentIndex(meaning.findText("mine"))
    meaning.activated.emit(meaning.currentIndex())

    rig.wait_until(lambda: rig.desk._embedding_model == str(paths.models / "mine.gguf"))
    assert rig.window._preferences.settings.embedding_model == rig.desk._embedding_model


def test_a_chosen_embedding_model_that_has_gone_is_said_to_be(open_rig):
    settings = Settings(language="en", embedding_model="/models/gone.gguf")
    rig = open_rig(documents=DocumentDesk, settings=settings)
    rig.window.navigation.show("settings")

    meaning = rows(rig)["Search by meaning"].control

    rig.wait_until(lambda: meaning.currentText() == "gone (not found)")


def test_how_often_watched_folders_are_looked_at_counts_at_once(rig):
    rig.window.navigation.show("settings")
    look = rows(rig)["Look into watched folders"].control

    look.picked.emit(600)

    rig.wait_until(lambda: rig.desk._look_s == 600)


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
