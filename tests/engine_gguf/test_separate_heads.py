"""MTP heads in a file of their own are found beside the model and draft like those inside it."""

import shutil

import pytest

from app.engine.protocol import GenerateRequest, PromptPart
from app.models.inspect import inspect
from engine_gguf.heads import find_heads
from tests.engine_contract import GREEDY, run, text_of
from tests.engine_gguf.conftest import NANO_STEP, opened
from tests.reference.split_heads import split_heads

PROMPT = (PromptPart("def open_door(self, key):\n    "),)


@pytest.fixture
def folder(tmp_path):
    split_heads(NANO_STEP, tmp_path / "nano.gguf", tmp_path / "nano-mtp-Q8_0.gguf")
    return tmp_path


def ask(engine):
    return run(engine, GenerateRequest("a", PROMPT, GREEDY, 80))["a"]


def test_the_two_files_are_what_they_should_be(folder):
    assert inspect(folder / "nano.gguf").mtp_depth == 0
    assert inspect(folder / "nano-mtp-Q8_0.gguf").mtp_depth == 3


def test_they_draft_like_heads_inside_the_model(folder):
    together = opened(NANO_STEP, context_length=512, draft_depth=3)
    apart = opened(folder / "nano.gguf", context_length=512, draft_depth=3)

    first, second = ask(together), ask(apart)

    assert apart.info.mtp_depth == 3
    assert any("nano-mtp-Q8_0.gguf" in notice for notice in apart.info.notices)
    assert text_of(first) == text_of(second)
    assert first[-1].drafts.accepted == second[-1].drafts.accepted
    assert sum(second[-1].drafts.accepted) > 10
    together.close()
    apart.close()


def test_without_drafting_they_are_not_loaded(folder):
    engine = opened(folder / "nano.gguf", context_length=512, draft_depth=0)

    assert (engine.info.mtp_depth, engine.info.notices) == (0, ())
    engine.close()


def test_without_the_file_the_model_runs_without_heads(folder):
    (folder / "nano-mtp-Q8_0.gguf").unlink()
    engine = opened(folder / "nano.gguf", context_length=512)

    assert engine.info.mtp_depth == 0
    assert text_of(ask(engine))
    engine.close()


def test_heads_that_are_damaged_are_told_of_and_not_used(folder):
    heads = folder / "nano-mtp-Q8_0.gguf"
    heads.write_bytes(heads.read_bytes()[:-200_000])
    engine = opened(folder / "nano.gguf", context_length=512)

    assert engine.info.mtp_depth == 0
    assert text_of(ask(engine))
    engine.close()


def test_a_whole_model_with_heads_is_no_file_of_heads(folder):
    (folder / "nano-mtp-Q8_0.gguf").unlink()
    shutil.copy(NANO_STEP, folder / "other-mtp.gguf")

    assert find_heads(inspect(folder / "nano.gguf")) is None
