"""Tells the news of tool calls: numbers them, names them, and writes their arguments as JSON."""

import json
import uuid
from typing import Any

from app.chat.json_schema import types_of, value_from_text
from app.chat.messages import ToolCallPart
from app.chat.tools import Tool, ToolCallDelta, ToolCallEnded, ToolCallStarted, ToolUpdate

_STRING = frozenset({"string"})


class CallWriter:
    """The calls of one answer, in order. ``id_length`` is 0 for ids of our own form."""

    def __init__(self, tools: tuple[Tool, ...], id_length: int = 0) -> None:
        self._schemas = {tool.name: tool.parameters for tool in tools}
        self._id_length = id_length
        self._index = -1
        self._call = ToolCallPart("", "", {})

    def is_known(self, name: str) -> bool:
        return name in self._schemas

    def start(self, name: str) -> "Arguments":
        """Begin a call; its first news is ``Arguments.started``."""
        self._index += 1
        return Arguments(self._index, self._new_id(), name, self._schemas.get(name, {}))

    def whole(self, name: str, arguments: dict[str, Any]) -> list[ToolUpdate]:
        """All the news of a call that is known at once."""
        call = self.start(name)
        call.values.update(arguments)
        text = json.dumps(arguments)
        return [call.started, ToolCallDelta(call.started.index, text), call.ended()]

    def _new_id(self) -> str:
        number = uuid.uuid4().hex
        return number[: self._id_length] if self._id_length else f"call_{number[:24]}"


class Arguments:
    """The arguments of one call, written key by key; strings also piece by piece."""

    def __init__(self, index: int, call_id: str, name: str, schema: dict[str, Any]) -> None:
        self.started = ToolCallStarted(index, call_id, name)
        self.values: dict[str, Any] = {}
        self._schema = schema
        self._key = ""
        self._pieces: list[str] = []
        self._is_streamed = False
        self._is_repeated = False

    def expects(self, key: str) -> bool:
        """Whether the schema has this key and it was not given yet."""
        return key in self._properties() and key not in self.values and key != self._key

    def begin(self, key: str) -> list[ToolUpdate]:
        self._key, self._pieces = key, []
        self._is_repeated = key in self.values  # the first one counts: it may be sent already
        self._is_streamed = not self._is_repeated and self._types() == _STRING
        return self._delta(self._opening() + '"') if self._is_streamed else []

    def add(self, text: str) -> list[ToolUpdate]:
        self._pieces.append(text)
        return self._delta(json.dumps(text)[1:-1]) if self._is_streamed and text else []

    def end(self) -> list[ToolUpdate]:
        key, text = self._key, "".join(self._pieces)
        opening = self._opening()
        self._key = ""
        if self._is_repeated:
            return []
        if self._is_streamed:
            self.values[key] = text
            return self._delta('"')
        self.values[key] = value = value_from_text(text, self._types(key))
        return self._delta(opening + json.dumps(value))

    def fill(self, values: dict[str, Any]) -> list[ToolUpdate]:
        """All arguments at once, for a call that has none yet."""
        self.values.update(values)
        return self._delta(json.dumps(values)[:-1]) if values else []

    def close(self) -> list[ToolUpdate]:
        """The last news."""
        return [*self._delta("}" if self.values else "{}"), self.ended()]

    def ended(self) -> ToolCallEnded:
        started = self.started
        return ToolCallEnded(started.index, ToolCallPart(started.id, started.name, self.values))

    def _opening(self) -> str:
        return f"{', ' if self.values else '{'}{json.dumps(self._key)}: "

    def _properties(self) -> dict[str, Any]:
        properties = self._schema.get("properties")
        return properties if isinstance(properties, dict) else {}

    def _types(self, key: str | None = None) -> frozenset[str]:
        return types_of(self._properties().get(self._key if key is None else key), self._schema)

    def _delta(self, text: str) -> list[ToolUpdate]:
        return [ToolCallDelta(self.started.index, text)]
