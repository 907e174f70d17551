"""The machine code fits the processor, and the cells that attention goes over are few."""

from pathlib import Path

import pytest

from app.engine.protocol import GenerateRequest, PromptPart
from app.models.locate import starter_path
from engine_gguf import processor
from engine_gguf.bindings import llama
from tests.engine_contract import GREEDY, run
from tests.engine_gguf.conftest import opened

FOLDER = Path(llama._base_path)
WITH_AVX512 = sorted(processor._WITH_AVX512)

has_variants = pytest.mark.skipif(
    not list(FOLDER.glob("*ggml-cpu-*")), reason="this build has one code for all processors"
)


@pytest.fixture
def newest(tmp_path, monkeypatch):
    """A folder with every variant, on a processor that can run them all."""
    names = ["x64", "haswell", "alderlake", *WITH_AVX512, "sapphirerapids"]
    for rank, name in enumerate(names, 1):
        (tmp_path / f"libggml-cpu-{name}.so").write_text(str(rank))
    monkeypatch.setattr(processor, "_told", lambda path: int(path.read_text()))
    return tmp_path


def test_the_variant_with_amx_is_never_chosen(newest):
    assert processor.best_code(newest, 128).stem == f"libggml-cpu-{WITH_AVX512[-1]}"


@pytest.mark.parametrize("head_size", [32, 96, 112])
def test_heads_that_leave_much_of_a_long_step_over_get_code_with_shorter_steps(newest, head_size):
    assert processor.best_code(newest, head_size).stem == "libggml-cpu-alderlake"


@pytest.mark.parametrize("head_size", [64, 80, 128, 256])
def test_heads_that_fill_long_steps_get_the_newest_code(newest, head_size):
    assert processor.best_code(newest, head_size).stem == f"libggml-cpu-{WITH_AVX512[-1]}"


@has_variants
def test_a_variant_is_found_for_this_processor():
    found = [processor.best_code(FOLDER, head_size) for head_size in (32, 128)]

    assert all(path is not None and processor._told(path) > 0 for path in found)


def test_a_build_without_variants_needs_nothing_loaded(tmp_path):
    assert processor.best_code(tmp_path, 128) is None


def test_a_saved_conversation_leaves_its_cells_to_others_and_comes_back():
    engine = opened(starter_path(), context_length=1024)

    def ask(text):
        parts = (PromptPart(text * 20),)
        return run(engine, GenerateRequest("a", parts, GREEDY, 8))["a"][-1].usage

    ask("The door is open. ")
    ask("A wind came in from the sea. ")
    held = [one.held for one in engine._sequences.idle()]
    again = ask("The door is open. ")
    engine.close()

    assert len(held) == 1
    assert again.cached_tokens == again.prompt_tokens - 1
