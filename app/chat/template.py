"""A model's own chat template, rendered in a sandbox into prompt parts.

Only text that the template itself wrote may become control tokens (``PromptPart.special``); what
users, tools and files said is never altered. Templates come with model files, so they are hostile
until shown otherwise: no attribute tricks, no loaders, a limit on time, size and repetition.
"""

import functools
import json
import re
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from app.chat.messages import Message, TextPart
from app.chat.template_trace import TracedText, concat
from app.engine.protocol import ModelInfo, PromptPart
from app.errors import AppError, template_failed

RENDER_LIMIT_S = 2.0
MAX_TEMPLATE_CHARACTERS = 1_000_000
MAX_REPEAT = 10_000  # characters or times: nothing a template needs repeats more

# Used when a model brings none, as llama.cpp does.
DEFAULT_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message.role + '\n' + message.content"
    " + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

_PADDING_METHODS = frozenset({"center", "ljust", "rjust", "zfill", "expandtabs"})
_UNSAFE_FILTERS = ("center", "format", "wordwrap", "filesizeformat", "urlize", "xmlattr", "random")
_WIDE_FORMAT = re.compile(r"%[^a-zA-Z%]*(?:\d{4,}|\*)")


def render_prompt(
    model: ModelInfo,
    messages: Sequence[Message],
    *,
    tools: Sequence[dict[str, Any]] = (),
    add_generation_prompt: bool = True,
) -> tuple[PromptPart, ...]:
    """The prompt of a conversation, with checkpoints where a later prompt will still agree.

    Raises AppError when the template fails, even after the conversation was put into the plain
    user-assistant form that strict templates want.
    """
    template = _compiled(model.chat_template or DEFAULT_TEMPLATE)
    render = functools.partial(_render, template, model, tools=tools)
    try:
        chosen = list(messages)
        text = render(chosen, add_generation_prompt=add_generation_prompt)
    except AppError:
        chosen = _alternating(messages)
        if chosen == list(messages):
            raise
        text = render(chosen, add_generation_prompt=add_generation_prompt)
    marks = []
    for count in _checkpoint_counts(chosen):
        try:
            before = render(chosen[:count], add_generation_prompt=False)
        except AppError:
            continue  # a template may refuse a conversation without a question
        if text.startswith(before):
            marks.append(len(before))
    return _parts(text, marks)


def _checkpoint_counts(messages: Sequence[Message]) -> list[int]:
    """After the system message (and tools), and after the last user message."""
    counts = {1} if messages and messages[0].role == "system" else set()
    users = [at for at, message in enumerate(messages, 1) if message.role == "user"]
    return sorted(counts | set(users[-1:]))


def _parts(text: TracedText, marks: Sequence[int]) -> tuple[PromptPart, ...]:
    """Cut the text where the trace changes and at the marks."""
    parts: list[PromptPart] = []
    at = 0
    for run, is_own in text.runs:
        cuts = [mark - at for mark in marks if at < mark < at + len(run)]
        for low, high in zip([0, *cuts], [*cuts, len(run)], strict=True):
            parts.append(PromptPart(run[low:high], is_own, at + high in marks))
        at += len(run)
    return tuple(parts)


def _alternating(messages: Sequence[Message]) -> list[Message]:
    """The same words as strictly alternating turns: neighbours joined, system in the first one."""
    found: list[Message] = []
    for message in messages:
        role = "user" if message.role == "system" else message.role
        if found and found[-1].role == role and not message.tool_calls:
            joined = f"{found[-1].text}\n\n{message.text}"
            found[-1] = Message(role, (TextPart(joined),))
        else:
            found.append(Message(role, message.parts, message.name, message.tool_call_id))
    return found


def _render(
    template: jinja2.Template,
    model: ModelInfo,
    messages: Sequence[Message],
    *,
    tools: Sequence[dict[str, Any]],
    add_generation_prompt: bool,
) -> TracedText:
    environment = template.environment
    assert isinstance(environment, _TemplateEnvironment)
    environment.deadline = time.monotonic() + RENDER_LIMIT_S
    variables = {
        "messages": [_as_variables(message) for message in messages],
        "tools": list(tools) or None,
        "bos_token": TracedText.own(model.bos_token),
        "eos_token": TracedText.own(model.eos_token),
        "add_generation_prompt": add_generation_prompt,
    }
    try:
        return concat(template.root_render_func(template.new_context(variables)))
    except jinja2.TemplateError as error:
        raise template_failed(
            f"It says: {str(error.message or error)[:200].rstrip('.')}."
        ) from error
    except RecursionError as error:
        raise template_failed("It calls itself without end.") from error
    except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError, LookupError) as error:
        raise template_failed(f"It made a mistake ({type(error).__name__}).") from error


