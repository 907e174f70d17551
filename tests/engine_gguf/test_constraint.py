"""A constrained answer has the form it must have, whatever the model would rather say."""

import json

import pytest

from app.engine.constraint import TokenMask, check_grammar
from app.engine.errors import AppError, ErrorKind
from app.engine.protocol import (
    Constraint,
    Failed,
    Finished,
    GenerateRequest,
    PromptPart,
    SamplingParams,
)
from tests.engine_contract import run, text_of

SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 12},
        "size": {"type": "integer", "minimum": 1, "maximum": 99},
        "kind": {"enum": ["door", "window"]},
    },
    "required": ["name", "size", "kind"],
    "additionalProperties": False,
    # Without it a small model may write white space until its answer is full.
    "x-guidance": {"whitespace_flexible": False},
}
JSON = f"start: %json {json.dumps(SCHEMA)}"
CALL = (
    'start: /[ \\n]{0,3}/ <tool_call> "\\n<function=look>\\n<parameter=at>\\n" /[a-z]{1,8}/'
    ' "\\n</parameter>\\n</function>\\n" </tool_call>'
)
PROMPT = (PromptPart("Tell me about a door."),)


@pytest.fixture(params=["smollm", "nano_step"])
def engine(request):
    return request.getfixturevalue(request.param)


def ask(engine, constraint, seed=1, **settings):
    request = GenerateRequest(
        "a",
        PROMPT,
        SamplingParams(temperature=1, seed=seed),
        200,
        constraint=constraint,
        **settings,
    )
    return run(engine, request)["a"]


@pytest.mark.parametrize("seed", range(5))
def test_an_answer_keeps_to_its_schema(engine, seed):
    events = ask(engine, Constraint(JSON), seed)

    found = json.loads(text_of(events))
    assert set(found) == {"name", "size", "kind"}
    assert found["kind"] in ("door", "window")
    assert 1 <= found["size"] <= 99
    assert events[-1].reason == "stop"


def test_the_mask_sleeps_until_its_text_has_come(nano_step):
    sleeping = ask(nano_step, Constraint(JSON, "this text never comes"))
    free = ask(nano_step, None)

    assert text_of(sleeping) == text_of(free)


def test_the_mask_wakes_after_its_text(nano_step):
    free = text_of(ask(nano_step, None))
    word = free[5:12]

    constrained = text_of(ask(nano_step, Constraint('start: "!!"', word)))

    assert constrained.endswith("!!")
    assert constrained.index(word) == free.index(word)


def test_a_tool_call_is_made_of_the_models_own_markers(nano_step):
    answer = text_of(ask(nano_step, Constraint(CALL)))

    assert answer.strip().startswith("<tool_call>\n<function=look>\n<parameter=at>\n")
    assert answer.endswith("\n</parameter>\n</function>\n</tool_call>")


@pytest.mark.parametrize("grammar", ["start: foo", "", "start: %json {", "not a grammar"])
def test_a_grammar_that_is_none_fails_with_words(nano_step, grammar):
    last = ask(nano_step, Constraint(grammar))[-1]

    assert isinstance(last, Failed)
    assert last.error.kind is ErrorKind.BAD_REQUEST
    with pytest.raises(AppError):
        check_grammar(grammar)


@pytest.mark.parametrize("temperature", [0, 1])
@pytest.mark.parametrize(
    ("grammar", "written"),
    [
        ('start: ""', ""),
        ("start: NONE\nNONE: /a/ & /b/", ""),
        ('start: "do" NONE\nNONE: /a/ & /b/', "do"),
        ('start: "door" "s"? NONE\nNONE: /a/ & /b/', "door"),
    ],
)
def test_a_mask_that_allows_nothing_ends_the_answer(engine, grammar, written, temperature):
    sampling = SamplingParams(temperature=temperature, seed=1)
    request = GenerateRequest("a", PROMPT, sampling, 200, constraint=Constraint(grammar))

    events = run(engine, request)["a"]

    assert isinstance(events[-1], Finished)
    assert text_of(events).startswith(written)
    assert len(text_of(events)) <= len(written) + 1


def test_tokens_taken_can_be_taken_back(nano_step):
    tokenizer = nano_step._tokenizer
    mask = TokenMask(tokenizer.for_grammars(), Constraint('start: "ab" | "ac"', "go"), 2560)
    before = None

    mask.accept(tokenizer.plain("go")[0], "go")
    before = mask.bits().copy()
    mask.accept(tokenizer.plain("a")[0], "a")
    after = mask.bits().copy()
    mask.rollback(1)

    assert (mask.bits() == before).all()
    assert (before != after).any()
    mask.rollback(1)
    assert mask.bits() is None
