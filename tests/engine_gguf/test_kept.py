"""A state that a request asked to keep is on disk until its owner deletes it."""

import shutil

import pytest

from app.engine.protocol import Finished, GenerateRequest, Piece, PromptPart
from app.models.locate import starter_path
from engine_gguf import state_file
from tests.engine_contract import GREEDY, run, text_of
from tests.engine_gguf.conftest import NANO_STEP, opened
from tests.engine_gguf.test_same_text import NOISE

DOCUMENT = (
    PromptPart("You read documents.\n"),
    PromptPart("The hinge of the third door was mended with brass. " * 20, checkpoint=True),
)


def asked(question, document=DOCUMENT):
    return (*document, PromptPart(question))


@pytest.fixture(params=["nano-step", "starter"])
def fresh(request, tmp_path):
    """Opens the model again: one with window layers, and one without."""
    path = NANO_STEP if request.param == "nano-step" else starter_path()
    engines = []

    def make(**options):
        settings = {"context_length": 1024, "kept_dir": str(tmp_path / "kept")} | options
        engines.append(opened(path, **settings))
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()


def ask(engine, parts, keep_as="", **changes):
    settings = {"sampling": GREEDY, "max_tokens": 8, "keep_as": keep_as} | changes
    return run(engine, GenerateRequest("a", parts, **settings))["a"]


def keep(engine, name="doc-1", parts=None):
    return ask(engine, parts or asked("What is brass?"), name)


def cached(events):
    return events[-1].usage.cached_tokens


def document_tokens(engine, document=DOCUMENT):
    return engine.count_prompt(document)


def most_of_document(engine):
    """Its last tokens may differ by what follows them."""
    return document_tokens(engine) - 3


def gap_where_they_part(events, others):
    """How far the likeliest token was ahead of the second where two texts part; 0: they do not."""
    told = [one for event in events if isinstance(event, Piece) for one in event.logprobs]
    also = [one for event in others if isinstance(event, Piece) for one in event.logprobs]
    assert len(told) == len(also) == 40
    for mine, other in zip(told, also, strict=True):
        if mine.chosen.text != other.chosen.text:
            print(f"parted after {told.index(mine)} tokens: {mine.top} {other.top}")
            return mine.top[0].logprob - mine.top[1].logprob
    return 0


def files(tmp_path, name="doc-1"):
    return sorted((tmp_path / "kept" / name).glob("*/*.state"))


def test_another_question_after_a_restart_goes_on_from_the_document(fresh, tmp_path):
    first = fresh()
    keep(first)
    first.close()

    second = fresh()
    events = ask(second, asked("And how many doors are there?"))

    assert cached(events) >= most_of_document(second)


def test_another_text_goes_on_from_any_checkpoint_of_what_was_kept(fresh, tmp_path):
    behind = PromptPart("Answer in one word. " * 8, checkpoint=True)
    first = fresh()
    keep(first, parts=asked("What is brass?", (*DOCUMENT, behind)))
    first.close()

    second = fresh()
    events = ask(second, asked("And how many doors are there?"))

    assert cached(events) >= most_of_document(second)


def test_what_was_asked_about_before_is_kept_with_all_its_checkpoints(fresh, tmp_path):
    behind = PromptPart("Answer in one word. " * 8, checkpoint=True)
    parts = asked("What is brass?", (*DOCUMENT, behind))
    first = fresh()
    ask(first, parts)
    again = keep(first, parts=parts)
    first.close()

    second = fresh()
    events = ask(second, asked("And how many doors are there?"))

    assert cached(again) >= most_of_document(second)
    assert cached(events) >= most_of_document(second)


def test_the_text_is_that_of_an_engine_that_was_not_restarted(fresh, tmp_path):
    question = asked("What is brass?")
    living = fresh(draft_depth=0)
    keep(living)
    plain = ask(living, question, max_tokens=40, top_logprobs=2)
    living.close()

    restored = ask(fresh(draft_depth=0), question, max_tokens=40, top_logprobs=2)

    assert cached(restored)
    assert gap_where_they_part(plain, restored) <= NOISE


def test_the_state_is_on_disk_when_the_request_is_finished(fresh, tmp_path):
    engine = fresh()
    keep(engine)

    assert files(tmp_path)
    for path in files(tmp_path):
        assert state_file.read(path, engine._loaded.identity) is not None


def test_a_prompt_that_is_in_memory_already_is_kept_too(fresh, tmp_path):
    engine = fresh()
    ask(engine, asked("What is brass?"))
    ask(engine, asked("What is brass? Say more."))

    keep(engine, parts=asked("What is brass? Say more."))
    engine.close()

    again = fresh()
    assert cached(ask(again, asked("Anything else?"))) >= most_of_document(again)


