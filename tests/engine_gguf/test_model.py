"""What is wrong with a file is said in its own clear sentence."""

import struct

import pytest

from app.engine.errors import AppError, ErrorKind
from app.models.locate import starter_path
from tests.engine_gguf.conftest import NANO_STEP, opened


def test_a_model_says_what_it_is(smollm):
    info = smollm.info

    assert info.architecture == "llama"
    assert info.context_length == 1024
    assert "<|im_start|>" in info.chat_template
    assert info.size_bytes > 90_000_000
    assert info.engine.startswith("llama.cpp")


def test_the_mtp_layers_of_a_step_model_are_seen(nano_step):
    assert nano_step.info.architecture == "step35"
    assert nano_step.info.mtp_depth == 3


def test_the_context_is_never_longer_than_the_model_was_trained_for():
    engine = opened(NANO_STEP, context_length=1_000_000)

    assert engine.info.context_length == 4096
    engine.close()


@pytest.mark.parametrize("kept", [0.2, 0.6, 0.999])
def test_a_truncated_file_is_called_cut_off(tmp_path, kept):
    data = NANO_STEP.read_bytes()
    path = tmp_path / "cut.gguf"
    path.write_bytes(data[: int(len(data) * kept)])

    with pytest.raises(AppError, match=r"cut\.gguf: the file is cut off or damaged") as caught:
        opened(path)
    assert caught.value.kind is ErrorKind.MODEL_INVALID


def test_an_unknown_architecture_is_named(tmp_path):
    data = NANO_STEP.read_bytes()
    name = struct.pack("<Q", 6) + b"step35"
    assert name in data
    path = tmp_path / "new.gguf"
    path.write_bytes(data.replace(name, struct.pack("<Q", 6) + b"mystar", 1))

    with pytest.raises(AppError, match="'mystar'") as caught:
        opened(path)
    assert caught.value.kind is ErrorKind.MODEL_UNSUPPORTED


@pytest.mark.parametrize("content", [b"", b"hello", b"GGUF", b"GGUF" + b"\xff" * 100])
def test_a_file_that_is_no_model_is_refused(tmp_path, content):
    path = tmp_path / "fake.gguf"
    path.write_bytes(content)

    with pytest.raises(AppError) as caught:
        opened(path)
    assert caught.value.kind is ErrorKind.MODEL_INVALID


def test_load_progress_reaches_the_end():
    from app.engine.protocol import EngineOptions
    from engine_gguf import open_engine

    told = []
    open_engine(starter_path(), EngineOptions(context_length=256), told.append).close()

    assert told == sorted(told)
    assert told[-1] == 1.0
