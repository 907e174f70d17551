"""Where everything lives, and what is said when it cannot live there."""

import os
import sys
from pathlib import Path

import pytest

from app.errors import AppError, ErrorKind
from app.paths import Paths, resources


def test_a_data_dir_holds_everything(tmp_path: Path):
    paths = Paths.under(tmp_path)

    for found in (
        paths.settings,
        paths.database,
        paths.models,
        paths.cache,
        paths.logs,
        paths.engine_choices,
    ):
        assert found.is_relative_to(tmp_path)


def test_a_relative_data_dir_is_taken_from_where_the_user_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    paths = Paths.under(Path("here"))
    monkeypatch.chdir("/")

    assert paths.data == tmp_path / "here"


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))

    assert Paths.under(Path("~/doorstep")).data == tmp_path / "doorstep"


def test_a_tilde_of_nobody_is_an_error_in_words():
    with pytest.raises(AppError) as caught:
        Paths.under(Path("~no-such-user-here/doorstep"))

    assert caught.value.kind is ErrorKind.DATA_FOLDER


def test_the_folders_are_made_once_and_again(tmp_path: Path):
    paths = Paths.under(tmp_path / "a" / "b")

    paths.create()
    paths.create()

    assert paths.models.is_dir()
    assert paths.cache.is_dir()
    assert paths.logs.is_dir()


def test_looking_whether_a_folder_can_be_written_leaves_nothing(tmp_path: Path):
    Paths.under(tmp_path).create()

    assert not [found for found in tmp_path.rglob("*") if found.is_file()]


@pytest.mark.skipif(sys.platform == "win32", reason="no modes there")
def test_the_folders_are_private(tmp_path: Path):
    paths = Paths.under(tmp_path / "data")
    paths.create()

    assert {folder.stat().st_mode & 0o777 for folder in (paths.data, paths.logs, paths.models)} == {
        0o700
    }


@pytest.mark.parametrize("name", ["data", "data/cache", "data/models", "data/logs"])
def test_a_file_in_place_of_a_folder_is_named_in_the_error(tmp_path: Path, name: str):
    in_the_way = tmp_path / name
    in_the_way.parent.mkdir(exist_ok=True)
    in_the_way.write_text("I was here first", encoding="utf-8")

    with pytest.raises(AppError) as caught:
        Paths.under(tmp_path / "data").create()

    assert caught.value.kind is ErrorKind.DATA_FOLDER
    assert str(in_the_way) in caught.value.message
    assert in_the_way.read_text(encoding="utf-8") == "I was here first"


@pytest.mark.skipif(sys.platform == "win32", reason="no modes there")
def test_a_folder_that_cannot_be_written_is_named_in_the_error(tmp_path: Path):
    if os.geteuid() == 0:
        pytest.skip("root writes into every folder")
    (tmp_path / "data").mkdir(mode=0o500)

    with pytest.raises(AppError, match="data"):
        Paths.under(tmp_path / "data").create()


def test_a_name_that_no_folder_can_have_is_an_error_in_words(tmp_path: Path):
    for name in ("a" * 5000, "a\0b"):
        with pytest.raises(AppError):
            Paths.under(tmp_path / name).create()


def test_the_default_folders_are_the_users_own():
    assert len({Paths.default().data, Paths.default().cache}) == 2
    assert Paths.default().config.is_absolute()


def test_the_resources_are_there():
    assert (resources() / "theme").is_dir()


def test_frozen_resources_are_in_the_bundle(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)

    assert resources() == tmp_path / "resources"
