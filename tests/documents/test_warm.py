"""States of documents on disk: named by content, listed, dropped; a real model where it matters."""

import os
import queue
import time
from contextlib import closing
from pathlib import Path

import pytest

from app.chat.messages import DocumentsPart, Message, TextPart
from app.chat.template import render_prompt
from app.chat.turn import ContentDelta, TurnFailed, TurnFinished, TurnRequest, start_turn
from app.documents.desk import DocumentDesk
from app.documents.prompt import TASK
from app.documents.reading import DocumentReader
from app.documents.warm import WarmStates, state_name
from app.engine.client import EngineClient
from app.engine.launch import MachineChoices
from app.engine.protocol import EngineOptions, ModelInfo, SamplingParams
from app.errors import AppError, ErrorKind
from app.models.locate import worker_spec
from app.paths import Paths
from tests.documents.conftest import LIMIT_S, TEMPLATE

NANO_STEP = Path(__file__).parent.parent / "data" / "nano-step-q8_0.gguf"
TEXTS = tuple(f"Page {n} of the report speaks of the mill and of item {n}. " * 9 for n in range(6))
GREEDY = SamplingParams(temperature=0)


@pytest.fixture
def make_client(tmp_path):
    """Workers that share one folder of kept states, as after a restart."""
    clients = []

    def make(kept_dir=tmp_path / "kept") -> EngineClient:
        options = EngineOptions(kept_dir=str(kept_dir) if kept_dir else None)
        spec = worker_spec(str(NANO_STEP), "gguf", tmp_path, options)
        client = EngineClient(spec, MachineChoices(tmp_path / "choices.json"))
        clients.append(client)
        client.start()
        client.wait_ready(60)
        return client

    yield make
    for client in clients:
        client.close()


def ask(client, library, document_ids, words):
    """The answer, and how the prompt was used."""
    reader = DocumentReader(library, client)
    question = Message("user", (DocumentsPart(reader.refs(document_ids)), TextPart(words)))
    updates = queue.SimpleQueue()
    messages = reader.read([question]).messages
    start_turn(client, TurnRequest(messages, GREEDY, max_tokens=12), updates.put)
    text = ""
    while True:
        match updates.get(timeout=LIMIT_S):
            case ContentDelta(piece):
                text += piece
            case TurnFinished(usage=usage):
                return text, usage
            case TurnFailed(error):
                raise error


def states_of(client, library, tmp_path, budget=10**12) -> WarmStates:
    return WarmStates(client, DocumentReader(library, client), tmp_path / "kept", budget)


def test_a_warm_document_is_not_read_again_after_a_restart_and_the_answer_is_the_same(
    library, make_client, tmp_path
):
    report = library.put("report.txt", *TEXTS)
    cold, _ = ask(make_client(None), library, [report], "What is item 3?")
    first = make_client()
    state = states_of(first, library, tmp_path).warm([report])
    first.close()

    second = make_client()
    warm, usage = ask(second, library, [report], "What is item 3?")

    assert warm == cold
    assert usage.cached_tokens >= state.tokens - 4
    assert state.size_bytes > 0
    assert states_of(second, library, tmp_path).is_warm([report])


def test_a_document_that_is_removed_while_it_is_read_leaves_no_state(
    library, make_client, tmp_path
):
    report = library.put("report.txt", *TEXTS)
    states = states_of(make_client(), library, tmp_path)

    with pytest.raises(AppError):
        states.warm([report], on_progress=lambda *_: library.kept.clear())

    assert [path for path in (tmp_path / "kept").rglob("*") if path.is_file()] == []


def test_a_warm_document_helps_a_chat_with_more_documents_behind_it(library, make_client, tmp_path):
    report, other = library.put("report.txt", *TEXTS), library.put("other.txt", "A second one.")
    first = make_client()
    state = states_of(first, library, tmp_path).warm([report])
    first.close()

    second = make_client()
    _, usage = ask(second, library, [report, other], "Which?")

    assert usage.cached_tokens >= state.tokens - second.count_tokens(TASK) - 10


