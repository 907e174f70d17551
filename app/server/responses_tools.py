"""Tools of the Responses protocol: flattened for the model, and told back as the client named them.

A function inside a namespace becomes ``namespace.function``. A custom tool takes free text, which
becomes the one argument of a function; its grammar is described to the model. Tools that the vendor
runs on its own machines (web search and the like) are passed over.
"""

from dataclasses import dataclass
from typing import Any

from app.chat.messages import ToolCallPart
from app.chat.tools import Tool, ToolChoice, ToolMode
from app.server.errors import ApiError, invalid
from app.server.fields import Fields

CUSTOM_ARGUMENT = "input"

_CUSTOM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {CUSTOM_ARGUMENT: {"type": "string"}},
    "required": [CUSTOM_ARGUMENT],
    "additionalProperties": False,
}
_MODES: dict[str, ToolMode] = {"auto": "auto", "none": "none", "required": "required"}


@dataclass(frozen=True, slots=True)
class ToolOrigin:
    """What the client calls a tool that the model knows under a flat name."""

    name: str
    namespace: str | None = None
    is_custom: bool = False


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The tools of a request: for the model, their origins by flat name, and as told back."""

    tools: tuple[Tool, ...]
    origins: dict[str, ToolOrigin]
    described: list[dict[str, Any]]

    def origin(self, name: str) -> ToolOrigin:
        """A name that the model made up is told as it is."""
        return self.origins.get(name, ToolOrigin(name))


def read_tools(untrusted: list[Any]) -> Toolbox:
    """In their order; kinds that the model cannot use are left out."""
    box = Toolbox((), {}, [])
    for item in untrusted:
        if not isinstance(item, dict):
            raise invalid("tools must be a list of objects.", "tools")
        box = _with(box, Fields(item), item)
    return box


def flat_name(name: str, namespace: str | None) -> str:
    return f"{namespace}.{name}" if namespace else name


def read_choice(untrusted: object, box: Toolbox) -> tuple[Toolbox, ToolChoice]:
    """The choice, and the tools that it leaves to be chosen from."""
    if untrusted is None or isinstance(untrusted, str):
        return box, ToolChoice(_mode(untrusted or "auto"))
    if not isinstance(untrusted, dict):
        raise _bad_choice()
    fields = Fields(untrusted)
    match fields.get("type"):
        case "function" | "custom":
            name = _chosen(fields)
            if name not in box.origins:
                raise invalid("tool_choice names a tool that is not in tools.", "tool_choice")
            return box, ToolChoice("named", name)
        case "allowed_tools":
            return _allowed(fields, box)
        case str():
            return box, ToolChoice()  # a tool of the vendor's, which was left out
    raise _bad_choice()


def _with(box: Toolbox, fields: Fields, item: dict[str, Any]) -> Toolbox:
    match fields.get("type"):
        case "function" | "custom":
            found = [_read_tool(fields, None)]
        case "namespace":
            name = fields.text("name")
            inner = [Fields(tool) for tool in fields.items("tools") if isinstance(tool, dict)]
            found = [_read_tool(tool, name) for tool in inner]
        case _:
            return box
    origins = {tool.name: origin for tool, origin in found if origin.name}
    tools = tuple(tool for tool, origin in found if origin.name)
    told = _described(fields) if fields.get("type") == "function" else item
    return Toolbox(box.tools + tools, box.origins | origins, [*box.described, told])


def _read_tool(fields: Fields, namespace: str | None) -> tuple[Tool, ToolOrigin]:
    fields = _unwrapped(fields)
    is_custom = fields.get("type") == "custom"
    name, description = fields.text("name") or "", fields.text("description") or ""
    parameters = fields.get("parameters")
    if is_custom:
        description, parameters = _custom_description(fields, description), _CUSTOM_SCHEMA
    tool = Tool(
        flat_name(name, namespace),
        description,
        parameters if isinstance(parameters, dict) else {},
    )
    return tool, ToolOrigin(name, namespace, is_custom)


def _unwrapped(fields: Fields) -> Fields:
    """Some clients send the nested form of the chat protocol."""
    nested = fields.get("function")
    return Fields({"type": "function", **nested}) if isinstance(nested, dict) else fields


def _custom_description(fields: Fields, description: str) -> str:
    form = fields.object("format")
    grammar = form.text("definition")
    if not grammar:
        return description
    syntax = form.text("syntax") or "lark"
    return f"{description}\n\nThe input must follow this {syntax} grammar:\n{grammar}".strip()


def _described(fields: Fields) -> dict[str, Any]:
    """A function with every field that the schema of the protocol requires."""
    fields = _unwrapped(fields)
    return {
        "type": "function",
        "name": fields.text("name") or "",
        "description": fields.text("description"),
        "parameters": fields.get("parameters"),
        "strict": fields.flag("strict"),
    }


def _chosen(fields: Fields) -> str:
    name = fields.text("name") or fields.object("function").text("name")
    return flat_name(name or "", fields.text("namespace"))


def _allowed(fields: Fields, box: Toolbox) -> tuple[Toolbox, ToolChoice]:
    names = {_chosen(Fields(tool)) for tool in fields.items("tools") if isinstance(tool, dict)}
    tools = tuple(tool for tool in box.tools if tool.name in names)
    return Toolbox(tools, box.origins, box.described), ToolChoice(
        _mode(fields.text("mode") or "auto")
    )


def _mode(text: str) -> ToolMode:
    if text not in _MODES:
        raise _bad_choice()
    return _MODES[text]


def _bad_choice() -> ApiError:
    return invalid("tool_choice must be auto, none, required, or name a tool.", "tool_choice")


def custom_input(call: ToolCallPart) -> str:
    """The free text of a custom call."""
    text = call.arguments.get(CUSTOM_ARGUMENT, "")
    return text if isinstance(text, str) else str(text)
