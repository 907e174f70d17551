"""The JSON schemas of requests and answers, for ``/openapi.json``.

Requests are described as they are read: null means absent and unknown fields are welcome. Answers
are described as they are written: every field named here is there.
"""

from typing import Any

from app.engine.protocol import MAX_TOP_LOGPROBS

Schema = dict[str, Any]

STRING: Schema = {"type": "string"}
INTEGER: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
BOOLEAN: Schema = {"type": "boolean"}
ANY_OBJECT: Schema = {"type": "object"}
NULL: Schema = {"type": "null"}


def maybe(schema: Schema, **limits: object) -> Schema:
    """Or null."""
    if "type" in schema and isinstance(schema["type"], str):
        return schema | {"type": [schema["type"], "null"]} | limits
    return {"anyOf": [schema, NULL]}


def listing(items: Schema, **limits: object) -> Schema:
    return {"type": "array", "items": items} | limits


def one_of(*values: object) -> Schema:
    return {"enum": list(values)}


def record(fields: dict[str, Schema], *optional: str) -> Schema:
    """An object of an answer: all fields are there but those named as optional."""
    required = [name for name in fields if name not in optional]
    return {"type": "object", "properties": fields, "required": required}


def asked(fields: dict[str, Schema], *required: str) -> Schema:
    """An object of a request."""
    return {"type": "object", "properties": fields, "required": list(required)}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_TEXT_PART = asked({"type": one_of("text", "input_text", "output_text"), "text": STRING}, "text")
_CONTENT = {"anyOf": [STRING, listing(_TEXT_PART), NULL]}
_STOP = {"anyOf": [STRING, listing(STRING, maxItems=16), NULL]}
_TOP = {"minimum": 0, "maximum": MAX_TOP_LOGPROBS}
_SAMPLING: dict[str, Schema] = {
    "temperature": maybe(NUMBER, minimum=0, maximum=5),
    "top_p": maybe(NUMBER, minimum=0, maximum=1),
    "top_k": maybe(INTEGER, minimum=-1, maximum=1_000_000),
    "min_p": maybe(NUMBER, minimum=0, maximum=1),
    "repetition_penalty": maybe(NUMBER, minimum=0.01, maximum=10),
    "frequency_penalty": maybe(NUMBER, minimum=-10, maximum=10),
    "presence_penalty": maybe(NUMBER, minimum=-10, maximum=10),
    "seed": maybe(INTEGER),
}
_STREAM: dict[str, Schema] = {
    "stream": maybe(BOOLEAN),
    "stream_options": maybe(asked({"include_usage": maybe(BOOLEAN)})),
    "prompt_cache_key": maybe(STRING),
}
_FUNCTION = asked({"name": STRING, "description": maybe(STRING), "parameters": ANY_OBJECT}, "name")
_CHAT_CALL = asked({"id": STRING, "type": STRING, "function": ANY_OBJECT})
_CHAT_MESSAGE = asked(
    {
        "role": one_of("system", "developer", "user", "assistant", "tool"),
        "content": _CONTENT,
        "reasoning_content": maybe(STRING),
        "reasoning": maybe(STRING),
        "tool_calls": maybe(listing(_CHAT_CALL)),
        "tool_call_id": maybe(STRING),
        "name": maybe(STRING),
    },
    "role",
)
_CHAT_USAGE = record(
    {
        "prompt_tokens": INTEGER,
        "completion_tokens": INTEGER,
        "total_tokens": INTEGER,
        "prompt_tokens_details": record({"cached_tokens": INTEGER, "audio_tokens": INTEGER}),
        "completion_tokens_details": record({"reasoning_tokens": INTEGER}),
        "cache_read_input_tokens": INTEGER,
    }
)
_CALL_WRITTEN = record(
    {
        "id": STRING,
        "type": one_of("function", "custom"),
        "function": record({"name": STRING, "arguments": STRING}),
        "custom": record({"name": STRING, "input": STRING}),
    },
    "function",
    "custom",
)
_MESSAGE_WRITTEN = record(
    {
        "role": one_of("assistant"),
        "content": maybe(STRING),
        "refusal": NULL,
        "annotations": listing(ANY_OBJECT),
        "tool_calls": listing(_CALL_WRITTEN),
        "reasoning_content": STRING,
        "reasoning": STRING,
    },
    *("tool_calls", "reasoning_content", "reasoning"),
)
_TOKEN_SEEN: dict[str, Schema] = {
    "token": STRING,
    "logprob": NUMBER,
    "bytes": maybe(listing(INTEGER)),
}
_CHAT_LOGPROBS = record(
    {
        "content": listing(record(_TOKEN_SEEN | {"top_logprobs": listing(record(_TOKEN_SEEN))})),
        "refusal": NULL,
    }
)
_COMPLETION_LOGPROBS = record(
    {
        "tokens": listing(STRING),
        "token_logprobs": listing(NUMBER),
        "top_logprobs": listing(ANY_OBJECT),
        "text_offset": listing(INTEGER),
    }
)
_ENVELOPE: dict[str, Schema] = {
    "id": STRING,
    "created": INTEGER,
    "model": STRING,
    "system_fingerprint": STRING,
}
_MODEL = record(
    {
        "id": STRING,
        "object": one_of("model"),
        "type": one_of("model"),
        "display_name": STRING,
        "created": INTEGER,
        "created_at": STRING,
        "owned_by": STRING,
        "context_length": INTEGER,
        "max_model_len": INTEGER,
        "meta": record({"n_ctx": INTEGER}),
    }
)