def test_what_is_kept_warm_is_the_beginning_of_every_prompt_about_it(
    library, make_engine, tmp_path
):
    report = library.put("report.txt", *TEXTS)
    engine = make_engine([{"text": "x"}])
    reader = DocumentReader(library, engine)
    model = ModelInfo("tiny", "tiny", 4096, TEMPLATE)

    prompt = WarmStates(engine, reader, tmp_path, 1)._prompt(model, reader.refs([report]))
    question = Message("user", (DocumentsPart(reader.refs([report])), TextPart("Who?")))
    asked = render_prompt(model, reader.read([question]).messages)

    text = "".join(part.text for part in prompt)
    assert "".join(part.text for part in asked).startswith(text)
    assert [part.text[-3:] for part in prompt if part.checkpoint] == [">>>", "on:"]


def test_an_engine_that_keeps_nothing_is_told(library, make_engine, tmp_path):
    report = library.put("report.txt", *TEXTS)
    engine = make_engine([{"text": "x"}])

    with pytest.raises(AppError) as caught:
        WarmStates(engine, DocumentReader(library, engine), tmp_path / "kept", 1).warm([report])

    assert caught.value.kind is ErrorKind.DOCUMENT


def test_a_document_that_does_not_fit_is_not_warmed(library, make_engine, tmp_path):
    report = library.put("report.txt", *TEXTS)
    engine = make_engine([{"text": "x"}], context_length=300)

    with pytest.raises(AppError) as caught:
        WarmStates(engine, DocumentReader(library, engine), tmp_path / "kept", 1).warm([report])

    assert caught.value.kind is ErrorKind.CONTEXT_OVERFLOW


@pytest.fixture
def kept(library, make_engine, tmp_path):
    """Three states as an engine leaves them, used one after the other; 1,000 bytes each."""
    engine = make_engine([{"text": "x"}])
    reader = DocumentReader(library, engine)
    states = WarmStates(engine, reader, tmp_path / "kept", 2500)
    for number in range(3):
        document = library.put(f"{number}.txt", f"text {number}")
        name = state_name(reader.refs([document]))
        folder = tmp_path / "kept" / name / "gguf-aa-bb"
        folder.mkdir(parents=True)
        (folder / "x.state").write_bytes(bytes(1000))
        used = time.time() - 100 + number
        os.utime(folder / "x.state", (used, used))
        states._note(name, reader.refs([document]), "tiny (scripted)", folder, 7)
    return states


def test_states_are_listed_with_size_and_last_use(kept):
    found = kept.states()

    assert [state.documents[0].name for state in found] == ["2.txt", "1.txt", "0.txt"]
    assert [state.size_bytes for state in found] == [1000] * 3
    assert found[0].last_used > found[1].last_used
    assert (found[0].model, found[0].tokens) == ("tiny (scripted)", 7)


def test_over_budget_what_was_used_longest_ago_goes(kept):
    kept.keep_to_budget()

    assert [state.documents[0].name for state in kept.states()] == ["2.txt", "1.txt"]


def test_a_removed_document_takes_its_states_along(kept, library):
    kept.forget([(2, library.document(2).sha256)])

    assert [state.documents[0].name for state in kept.states()] == ["2.txt", "0.txt"]


def test_a_removed_document_takes_the_states_of_all_prompts_along(tmp_path, make_engine):
    paths = Paths.under(tmp_path)
    state = paths.prefixes / "model" / "prompt.state"
    state.parent.mkdir(parents=True)
    state.write_bytes(b"words")
    source = tmp_path / "a.txt"
    source.write_text("A page of words.")

    with closing(DocumentDesk(paths, make_engine([{"text": "x"}]))) as desk:
        (added,) = desk.library().add([source])
        desk.library().remove([added])

    assert not state.exists()


def test_a_changed_document_is_not_warm(kept, library):
    assert kept.is_warm([1])

    library.kept[1].texts = ("another text",)

    assert not kept.is_warm([1])


@pytest.mark.parametrize("note", [b"", b"[]", b'{"documents": [1], "models": {}}', b"\xff"])
def test_a_damaged_note_is_no_state(kept, tmp_path, note: bytes):
    name = kept.states()[0].name
    (tmp_path / "kept" / name / "documents.json").write_bytes(note)

    assert len(kept.states()) == 2


def test_no_folder_outside_can_be_dropped(kept, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()

    kept.drop(["../outside", ".", "..", ""])

    assert outside.exists()
    assert len(kept.states()) == 3
