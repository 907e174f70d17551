"""Reads a JSON body: counted while it streams in, and refused when it is not a plain object."""

import asyncio
import json
import re
from typing import Any, NoReturn

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from app.server.encoding import too_large, unpack
from app.server.errors import ApiError, invalid
from app.server.limits import Limits

MAX_DEPTH = 200  # tool schemas of real agents stay below 40

_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")


async def read_json(scope: Scope, receive: Receive, limits: Limits) -> dict[str, Any]:
    """The JSON object in the body. Raises ApiError 400, 408, 413 or 415."""
    _refuse_announced_size(scope, limits.body_bytes)
    try:
        async with asyncio.timeout(limits.body_timeout_s):
            body = await _read(receive, limits.body_bytes)
    except TimeoutError:
        raise ApiError(408, "The request body did not arrive in time.") from None
    encoding = Headers(scope=scope).get("content-encoding", "")
    return parse_json_object(unpack(body, encoding, limits.body_bytes))


def parse_json_object(untrusted_body: bytes) -> dict[str, Any]:
    """Strict JSON: UTF-8, no NaN, no lone surrogates, nested at most MAX_DEPTH deep."""
    try:
        value = json.loads(untrusted_body.decode("utf-8-sig"), parse_constant=_refuse_constant)
        if _SURROGATE_ESCAPE.search(untrusted_body):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeError:
        raise invalid("The request body is not valid UTF-8 text.") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise invalid("The request body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise invalid("The request body must be a JSON object.")
    if untrusted_body.count(b"{") + untrusted_body.count(b"[") > MAX_DEPTH:
        _refuse_deep(value)
    return value


async def _read(receive: Receive, limit_bytes: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > limit_bytes:
            raise too_large(limit_bytes)
        if not message.get("more_body", False):
            return bytes(body)


def _refuse_announced_size(scope: Scope, limit_bytes: int) -> None:
    """Refuse before a byte is read; the HTTP parser has checked that the number is one."""
    for name, value in scope["headers"]:
        if name == b"content-length" and int(value) > limit_bytes:
            raise too_large(limit_bytes)


def _refuse_deep(value: object) -> None:
    """Walk without recursion: how deep the parser itself goes differs between Python versions."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        children = (item.values() if isinstance(item, dict) else item for item in level)
        level = [child for group in children for child in group if isinstance(child, dict | list)]
        if not level:
            return
    raise _too_deep()


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _too_deep() -> ApiError:
    return invalid("The request body is nested too deeply.")
