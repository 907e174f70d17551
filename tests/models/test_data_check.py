"""Damaged weights are found in the background at the first load, said once, and then refused."""

import hashlib
import shutil
from pathlib import Path

import pytest

from app.engine.status import EngineState, EngineStatus
from app.errors import AppError
from app.models.checksum import Checksums
from app.models.data_check import DataCheck, known_damage, model_files
from app.paths import Paths
from app.start import Start

MODEL = Path(__file__).parent.parent / "data" / "nano-step-q8_0.gguf"
READY = EngineStatus(EngineState.READY)


@pytest.fixture
def model(tmp_path):
    """A copy with its published checksum beside it."""
    path = tmp_path / "m.gguf"
    shutil.copy(MODEL, path)
    note = tmp_path / "m.gguf.sha256"
    note.write_text(hashlib.sha256(MODEL.read_bytes()).hexdigest(), encoding="ascii")
    return path


def damage(path):
    """One bit in the weights: the header stays as it was."""
    data = bytearray(path.read_bytes())
    data[-1000] ^= 1
    path.write_bytes(data)


def checked(path, tmp_path):
    said = []
    check = DataCheck(Checksums(tmp_path / "checksums.json"), path, said.append)
    check.on_status(READY)
    check.wait(30)
    return said


def test_whole_data_is_not_spoken_of(model, tmp_path):
    assert checked(model, tmp_path) == []


def test_one_changed_bit_in_the_weights_is_said(model, tmp_path):
    damage(model)

    (error,) = checked(model, tmp_path)

    assert "damaged" in str(error)
    assert "Download the model again" in str(error)


def test_a_model_known_to_be_damaged_is_not_opened(model, tmp_path):
    damage(model)
    paths = Paths.under(tmp_path / "data")
    paths.create()
    start = Start.read(paths, model=str(model), engine=None)
    start.worker_spec()
    check = DataCheck(Checksums(paths.checksums), model, lambda _: None)
    check.on_status(READY)
    check.wait(30)

    with pytest.raises(AppError, match="damaged"):
        start.worker_spec()


def test_a_model_downloaded_again_is_opened(model, tmp_path):
    damage(model)
    checked(model, tmp_path)

    shutil.copy(MODEL, model)

    assert known_damage(Checksums(tmp_path / "checksums.json"), model) is None


def test_loading_is_over_before_the_check_begins(model, tmp_path):
    check = DataCheck(Checksums(tmp_path / "checksums.json"), model, lambda _: None)

    check.on_status(EngineStatus(EngineState.LOADING))

    assert check._thread is None


def test_every_part_of_a_model_is_checked(tmp_path):
    for number in (1, 2):
        (tmp_path / f"big-0000{number}-of-00002.gguf").write_bytes(b"GGUF")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "model.safetensors").write_bytes(b"")

    assert len(model_files(tmp_path / "big-00001-of-00002.gguf")) == 2
    assert [path.name for path in model_files(tmp_path / "folder")] == ["model.safetensors"]