def _choice(said: dict[str, Schema], logprobs: Schema) -> Schema:
    reasons = one_of("stop", "length", "tool_calls")
    return record({"index": INTEGER, "logprobs": maybe(logprobs), "finish_reason": reasons} | said)


SCHEMAS: dict[str, Schema] = {
    "Error": record(
        {
            "error": record(
                {
                    "message": STRING,
                    "type": STRING,
                    "param": maybe(STRING),
                    "code": maybe(STRING),
                }
            )
        }
    ),
    "AnthropicError": record(
        {
            "type": one_of("error"),
            "error": record({"type": STRING, "message": STRING}),
            "request_id": maybe(STRING),
        }
    ),
    "ChatRequest": asked(
        {
            "model": STRING,
            "messages": listing(_CHAT_MESSAGE, minItems=1),
            "max_completion_tokens": maybe(INTEGER, minimum=1),
            "max_tokens": maybe(INTEGER, minimum=1),
            "stop": _STOP,
            "tools": maybe(
                listing(asked({"type": one_of("function"), "function": _FUNCTION}, "type"))
            ),
            "tool_choice": {"anyOf": [one_of("none", "auto", "required"), ANY_OBJECT, NULL]},
            "parallel_tool_calls": maybe(BOOLEAN),
            "logprobs": maybe(BOOLEAN),
            "top_logprobs": maybe(INTEGER, **_TOP),
            "response_format": maybe(
                asked(
                    {
                        "type": one_of("text", "json_object", "json_schema"),
                        "json_schema": asked({"name": STRING, "schema": ANY_OBJECT}, "schema"),
                    },
                    "type",
                )
            ),
        }
        | _SAMPLING
        | _STREAM,
        *("model", "messages"),
    ),
    "ChatCompletion": record(
        {
            "object": one_of("chat.completion"),
            "choices": listing(_choice({"message": _MESSAGE_WRITTEN}, _CHAT_LOGPROBS)),
            "usage": _CHAT_USAGE,
            "service_tier": STRING,
        }
        | _ENVELOPE
    ),
    "CompletionRequest": asked(
        {
            "model": STRING,
            "prompt": STRING | {"minLength": 1},
            "max_tokens": maybe(INTEGER, minimum=1),
            "stop": _STOP,
            "echo": maybe(BOOLEAN),
            "logprobs": maybe(INTEGER, **_TOP),
        }
        | _SAMPLING
        | _STREAM,
        *("model", "prompt"),
    ),
    "Completion": record(
        {
            "object": one_of("text_completion"),
            "choices": listing(_choice({"text": STRING}, _COMPLETION_LOGPROBS)),
            "usage": _CHAT_USAGE,
        }
        | _ENVELOPE
    ),
    "EmbeddingsRequest": asked(
        {
            "model": STRING,
            "input": {
                "anyOf": [
                    STRING | {"minLength": 1},
                    listing(STRING | {"minLength": 1}, minItems=1, maxItems=2048),
                ]
            },
            "encoding_format": maybe(one_of("float", "base64")),
            "dimensions": maybe(INTEGER, minimum=1),
        },
        "input",
    ),
    "Embeddings": record(
        {
            "object": one_of("list"),
            "data": listing(
                record(
                    {
                        "object": one_of("embedding"),
                        "index": INTEGER,
                        "embedding": {"anyOf": [listing(NUMBER), STRING]},
                    }
                )
            ),
            "model": STRING,
            "usage": record({"prompt_tokens": INTEGER, "total_tokens": INTEGER}),
        }
    ),
    "TokenizeRequest": {
        "anyOf": [
            asked({"content": STRING}, "content"),
            asked({"messages": listing(_CHAT_MESSAGE, minItems=1)}, "messages"),
        ]
    },
    "TokenCount": record({"count": INTEGER, "max_model_len": INTEGER}),
    "ResponsesRequest": asked(
        {
            "model": STRING | {"minLength": 1},
            "input": {"anyOf": [STRING, listing(ANY_OBJECT)]},
            "instructions": maybe(STRING),
            "max_output_tokens": maybe(INTEGER, minimum=1),
            "tools": maybe(listing(ANY_OBJECT)),
            "tool_choice": {"anyOf": [one_of("none", "auto", "required"), ANY_OBJECT, NULL]},
            "parallel_tool_calls": maybe(BOOLEAN),
            "text": maybe(ANY_OBJECT),
            "reasoning": maybe(ANY_OBJECT),
            "include": maybe(listing(STRING)),
            "top_logprobs": maybe(INTEGER, **_TOP),
            "store": maybe(BOOLEAN),
        }
        | _SAMPLING
        | {"stream": maybe(BOOLEAN), "prompt_cache_key": maybe(STRING)},
        *("model", "input"),
    ),
    "Response": record(
        {
            "id": STRING,
            "object": one_of("response"),
            "created_at": NUMBER,
            "status": STRING,
            "model": STRING,
            "output": listing(ANY_OBJECT),
            "usage": maybe(ANY_OBJECT),
            "error": maybe(ANY_OBJECT),
            "incomplete_details": maybe(ANY_OBJECT),
        }
    ),
    "ResponseTokens": record({"object": one_of("response.input_tokens"), "input_tokens": INTEGER}),
    "ResponseDeleted": record({"id": STRING, "object": one_of("response"), "deleted": BOOLEAN}),
    "MessagesRequest": asked(
        {
            "model": STRING,
            "messages": listing(
                asked(
                    {
                        "role": one_of("user", "assistant", "system"),
                        "content": {"anyOf": [STRING, listing(ANY_OBJECT)]},
                    },
                    *("role", "content"),
                ),
                minItems=1,
            ),
            "system": {"anyOf": [STRING, listing(_TEXT_PART), NULL]},
            "max_tokens": maybe(INTEGER, minimum=1),
            "stop_sequences": maybe(listing(STRING, maxItems=16)),
            "tools": maybe(listing(asked({"name": STRING, "input_schema": ANY_OBJECT}))),
            "tool_choice": maybe(ANY_OBJECT),
            "thinking": maybe(ANY_OBJECT),
            "output_config": maybe(ANY_OBJECT),
            "metadata": maybe(asked({"user_id": maybe(STRING)})),
            "temperature": _SAMPLING["temperature"],
            "top_p": _SAMPLING["top_p"],
            "top_k": _SAMPLING["top_k"],
            "stream": maybe(BOOLEAN),
        },
        "messages",
    ),
    "Message": record(
        {
            "id": STRING,
            "type": one_of("message"),
            "role": one_of("assistant"),
            "model": STRING,
            "content": listing(ANY_OBJECT),
            "stop_reason": STRING,
            "stop_sequence": maybe(STRING),
            "usage": ANY_OBJECT,
        }
    ),
    "InputTokens": record({"input_tokens": INTEGER}),
    "Model": _MODEL,
    "ModelList": record(
        {
            "object": one_of("list"),
            "data": listing(_MODEL),
            "first_id": STRING,
            "last_id": STRING,
            "has_more": BOOLEAN,
        }
    ),
    "Health": record(
        {
            "status": STRING,
            "model": maybe(STRING),
            "context_length": maybe(INTEGER),
            "load_fraction": maybe(NUMBER),
            "version": STRING,
            "requests_now": INTEGER,
            "engine": maybe(ANY_OBJECT),
        }
    ),
    "OllamaVersion": record({"version": STRING}),
    "OllamaTags": record({"models": listing(ANY_OBJECT)}),
    "OllamaShowRequest": asked({"model": STRING}),
    "OllamaShow": record(
        {"details": ANY_OBJECT, "model_info": ANY_OBJECT, "capabilities": listing(STRING)}
    ),
}
