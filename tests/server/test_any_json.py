"""Whatever JSON a client sends: it is understood or refused, and never breaks anything."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.chat.turn import prompt_of
from app.engine.protocol import ModelInfo
from app.errors import AppError
from app.server import messages_parse, responses_parse
from app.server.errors import ApiError
from app.server.responses_store import ResponseStore
from tests.server.conftest import STEP_TEMPLATE

MODEL = ModelInfo("m", "a", 1000, STEP_TEMPLATE.read_text(encoding="utf-8"))
WORDS = st.sampled_from(
    [
        *("user", "assistant", "system", "developer", "tool", "message", "text", "input_text"),
        *("tool_use", "tool_result", "thinking", "document", "image", "base64", "content"),
        *("function", "custom", "namespace", "function_call", "function_call_output"),
        *("custom_tool_call", "custom_tool_call_output", "reasoning", "json_schema", "auto"),
        *("tool_reference", "allowed_tools", "any", "required", "look", "", "Words", "{}"),
    ]
)
NAMES = st.sampled_from(
    [
        *("role", "type", "content", "text", "name", "input", "id", "call_id", "tool_use_id"),
        *("source", "data", "media_type", "thinking", "is_error", "defer_loading", "tool_name"),
        *("arguments", "output", "summary", "encrypted_content", "tools", "function", "format"),
        *("namespace", "parameters", "input_schema", "description", "schema", "mode", "title"),
    ]
)
FIELDS = st.sampled_from(
    [
        *("system", "tools", "tool_choice", "thinking", "metadata", "stop_sequences", "stream"),
        *("temperature", "top_p", "top_k", "max_tokens", "output_config", "instructions"),
        *("text", "reasoning", "include", "max_output_tokens", "prompt_cache_key", "user"),
        *("parallel_tool_calls", "max_tool_calls", "background", "safety_identifier"),
    ]
)
ATOMS = st.none() | st.booleans() | st.integers(-2, 9) | st.floats(0, 2) | WORDS
VALUES = st.recursive(
    ATOMS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=15,
)
ITEMS = st.lists(st.dictionaries(NAMES, VALUES, max_size=5) | VALUES, max_size=4)
BODIES = st.dictionaries(FIELDS, VALUES, max_size=4)


def parse_response(body):
    return responses_parse.parse(body, ResponseStore())


@pytest.mark.parametrize(
    ("parse", "field"), [(messages_parse.parse, "messages"), (parse_response, "input")]
)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=BODIES, items=ITEMS)
def test_any_request_is_understood_or_refused(parse, field, body, items):
    with contextlib.suppress(ApiError, AppError):
        asked = parse(body | {"model": "m", field: items})

        assert prompt_of(MODEL, asked.turn)
