"""Plain jinja with the options of Hugging Face's tokenizers: what a chat template must give."""

import functools
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.chat.messages import Message
from app.engine.protocol import ModelInfo

TEMPLATES = {
    path.stem: path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parent.parent / "data" / "templates").glob("*.jinja"))
}


def model_with(template: str | None) -> ModelInfo:
    return ModelInfo("any", "any", 4096, template, bos_token="<|bos|>", eos_token="<|eos|>")


def rendered(
    template: str,
    messages: Sequence[Message],
    *,
    tools: Sequence[dict] = (),
    add_generation_prompt: bool = True,
) -> str:
    return _compiled(template).render(
        messages=[_plain(message) for message in messages],
        tools=list(tools) or None,
        bos_token="<|bos|>",
        eos_token="<|eos|>",
        add_generation_prompt=add_generation_prompt,
    )


@functools.lru_cache
def _compiled(template: str) -> jinja2.Template:
    return _environment().from_string(template)


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, loopcontrols]
    )
    environment.filters["tojson"] = _to_json
    environment.globals["raise_exception"] = _raise
    environment.globals["strftime_now"] = lambda form: datetime.now().strftime(form)
    return environment


class _Generation(Extension):
    tags = {"generation"}  # noqa: RUF012

    def parse(self, parser):
        next(parser.stream)
        return parser.parse_statements(["name:endgeneration"], drop_needle=True)


def _to_json(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(
        value,
        ensure_ascii=ensure_ascii,
        indent=indent,
        separators=separators,
        sort_keys=sort_keys,
    )


def _raise(message):
    raise jinja2.TemplateError(message)


def _plain(message: Message) -> dict:
    found = {"role": message.role, "content": message.text}
    if message.reasoning:
        found["reasoning_content"] = message.reasoning
    if message.tool_calls:
        found["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.tool_calls
        ]
    if message.name is not None:
        found["name"] = message.name
    if message.tool_call_id is not None:
        found["tool_call_id"] = message.tool_call_id
    return found
