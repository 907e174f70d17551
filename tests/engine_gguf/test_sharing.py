"""Live sequences that begin alike hold the cells of their beginning once."""

import pytest

from app.engine.protocol import GenerateRequest, Piece, PromptPart
from engine_gguf.bindings import llama
from engine_gguf.sequences import Sequences
from engine_gguf.states import StateError
from tests.engine_contract import GREEDY, run
from tests.engine_gguf.conftest import forget

LONG = (PromptPart("Open the door and close the window. " * 50),)


@pytest.fixture
def sequences(smollm):
    """Of an engine that holds one finished text."""
    forget(smollm)
    run(smollm, GenerateRequest("a", LONG, GREEDY, max_tokens=2))
    yield smollm._sequences
    smollm._sequences.clear()


def copied(sequences, source):
    """A sequence with cells of its own."""
    copy = sequences.open()
    sequences.states.put_run(copy.id, sequences.states.run(source.id, 0, source.held))
    copy.tokens, copy.held = source.tokens[: source.held], source.held
    return copy


def copies_that_fit(sequences, source):
    count = 0
    while True:
        try:
            copied(sequences, source)
        except StateError:
            return count
        count += 1


@pytest.mark.parametrize("is_shared", [False, True])
def test_a_common_beginning_takes_its_cells_once(sequences, is_shared):
    source = sequences.idle()[0]
    source.is_live = True
    room = sequences._cells // source.held

    copy = copied(sequences, source)
    if is_shared:
        sequences.share(copy)

    assert copies_that_fit(sequences, source) == room - (1 if is_shared else 2)


def test_what_was_shared_outlives_the_sequence_it_came_from(sequences):
    source = sequences.idle()[0]
    source.is_live = True
    copy = copied(sequences, source)
    sequences.share(copy)

    sequences.drop(source)

    memory = sequences._memory
    assert llama.llama_memory_seq_pos_min(memory, copy.id) == 0
    assert llama.llama_memory_seq_pos_max(memory, copy.id) == copy.held - 1


def test_sharing_changes_nothing_of_an_answer(smollm, monkeypatch):
    shared = likeliest(smollm)
    monkeypatch.setattr(Sequences, "share", lambda *_: None)

    assert shared == pytest.approx(likeliest(smollm), abs=0.02)


def likeliest(engine):
    """The log probability of the first token of answers to prompts that begin alike."""
    forget(engine)
    requests = [
        GenerateRequest(
            name, (*LONG, PromptPart(f" The {name} was")), GREEDY, max_tokens=1, top_logprobs=0
        )
        for name in ("door", "window", "key")
    ]
    for one in requests:
        run(engine, one)
    found = run(engine, *requests)
    pieces = [next(e for e in found[one.id] if isinstance(e, Piece)) for one in requests]
    return [piece.logprobs[0].chosen.logprob for piece in pieces]
