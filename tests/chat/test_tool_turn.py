"""A turn with tools, on the real client with the scripted engine and Step's template."""

import json
import queue
from pathlib import Path

import pytest

from app.chat.messages import Message, ToolCallPart
from app.chat.turn import (
    ContentDelta,
    ReasoningDelta,
    Tool,
    ToolCallEnded,
    ToolCallStarted,
    ToolChoice,
    TurnFinished,
    TurnRequest,
    prompt_of,
    start_turn,
)
from app.engine.client import EngineClient
from app.engine.launch import MachineChoices, WorkerSpec
from app.engine.protocol import ModelInfo, SamplingParams
from app.errors import ErrorKind
from tests.patience import PATIENCE_S

TEMPLATE = Path(__file__).parents[1] / "data/templates/nano-step.jinja"
LOOK = (
    "<tool_call>\n<function=look>\n<parameter=path>\na.py\n</parameter>\n</function>\n</tool_call>"
)
READ = LOOK.replace("look", "read")
SCRIPT = {
    "name": "nano",
    "chat_template": TEMPLATE.read_text(encoding="utf-8"),
    "replies": [
        {"when": "look twice", "text": f"Twice\n</think>\n{LOOK}\n{LOOK}\nDone."},
        {
            "when": "look and go on",
            "text": f"Hm\n</think>\n{LOOK}" + " and" * 5000,
            "hold_after": 100,
        },
        {"when": "look once", "text": f"Once\n</think>\n{LOOK}"},
        {"when": "only talk", "text": "I talk.\n</think>\nI would rather talk."},
        {"when": "say nothing", "text": "Hm.\n</think>\n"},
        {"when": "think for long", "text": "hm " * 5000, "tokens_per_second": 200},
        {"when": "a person", "text": '</think>\n{"name": "Bob"}'},
        {"when": "broken person", "text": '</think>\n{"name": '},
        {"text": "\n</think>\nHello."},
    ],
}
TOOLS = tuple(
    Tool(name, "", {"type": "object", "properties": {"path": {"type": "string"}}})
    for name in ("look", "read")
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nano")
    script = folder / "script.json"
    script.write_text(json.dumps(SCRIPT), encoding="utf-8")
    spec = WorkerSpec("app.engine.scripted", script)
    engine = EngineClient(spec, MachineChoices(folder / "choices.json"))
    engine.start()
    engine.wait_ready(PATIENCE_S)
    yield engine
    engine.close()


def asked(words, **changes):
    changes = {"tools": TOOLS, "sampling": SamplingParams()} | changes
    return TurnRequest((Message.of("user", words),), **changes)


def answered(engine, words, **changes):
    """Reasoning, text, calls as (name, arguments), and the last update."""
    updates = queue.SimpleQueue()
    turn = start_turn(engine, asked(words, **changes), updates.put)
    assert turn.wait(PATIENCE_S)
    found = [updates.get() for _ in range(updates.qsize())]
    reasoning = "".join(u.text for u in found if isinstance(u, ReasoningDelta))
    text = "".join(u.text for u in found if isinstance(u, ContentDelta))
    calls = [(u.call.name, u.call.arguments) for u in found if isinstance(u, ToolCallEnded)]
    assert len(calls) == sum(isinstance(u, ToolCallStarted) for u in found)
    return reasoning, text, calls, found[-1]


def test_a_turn_tells_reasoning_text_and_calls(engine):
    reasoning, text, calls, last = answered(engine, "look twice")

    assert (reasoning, text) == ("Twice", "\nDone.")
    assert calls == [("look", {"path": "a.py"})] * 2
    assert last.reason == "stop"


def test_without_parallel_calls_the_engine_is_stopped_after_the_first(engine):
    before = engine.counters().tokens_generated

    _, text, calls, last = answered(engine, "look and go on", parallel_tool_calls=False)

    assert (text, calls) == ("", [("look", {"path": "a.py"})])
    assert isinstance(last, TurnFinished)
    assert last.reason == "stop"
    assert engine.counters().tokens_generated - before < 1000


def test_a_call_that_comes_by_itself_satisfies_the_demand(engine):
    found = answered(engine, "look once", tool_choice=ToolChoice("required"))

    assert found[:3] == ("Once", "", [("look", {"path": "a.py"})])
    assert found[3].reason == "stop"


@pytest.mark.parametrize("words", ["only talk", "say nothing", "never call"])
def test_a_demand_that_is_not_met_is_an_error(engine, words):
    """The scripted engine knows no grammars, as no real engine does."""
    *_, calls, last = answered(engine, words, tool_choice=ToolChoice("required"))

    assert calls == []
    assert last.error.kind is ErrorKind.TOOL_CALL_MISSING


def test_a_call_of_another_tool_does_not_satisfy_a_named_demand(engine):
    *_, last = answered(engine, "look once", tool_choice=ToolChoice("named", "read"))

    assert last.error.kind is ErrorKind.TOOL_CALL_MISSING


def test_a_demand_does_not_outlive_the_limit_of_tokens(engine):
    demand = ToolChoice("required")

    reasoning, text, calls, last = answered(
        engine, "think for long", tool_choice=demand, max_tokens=5
    )

    assert (text, calls, last.reason) == ("", [], "length")
    assert reasoning


def test_cancelling_ends_a_turn_that_must_call(engine):
    updates = queue.SimpleQueue()
    request = asked("think for long", tool_choice=ToolChoice("required"))
    turn = start_turn(engine, request, updates.put)
    updates.get(timeout=PATIENCE_S)

    turn.cancel()

    assert turn.wait(PATIENCE_S)
    last = [updates.get() for _ in range(updates.qsize())][-1]
    assert last.reason == "cancelled"


def test_an_answer_that_does_not_follow_its_schema_is_an_error(engine):
    schema = {"type": "object", "required": ["name"]}

    good = answered(engine, "a person", tools=(), response_schema=schema)[3]
    bad = answered(engine, "broken person", tools=(), response_schema=schema)[3]

    assert good.reason == "stop"
    assert bad.error.kind is ErrorKind.ANSWER_INVALID


def prompt(engine, *messages, **changes):
    request = TurnRequest(messages, SamplingParams(), **changes)
    return "".join(part.text for part in prompt_of(engine.wait_ready(), request))


def test_no_tool_is_rendered_when_none_may_be_called(engine):
    message = Message.of("user", "Hi")

    text = prompt(engine, message, tools=TOOLS, tool_choice=ToolChoice("none"))

    assert text == prompt(engine, message)
    assert "look" in prompt(engine, message, tools=TOOLS)


def test_calls_and_results_of_the_history_are_rendered_as_the_model_writes_them(engine):
    text = prompt(
        engine,
        Message.of("user", "Look"),
        Message("assistant", (ToolCallPart("c1", "look", {"path": "a.py"}),)),
        Message("tool", Message.of("tool", "found").parts, tool_call_id="c1"),
        tools=TOOLS,
    )

    assert LOOK + "<|im_end|>" in text
    assert "<tool_response>found</tool_response>" in text


def test_a_model_whose_template_knows_no_tools_is_told_of_them_in_words():
    model = ModelInfo("plain", "llama", 4096, None)
    messages = (
        Message.of("system", "Be brief."),
        Message.of("user", "Look"),
        Message("assistant", (ToolCallPart("c1", "look", {"path": "é"}),)),
        Message("tool", Message.of("tool", "found").parts, tool_call_id="c1"),
    )
    request = TurnRequest(messages, SamplingParams(), tools=TOOLS)

    text = "".join(part.text for part in prompt_of(model, request))

    assert text.startswith("<|im_start|>system\nBe brief.\n\n# Tools")
    assert '{"type": "function", "function": {"name": "look"' in text
    assert '<tool_call>\n{"name": "look", "arguments": {"path": "é"}}\n</tool_call>' in text
    assert "<|im_start|>user\n<tool_response>\nfound\n</tool_response>" in text
