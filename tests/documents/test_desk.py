"""What the settings say of documents, while the library is open and before."""

import time

import pytest

from app.documents.desk import DocumentDesk
from app.paths import Paths
from app.settings import Settings
from tests.documents.test_embedding import Meanings
from tests.patience import until


class Embedder(Meanings):
    is_closed = False

    def close(self):
        self.is_closed = True


@pytest.fixture
def open_desk(tmp_path, make_engine):
    """A desk that finds an embedding model of any name, and those it has found."""
    paths = Paths.under(tmp_path / "data")
    paths.create()
    found = []
    opened = []

    def find(choice):
        if choice == "none":
            return None
        found.append(Embedder(choice))
        return found[-1]

    def open_(**settings):
        desk = DocumentDesk(paths, make_engine([{"text": "x"}]), find, Settings(**settings))
        opened.append(desk)
        return desk, found

    yield open_
    for desk in opened:
        desk.close()


def test_the_model_of_the_settings_is_looked_for_when_the_library_is_opened(open_desk):
    desk, found = open_desk(embedding_model="mine")
    before = list(found)

    desk.library()

    assert (before, [embedder.name for embedder in found]) == ([], ["mine"])


def test_another_model_is_used_at_once_and_the_former_ended(open_desk):
    desk, found = open_desk()
    library = desk.library()
    former = library._embedder_id

    desk.use_embedding_model("mine")

    assert [embedder.name for embedder in found] == ["auto", "mine"]
    assert [embedder.is_closed for embedder in found] == [True, False]
    assert library._embedder_id not in (None, former)


def test_without_a_model_words_alone_are_searched(open_desk):
    desk, found = open_desk()
    library = desk.library()

    desk.use_embedding_model("none")

    assert found[0].is_closed
    assert library._embedder_id is None


def test_a_model_chosen_before_the_library_is_open_waits_for_it(open_desk):
    desk, found = open_desk()

    desk.use_embedding_model("mine")
    before = list(found)
    desk.library()

    assert (before, [embedder.name for embedder in found]) == ([], ["mine"])


def next_look_s(desk):
    return desk.library()._keeper._look_at_s - time.monotonic()


def test_watched_folders_are_looked_at_as_often_as_was_chosen(open_desk):
    desk, _ = open_desk(folder_look_s=3600)
    until(lambda: next_look_s(desk) > 3000)

    desk.look_every(600)

    until(lambda: 300 < next_look_s(desk) <= 600)
