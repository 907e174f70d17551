"""The machine code fits the processor, and the cells that attention goes over are few."""

import sys
from pathlib import Path

import pytest

from app.engine.protocol import GenerateRequest, PromptPart
from app.models.locate import starter_path
from engine_gguf import processor
from engine_gguf.bindings import llama
from tests.engine_contract import GREEDY, run
from tests.engine_gguf.conftest import opened


@pytest.mark.skipif(sys.platform == "darwin", reason="its build has one code for all")
def test_the_variant_with_amx_is_never_chosen():
    folder = Path(llama._base_path)

    assert [processor._score(path) for path in folder.glob("*sapphirerapids*")] in ([], [0])


def test_a_build_without_variants_needs_nothing_loaded(tmp_path):
    assert processor.load_processor_code(llama._lib, tmp_path) == ""


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
