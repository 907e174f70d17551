"""Damaged model data is found where a checksum is known, once, and remembered."""

import hashlib
import os

import pytest

from app.models.checksum import Checksums, expected_sha256

DATA = b"GGUF" + bytes(range(256)) * 100
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "m.gguf"
    path.write_bytes(DATA)
    return path


@pytest.fixture
def checksums(tmp_path):
    return Checksums(tmp_path / "cache" / "checksums.json")


def note(model, text=SHA):
    model.with_name(model.name + ".sha256").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "text", [SHA, SHA.upper() + "\n", f"{SHA}  m.gguf\n", f"{'0' * 64}  other\n{SHA} *m.gguf\n"]
)
def test_a_note_beside_the_file_is_read(model, text):
    note(model, text)

    assert expected_sha256(model) == SHA


@pytest.mark.parametrize("text", ["", "hello", SHA[:-1], f"{SHA}  another.gguf", "x" * 100_000])
def test_a_note_about_something_else_says_nothing(model, text):
    note(model, text)

    assert expected_sha256(model) is None


@pytest.mark.parametrize("name", [SHA, f"sha256-{SHA}"])
def test_the_name_of_a_blob_is_its_checksum(model, tmp_path, name):
    blob = model.rename(tmp_path / name)
    link = tmp_path / "step.gguf"
    link.symlink_to(blob)

    assert expected_sha256(link) == SHA


def test_whole_data_is_good(model, checksums):
    note(model)

    assert checksums.check(model) == "good"


def test_one_changed_bit_is_found(model, checksums):
    note(model)
    data = bytearray(DATA)
    data[-1] ^= 1
    model.write_bytes(data)

    assert checksums.check(model) == "damaged"
    assert checksums.verdict(model) == "damaged"


def test_a_file_without_a_checksum_is_not_read(model, checksums):
    told = []

    assert checksums.check(model, told.append) == "unknown"
    assert told == []


def test_a_file_is_read_once(model, checksums, tmp_path):
    note(model)
    checksums.check(model)
    told = []

    again = Checksums(tmp_path / "cache" / "checksums.json")

    assert again.check(model, told.append) == "good"
    assert told == []


def test_a_file_that_changed_is_read_again(model, checksums):
    note(model)
    checksums.check(model)
    model.write_bytes(DATA[:-1] + b"!")
    os.utime(model, ns=(1, 1))

    assert checksums.verdict(model) == "unknown"
    assert checksums.check(model) == "damaged"


def test_checking_can_be_stopped(model, checksums):
    note(model)

    assert checksums.check(model, is_wanted=lambda: False) == "unknown"
    assert checksums.verdict(model) == "unknown"


def test_progress_reaches_the_end(model, checksums):
    note(model)
    told = []

    checksums.check(model, told.append)

    assert told[-1] == 1.0


@pytest.mark.parametrize("text", ["", "[]", "{", "\x00"])
def test_a_damaged_memory_is_begun_anew(model, checksums, tmp_path, text):
    note(model)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "checksums.json").write_text(text, encoding="utf-8")

    assert checksums.check(model) == "good"
    assert checksums.verdict(model) == "good"
