"""Reads fields of untrusted JSON: null means absent, unknown fields are nobody's business."""

import json
from typing import Any

from app.engine.protocol import SamplingParams
from app.server.errors import ApiError, invalid

_MAX_SEED = 2**32 - 1


class Fields:
    """A JSON object whose values may be missing, null, or of the wrong type."""

    def __init__(self, untrusted: dict[str, Any]) -> None:
        self._untrusted = untrusted

    def get(self, name: str) -> Any:  # noqa: ANN401
        return self._untrusted.get(name)

    def text(self, name: str) -> str | None:
        value: str | None = self._typed(name, str, "a string")
        return value

    def flag(self, name: str) -> bool:
        return bool(self._typed(name, bool, "true or false"))

    def items(self, name: str) -> list[Any]:
        return self._typed(name, list, "a list") or []

    def object(self, name: str) -> "Fields":
        return Fields(self._typed(name, dict, "an object") or {})

    def number(self, *names: str) -> float | None:
        """The first of these fields that is there."""
        for name in names:
            value: float | None = self._typed(name, (int, float), "a number")
            if isinstance(value, bool):
                raise _wrong_type(name, "a number")
            if value is not None:
                return value
        return None

    def whole(self, *names: str) -> int | None:
        """As ``number``; 100.0 counts as whole."""
        value = self.number(*names)
        if value is None or isinstance(value, int):
            return value
        if not value.is_integer():
            raise _wrong_type(names[0], "a whole number")
        return int(value)

    def _typed(self, name: str, kind: Any, expected: str) -> Any:  # noqa: ANN401
        value = self._untrusted.get(name)
        if value is not None and not isinstance(value, kind):
            raise _wrong_type(name, expected)
        return value


def read_sampling(fields: Fields) -> SamplingParams:
    """The sampling of a request; what it leaves out keeps our defaults. Raises AppError."""
    default = SamplingParams()
    seed = fields.whole("seed")
    return SamplingParams(
        temperature=_or(fields.number("temperature"), default.temperature),
        top_k=max(0, int(_or(fields.whole("top_k"), default.top_k))),  # -1 is off for vLLM
        top_p=_or(fields.number("top_p"), default.top_p),
        min_p=_or(fields.number("min_p"), default.min_p),
        repetition_penalty=_or(
            fields.number("repetition_penalty", "repeat_penalty"), default.repetition_penalty
        ),
        frequency_penalty=_or(fields.number("frequency_penalty"), default.frequency_penalty),
        presence_penalty=_or(fields.number("presence_penalty"), default.presence_penalty),
        # Seeds of other servers are 64 bits wide; -1 means "any" for llama.cpp.
        seed=None if seed is None or seed == -1 else seed % _MAX_SEED,
    )


def read_max_tokens(fields: Fields, *names: str) -> int | None:
    """The first limit given; None for none, and -1 is none for some editors."""
    limit = fields.whole(*names)
    if limit is None or limit == -1:
        return None
    if limit < 1:
        raise invalid(f"{names[0]} must be at least 1.", names[0])
    return min(limit, 2**31 - 1)  # agents ask for more than the context; it ends there anyway


def read_stop(fields: Fields) -> tuple[str, ...]:
    value = fields.get("stop")
    texts = [value] if isinstance(value, str) else fields.items("stop")
    if not all(isinstance(text, str) for text in texts):
        raise _wrong_type("stop", "a string or a list of strings")
    return tuple(text for text in texts if text)


def read_json_arguments(untrusted: object) -> dict[str, Any]:
    """Arguments of an earlier tool call: an object, as itself or as JSON text."""
    value = untrusted
    if isinstance(value, str):
        try:
            value = json.loads(value or "{}")
        except (ValueError, RecursionError):
            value = untrusted
    # A model's broken call stays in the history as it was: refusing it would end the session.
    return value if isinstance(value, dict) else {"arguments": value}


def _or(value: float | None, default: float) -> float:
    return default if value is None else value


def _wrong_type(name: str, expected: str) -> ApiError:
    return invalid(f"{name} must be {expected}.", name)
