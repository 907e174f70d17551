"""Demanded calls and schema answers of a real model in its own process, which would rather talk."""

import queue
from pathlib import Path

import jsonschema
import pytest

from app.chat.json_schema import lenient_json
from app.chat.messages import Message
from app.chat.tools import Tool, ToolCallEnded, ToolChoice
from app.chat.turn import ContentDelta, TurnRequest, start_turn
from app.engine.client import EngineClient
from app.engine.launch import MachineChoices, WorkerSpec
from app.engine.protocol import EngineOptions, SamplingParams
from app.models.locate import starter_path
from tests.engine_gguf import schemas

NANO_STEP = Path(__file__).parent.parent / "data" / "nano-step-q8_0.gguf"
TALK = (Message.of("user", "Good morning. How are you today?"),)


@pytest.fixture(scope="module", params=[NANO_STEP, starter_path()], ids=["nano-step", "smollm2"])
def engine(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("engine")
    spec = WorkerSpec("engine_gguf", request.param, EngineOptions(context_length=2048))
    engine = EngineClient(spec, MachineChoices(folder / "choices.json"))
    engine.start()
    engine.wait_ready(60)
    yield engine
    engine.close()


def answered(engine, seed, **demand):
    updates = queue.SimpleQueue()
    request = TurnRequest(TALK, SamplingParams(temperature=1, seed=seed), 1000, **demand)
    assert start_turn(engine, request, updates.put).wait(100)
    return [updates.get() for _ in range(updates.qsize())]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("mode", ["required", "named"])
def test_a_demanded_call_comes_and_validates(engine, mode, seed):
    tools = tuple(
        Tool(name, "Does a thing.", schemas.tool_parameters(seed + number))
        for number, name in enumerate(("look", "write_note"))
    )

    updates = answered(
        engine,
        seed,
        tools=tools,
        tool_choice=ToolChoice(mode, "write_note" if mode == "named" else None),
        parallel_tool_calls=False,
    )

    assert updates[-1].reason == "stop"
    (call,) = [update.call for update in updates if isinstance(update, ToolCallEnded)]
    assert mode == "required" or call.name == "write_note"
    schema = next(tool.parameters for tool in tools if tool.name == call.name)
    jsonschema.validate(call.arguments, schema)


@pytest.mark.parametrize("seed", range(4))
def test_a_schema_answer_validates(engine, seed):
    schema = schemas.made(seed)

    updates = answered(engine, seed, response_schema=schema)

    assert updates[-1].reason == "stop"
    text = "".join(update.text for update in updates if isinstance(update, ContentDelta))
    jsonschema.validate(lenient_json(text), schema)
