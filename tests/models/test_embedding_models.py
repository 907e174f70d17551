"""Which model search by meaning uses, of those that are here."""

import shutil
from pathlib import Path

import pytest

from app.models.embedding_models import embedding_models
from app.models.found import Places
from app.models.locate import starter_path
from app.paths import Paths
from app.start import Start
from tests.reference.bert import MEAN, random_bert

NOWHERE = Places(Path("/nowhere"), (), ())


@pytest.fixture
def paths(tmp_path):
    paths = Paths.under(tmp_path)
    paths.create()
    return paths


def bert(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    random_bert(MEAN).write(path)
    return path


def chosen(paths: Paths, choice: str) -> Path | None:
    spec = Start.read(paths, model=None, engine=None).embedding_spec(choice)
    return None if spec is None else spec.model


def test_models_that_chat_are_not_among_them(paths):
    shutil.copy(starter_path(), paths.models / "chat.gguf")
    bert(paths.models / "bert.gguf")
    (paths.models / "broken.gguf").write_bytes(b"GGUF")

    assert [found.name for found in embedding_models(paths.models, NOWHERE)] == ["bert"]


def test_automatic_is_the_first_in_the_models_folder(paths):
    bert(paths.models / "b.gguf")
    first = bert(paths.models / "a.gguf")

    assert chosen(paths, "auto") == first


def test_one_is_chosen_wherever_it_lies(paths, tmp_path):
    bert(paths.models / "a.gguf")
    elsewhere = bert(tmp_path / "elsewhere" / "mine.gguf")

    assert chosen(paths, str(elsewhere)) == elsewhere


def test_one_that_has_gone_gives_way_to_the_first(paths):
    first = bert(paths.models / "a.gguf")

    assert chosen(paths, str(paths.models / "gone.gguf")) == first


def test_none_is_used_when_none_is_wanted(paths):
    bert(paths.models / "a.gguf")

    assert chosen(paths, "none") is None
