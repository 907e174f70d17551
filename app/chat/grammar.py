"""Grammars for answers that must have a form: tool calls as the model writes them, or JSON.

They are in llguidance's Lark dialect; the engines turn them into token masks. White space between
the parts is fixed, because a model that would rather not answer can go on writing blanks for ever.
"""

import json
from collections.abc import Sequence
from typing import Any

from app.chat.json_schema import types_of
from app.chat.number_ends import with_number_ends
from app.chat.tool_parser import CallStyle
from app.chat.tools import Tool, ToolChoice
from app.engine.protocol import Constraint
from app.errors import AppError

_OPEN, _CLOSE = "<tool_call>", "</tool_call>"
# Stand-ins until it is decided whether the model has the markers as tokens.
_OPEN_MARKER, _CLOSE_MARKER = "<open_tool_call>", "<close_tool_call>"
_END_VALUE = "\n</parameter>\n"
_ANY_TEXT = "/(?s:.*)/"
# From strict to lenient; lenient skips what llguidance cannot say, and the client validates.
_LENIENCIES: tuple[dict[str, Any], ...] = (
    {},
    {"coerce_one_of": True},
    {"coerce_one_of": True, "lenient": True},
)
_SPACING: dict[str, Any] = {
    "whitespace_flexible": False,
    "item_separator": ", ",
    "key_separator": ": ",
}


def answer_constraint(
    *,
    schema: dict[str, Any] | None = None,
    tools: Sequence[Tool] = (),
    choice: ToolChoice | None = None,
    style: CallStyle = "hermes",
    is_parallel: bool = True,
    starts_after: str = "",
) -> Constraint:
    """An answer that is JSON of the schema, or calls of the tools, or either of them.

    Raises AppError when no grammar can say it.
    """
    options: list[str] = []
    rules: list[str] = []
    if schema is not None:
        options.append(_json_rule(schema, schema))
    if tools:
        calls, rules = _calls(tools, choice or ToolChoice(), style, is_parallel=is_parallel)
        options.append(calls)
    gap = "/\\n{0,2}/ " if starts_after else ""
    # Newlines may stand between the reasoning and what follows.
    grammar = "\n".join([f"start: {gap}({' | '.join(options)})", *rules]) + "\n"
    _check(grammar)
    plain = grammar.replace(_OPEN_MARKER, _text(_OPEN)).replace(_CLOSE_MARKER, _text(_CLOSE))
    return Constraint(
        grammar.replace(_OPEN_MARKER, _OPEN).replace(_CLOSE_MARKER, _CLOSE), starts_after, plain
    )


def _calls(
    tools: Sequence[Tool], choice: ToolChoice, style: CallStyle, *, is_parallel: bool
) -> tuple[str, list[str]]:
    """What stands for one call or more, and the rules it names."""
    wanted = [tool for tool in tools if choice.mode != "named" or tool.name == choice.name]
    write = _xml_call if style == "xml" else _json_call
    names = [f"call_{number}" for number in range(len(wanted))]
    rules = [line for name, tool in zip(names, wanted, strict=True) for line in write(tool, name)]
    any_call = f"({' | '.join(names)})"
    if style == "mistral":
        return f'"[TOOL_CALLS][" {any_call} "]"', rules
    if style == "bare_json":
        return any_call, rules
    if style == "hermes":
        any_call = f'"\\n" {any_call} "\\n"'
    one = f"{_OPEN_MARKER} {any_call} {_CLOSE_MARKER}"
    return (f'{one} ("\\n" {one})*' if is_parallel else one), rules


def _xml_call(tool: Tool, rule: str) -> list[str]:
    """Step's form: parameters in the order of the schema, those that are not required optional."""
    schema = tool.parameters
    properties = schema.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    required = schema.get("required")
    required = required if isinstance(required, list) else []
    parts, rules = [], []
    for number, (key, value) in enumerate(properties.items()):
        name = f"{rule}_p{number}"
        parts.append(name if key in required else f"{name}?")
        rules += _xml_parameter(name, key, value, schema)
    body = " ".join([_text(f"\n<function={tool.name}>\n"), *parts, _text("</function>\n")])
    return [f"{rule}: {body}", *rules]


def _xml_parameter(rule: str, key: str, schema: Any, root: dict[str, Any]) -> list[str]:  # noqa: ANN401
    opening = _text(f"<parameter={key}>\n")
    if types_of(schema, root) != {"string"}:
        return [f"{rule}: {opening} {_json_rule(schema, root)} {_text(_END_VALUE)}"]
    choices = schema.get("enum") if isinstance(schema, dict) else None
    if isinstance(schema, dict) and "const" in schema:
        choices = [schema["const"]]
    if choices and all(isinstance(choice, str) for choice in choices):
        allowed = " | ".join(_text(choice) for choice in choices)
        return [f"{rule}: {opening} ({allowed}) {_text(_END_VALUE)}"]
    return [
        f"{rule}: {opening} {rule}_v",
        f"{rule}_v[suffix={_text(_END_VALUE)}]: {_string_pattern(schema)}",
    ]


def _string_pattern(schema: Any) -> str:  # noqa: ANN401
    """What a raw string may be, as a Lark regular expression: its pattern, or its length."""
    if not isinstance(schema, dict):
        return _ANY_TEXT
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        start = "" if pattern.startswith("^") else "(?s:.*)"
        end = "" if pattern.endswith("$") else "(?s:.*)"
        body = pattern.removeprefix("^").removesuffix("$").replace("/", "\\/")
        rule = f"/{start}(?:{body}){end}/"
        if _is_usable(f"start: {rule}"):
            return rule
    low, high = schema.get("minLength", 0), schema.get("maxLength", "")
    rule = f"/(?s:.{{{low},{high}}})/"
    return rule if (low or high != "") and _is_usable(f"start: {rule}") else _ANY_TEXT


def _is_usable(grammar: str) -> bool:
    try:
        _check(grammar)
    except AppError:
        return False
    return True


def _check(grammar: str) -> None:
    # The library takes long to load, and few chats need it: the window opens without.
    from app.engine.constraint import check_grammar

    check_grammar(grammar)


def _json_call(tool: Tool, rule: str) -> list[str]:
    """Hermes' form, and the others that are one JSON object."""
    arguments = tool.parameters or {"type": "object"}
    shared: dict[str, Any] = {
        name: arguments[name] for name in ("$defs", "definitions") if name in arguments
    }
    call: dict[str, Any] = {
        "type": "object",
        "properties": {"name": {"const": tool.name}, "arguments": arguments},
        "required": ["name", "arguments"],
        "additionalProperties": False,
    }
    call.update(shared)
    return [f"{rule}: {_json_rule(call, call)}"]


def _json_rule(schema: Any, root: dict[str, Any]) -> str:  # noqa: ANN401
    """``%json`` of a schema, as strict as llguidance can be about it."""
    whole: dict[str, Any] = {}
    if isinstance(schema, dict):
        whole.update(schema)
    for name in ("$defs", "definitions"):
        if name in root:
            whole.setdefault(name, root[name])
    problem: AppError | None = None
    ended = with_number_ends(whole)
    for form, leniency in ((ended, {}), *((whole, leniency) for leniency in _LENIENCIES)):
        guided = form | {"x-guidance": _SPACING | leniency}
        rule = f"%json {json.dumps(guided)}"
        try:
            _check(f"start: {rule}")
        except AppError as error:
            problem = error
        else:
            return rule
    assert problem is not None
    raise problem


def _text(text: str) -> str:
    """A Lark string literal."""
    return json.dumps(text)
