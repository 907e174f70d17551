"""A saved state is used whole and as it was written, or not at all."""

import json
import struct

import numpy as np
import pytest

from engine_gguf import state_file

IDENTITY = "a model, its settings, a version"
STATE = np.arange(5_000, dtype=np.uint8)


@pytest.fixture
def path(tmp_path):
    tokens = np.arange(100, 180, dtype=np.int32)
    (run,) = state_file.runs_of(IDENTITY, tokens, [10, 80])
    path = tmp_path / run.file_name
    state_file.write(path, run, STATE)
    return path


def found(path):
    """All that is told of a file, in a form that can be compared."""
    told = state_file.describe(path, IDENTITY)
    state = state_file.read(path, IDENTITY)
    if told is None or state is None:
        return None
    what, size = told
    return what.kind, what.parent, what.digest, what.start, what.end, what.tokens.tolist(), size


def test_what_was_written_is_read(path):
    assert found(path)[3:5] == (10, 80)
    assert (state_file.read(path, IDENTITY) == STATE).all()


def test_a_changed_bit_anywhere_is_found(path):
    data = path.read_bytes()
    header_bytes = len(data) - len(STATE)

    for at in [*range(header_bytes), header_bytes + 1, len(data) - 1]:
        path.write_bytes(data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :])
        assert found(path) is None, f"byte {at}"


@pytest.mark.parametrize("kept", [0, 7, 11, 12, 43, 44, 100, 400, -1])
def test_a_file_that_was_cut_is_not_used(path, kept):
    path.write_bytes(path.read_bytes()[:kept])

    assert found(path) is None


@pytest.mark.parametrize("name", ["identity", "parent", "digest", "start", "end", "tokens", "size"])
@pytest.mark.parametrize("value", [-1, 10**30, "", "zz", None, [], {}, 1e400])
def test_a_header_that_lies_is_refused(path, name, value):
    data = path.read_bytes()
    size = struct.unpack_from("<I", data, 8)[0]
    header = json.loads(data[44 : 44 + size]) | {name: value}
    packed = json.dumps(header).encode()
    path.write_bytes(data[:8] + struct.pack("<I", len(packed)) + data[12:44] + packed)

    assert found(path) is None


@pytest.mark.parametrize("content", [b"[" * 60_000, b"[1]", b"7", b"\xff\xfe", b"{}"])
def test_a_header_of_another_form_is_refused(path, content):
    path.write_bytes(b"DSTATE03" + struct.pack("<I", len(content)) + bytes(32) + content)

    assert found(path) is None


def test_a_state_of_another_model_is_refused(path):
    assert state_file.describe(path, "another model") is None


def test_a_file_that_vanished_is_no_state(path):
    path.unlink()

    assert found(path) is None