def test_asking_again_writes_nothing_again(fresh, tmp_path):
    engine = fresh()
    keep(engine)
    before = [(path, path.stat().st_ino) for path in files(tmp_path)]

    keep(engine, parts=asked("Something else?"))

    assert [(path, path.stat().st_ino) for path in files(tmp_path)] == before


def test_another_text_under_the_name_takes_the_place_of_the_first(fresh, tmp_path):
    engine = fresh()
    keep(engine)
    before = files(tmp_path)

    other = (PromptPart("The window is made of glass. " * 30, checkpoint=True),)
    keep(engine, parts=asked("Why?", other))

    assert files(tmp_path)
    assert not set(files(tmp_path)) & set(before)


def test_the_budgets_do_not_touch_kept_states(fresh, tmp_path):
    budgets = {"cache_dir": str(tmp_path / "cache"), "cache_disk_bytes": 1, "cache_memory_bytes": 1}
    engine = fresh(**budgets)
    keep(engine)
    before = files(tmp_path)
    for number in range(3):
        ask(engine, (PromptPart(f"{number} boats on the lake. " * 30),))
    engine.close()

    again = fresh(**budgets)

    assert files(tmp_path) == before
    assert cached(ask(again, asked("Well?"))) >= most_of_document(again)


@pytest.mark.parametrize("is_open", [True, False])
def test_the_folder_may_be_deleted_at_any_time(fresh, tmp_path, is_open):
    engine = fresh()
    text = text_of(keep(engine))
    if not is_open:
        engine.close()
        engine = fresh()
    shutil.rmtree(tmp_path / "kept" / "doc-1")
    while engine._sequences.evict():
        pass

    assert text_of(keep(engine)) == text
    assert files(tmp_path)


def test_a_folder_deleted_while_it_is_written_stays_deleted(fresh, tmp_path):
    engine = fresh()
    request = GenerateRequest("a", asked("Why?"), GREEDY, 200, keep_as="doc-1")
    engine.submit(request)
    while not files(tmp_path):
        engine.step()
    shutil.rmtree(tmp_path / "kept" / "doc-1")
    engine.cancel("a")
    while engine._closing or engine._live:
        engine.step()
    engine._kept.close()

    assert files(tmp_path) == []


def test_cancelling_leaves_a_state_that_was_there(fresh, tmp_path):
    engine = fresh()
    keep(engine)
    before = files(tmp_path)
    engine.submit(GenerateRequest("a", asked("Why?"), GREEDY, 200, keep_as="doc-1"))
    engine.step()

    engine.cancel("a")
    while engine._closing or engine._live:
        engine.step()

    assert files(tmp_path) == before


def test_states_of_another_model_are_refused(fresh, tmp_path):
    engine = fresh()
    keep(engine)
    folder = files(tmp_path)[0].parent
    other = fresh(kv_type="q8_0")
    folder.rename(folder.parent / other._kept._name)

    again = fresh(kv_type="q8_0")

    assert cached(ask(again, asked("Well?"))) == 0


def test_a_damaged_state_is_computed_anew(fresh, tmp_path):
    text = text_of(keep(fresh()))
    for path in files(tmp_path):
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(data)

    engine = fresh()
    events = keep(engine)

    assert cached(events) == 0
    assert text_of(events) == text


def test_a_disk_that_cannot_be_written_does_not_stop_the_answer(fresh, tmp_path):
    (tmp_path / "kept").write_text("a file where the folder should be")

    events = keep(fresh())

    assert isinstance(events[-1], Finished)


def test_other_requests_go_on_while_a_state_is_written(fresh, tmp_path):
    engine = fresh()
    requests = [
        GenerateRequest("kept", asked("Why?"), GREEDY, 4, keep_as="doc-1"),
        GenerateRequest("side", (PromptPart("A boat"),), GREEDY, 16),
    ]

    events = run(engine, *requests)

    assert all(isinstance(found[-1], Finished) for found in events.values())


def test_a_request_that_keeps_nothing_makes_no_folder(fresh, tmp_path):
    ask(fresh(), asked("Why?"))

    assert not (tmp_path / "kept").exists()


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_warm_document_is_answered_in_a_twentieth_of_the_time(tmp_path):
    """7,000 tokens, the second question after a restart."""
    document = (PromptPart("The door was open and the wind came in. " * 700, checkpoint=True),)
    options = {"kept_dir": str(tmp_path), "threads": 2}
    first = opened(starter_path(), **options)
    assert 6_900 < document_tokens(first, document) < 7_100
    cold = keep(first, parts=asked("Was it open?", document))
    first.close()

    second = opened(starter_path(), **options)
    warm = ask(second, asked("Who came in?", document))
    second.close()

    ratio = warm[-1].timings.prefill_s / cold[-1].timings.prefill_s
    print(f"cold {cold[-1].timings.prefill_s:.2f} s, warm / cold {ratio:.4f}")
    assert ratio <= 1 / 20
