"""Schema answers and demanded calls validate, from models that would rather say something else."""

import json

import jsonschema
import pytest

from app.chat.grammar import answer_constraint
from app.engine.protocol import GenerateRequest, PromptPart, SamplingParams
from tests.engine_contract import run, text_of
from tests.engine_gguf import schemas

PROMPT = (PromptPart("Tell me a story about a door and a window."),)


def answered(engine, constraint, seed):
    request = GenerateRequest(
        "a", PROMPT, SamplingParams(temperature=1, seed=seed), 600, constraint=constraint
    )
    return run(engine, request)["a"]


def assert_schema_is_kept(engine, seed):
    schema = schemas.made(seed)

    events = answered(engine, answer_constraint(schema=schema), seed)

    assert events[-1].reason == "stop"
    jsonschema.validate(json.loads(text_of(events)), schema)


@pytest.mark.parametrize("seed", range(15))
def test_an_answer_of_nano_step_validates(nano_step, seed):
    assert_schema_is_kept(nano_step, seed)


@pytest.mark.parametrize("seed", range(5))
def test_an_answer_of_smollm_validates(smollm, seed):
    assert_schema_is_kept(smollm, seed)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_two_hundred_schemas_are_kept_by_both_models(nano_step, smollm):
    for seed in range(200):
        assert_schema_is_kept(nano_step, seed)
        assert_schema_is_kept(smollm, seed)