def _as_variables(message: Message) -> dict[str, Any]:
    found: dict[str, Any] = {"role": TracedText.own(message.role), "content": message.text}
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


@functools.lru_cache(maxsize=16)
def _compiled(source: str) -> jinja2.Template:
    """Compile a template once. Raises AppError with the line that is wrong."""
    if len(source) > MAX_TEMPLATE_CHARACTERS:
        raise template_failed("It is too large to be a chat template.")
    try:
        return _TemplateEnvironment().from_string(source)
    except jinja2.TemplateSyntaxError as error:
        raise template_failed(f"Line {error.lineno}: {error.message}.") from error
    except RecursionError as error:
        raise template_failed("It is nested too deep.") from error


class _TemplateEnvironment(ImmutableSandboxedEnvironment):
    """Jinja as chat templates expect it, traced and bounded."""

    intercepted_binops = frozenset({"*", "**", "%"})
    concat = staticmethod(concat)

    def __init__(self) -> None:
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            optimized=False,
            extensions=[loopcontrols, _GenerationTag],
        )
        self.deadline = 0.0
        for name in _UNSAFE_FILTERS:
            self.filters.pop(name, None)
        self.filters |= {
            "template_text": _template_text,
            "tick": _tick,
            "tojson": _to_json,
            "join": _join,
        }
        self.globals |= {"raise_exception": _raise_exception, "strftime_now": _strftime_now}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        traced = _Tracer().visit(tree)
        traced.set_environment(self)
        assert isinstance(traced, nodes.Template)
        return traced

    def check_time(self) -> None:
        if time.monotonic() > self.deadline:
            raise SecurityError("rendering takes too long")

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        self.check_time()
        widths = [value for value in (*args, *kwargs.values()) if isinstance(value, int)]
        if getattr(obj, "__name__", "") in _PADDING_METHODS and max(widths, default=0) > MAX_REPEAT:
            raise SecurityError("text is repeated too often")
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
        numbers = [abs(value) for value in (left, right) if isinstance(value, int | float)]
        if operator == "%" and isinstance(left, str) and _WIDE_FORMAT.search(left):
            raise SecurityError("a field is too wide")
        if operator == "**" and max(numbers, default=0) > 1000:
            raise SecurityError("a power is too large")
        if operator == "*" and len(numbers) < 2 and max(numbers, default=0) > MAX_REPEAT:
            raise SecurityError("text is repeated too often")
        return super().call_binop(context, operator, left, right)


class _Tracer(NodeTransformer):
    """Marks the template's own strings, and makes loops check the time."""

    def visit_Const(self, node: nodes.Const) -> nodes.Node:
        return _filtered(node, "template_text") if isinstance(node.value, str) else node

    def visit_TemplateData(self, node: nodes.TemplateData) -> nodes.Node:
        return _filtered(nodes.Const(node.data, lineno=node.lineno), "template_text")

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        first, *rest = [_filtered(self.visit(child), "string") for child in node.nodes]
        for child in rest:
            first = nodes.Add(first, child, lineno=node.lineno)
        return first

    def visit_For(self, node: nodes.For) -> nodes.Node:
        self.generic_visit(node)
        tick = _filtered(nodes.Const(0, lineno=node.lineno), "tick")
        node.body.insert(0, nodes.ExprStmt(tick, lineno=node.lineno))
        return node


class _GenerationTag(Extension):
    """``{% generation %}``: marks training targets in some templates; prints its body."""

    tags = {"generation"}  # noqa: RUF012 - jinja's interface

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _filtered(node: nodes.Expr, name: str) -> nodes.Expr:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


@jinja2.pass_context  # keeps jinja from folding the call into a plain constant
def _template_text(_: Context, text: str) -> TracedText:
    return TracedText.own(text)


@jinja2.pass_context
def _tick(context: Context, value: int) -> int:
    environment = context.environment
    assert isinstance(environment, _TemplateEnvironment)
    environment.check_time()
    return value


def _to_json(value: Any, ensure_ascii: bool = False, indent: int | None = None) -> str:  # noqa: ANN401
    """JSON as model makers train with it: readable text, no HTML escapes."""
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=min(indent, 16) if indent else None)


@jinja2.pass_environment
def _join(
    environment: jinja2.Environment,
    values: Any,  # noqa: ANN401
    separator: str = "",
    attribute: str | None = None,
) -> TracedText:
    items = values
    if attribute is not None:
        items = [environment.getattr(value, attribute) for value in values]
    return concat([separator]).join(str(item) for item in items)


def _raise_exception(message: str) -> None:
    raise jinja2.TemplateError(str(message))


def _strftime_now(form: str) -> str:
    return datetime.now().astimezone().strftime(form)
