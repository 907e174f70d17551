"""What stands before every route: refuses web pages, strangers and bodies that are not JSON.

A page in the user's browser can reach this port. It cannot set the Host header to one of ours after
DNS rebinding, cannot send a cross-origin request without Origin or Sec-Fetch-Site, and cannot send
application/json without a preflight; each of these is refused here, and no CORS header is ever sent
(CVE-2024-28224 and its kin).
"""

import base64
import binascii
import re
from dataclasses import replace

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.server.errors import ApiError, error_response
from app.server.inspector import ORIGIN
from app.server.keys import Keys
from app.server.listener import HOST, HOST_6

_OWN_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE)
_HOST_AND_PORT = re.compile(r"([A-Za-z0-9.-]+)(?::[0-9]{1,5})?", re.ASCII)
_EMPTY_PATHS = frozenset({"/", "/api/hello"})  # say that somebody is there
_OPEN_PATHS = _EMPTY_PATHS | {"/health"}  # tell nothing private and need no key


class Gate:
    """ASGI middleware; a request that it refuses is seen by no route and its body is not read.

    With lan_names, other computers may use it too, under these names or the address they reached.
    With the keys None every program on this computer may use the endpoint; web pages still may not.
    """

    def __init__(
        self, app: ASGIApp, keys: Keys | None, lan_names: frozenset[str] | None = None
    ) -> None:
        assert keys is not None or lan_names is None
        self._app = app
        self._keys = keys
        self._lan_names = lan_names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"  # websockets and lifespan are switched off
        try:
            await self._check(scope)
        except ApiError as error:
            await error_response(error, scope["path"])(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        self._refuse_foreign_host(headers, scope)
        _refuse_web_pages(headers)
        _refuse_odd_targets(scope)
        if not self._is_open(scope):
            await self._require_key(headers)
        if scope["method"] in ("POST", "PUT", "PATCH"):
            _require_json(headers)

    def _refuse_foreign_host(self, headers: Headers, scope: Scope) -> None:
        hosts = headers.getlist("host")
        if len(hosts) == 1 and (_OWN_HOST.fullmatch(hosts[0]) or self._is_lan(hosts[0], scope)):
            return
        raise ApiError(403, "This endpoint answers only to its own names.", code="host_not_allowed")

    def _is_lan(self, host: str, scope: Scope) -> bool:
        """A name of this computer, or the address that the connection came in by."""
        found = _HOST_AND_PORT.fullmatch(host)
        if self._lan_names is None or found is None:
            return False
        return found[1].lower() in self._lan_names or found[1] == scope["server"][0]

    def _is_open(self, scope: Scope) -> bool:
        """Nobody else in the network needs to know what runs here."""
        is_here = self._lan_names is None or scope["client"][0] in (HOST, HOST_6)
        return scope["path"] in (_OPEN_PATHS if is_here else _EMPTY_PATHS)

    async def _require_key(self, headers: Headers) -> None:
        """One path for both headers: whatever is checked for one is checked for the other."""
        if self._keys is None:
            return
        await self._keys.follow_changes()
        shown = list(headers.getlist("x-api-key"))
        for value in headers.getlist("authorization"):
            scheme, _, token = value.partition(" ")
            if scheme.lower() == "bearer":
                shown.append(token)
            elif scheme.lower() == "basic":
                shown.append(_password(token))
        for key in shown:
            # Header values are bytes; Starlette shows them as latin-1.
            name = self._keys.name_of(key.strip().encode("latin-1"))
            if name is not None:
                ORIGIN.set(replace(ORIGIN.get(), key=name))
                return
        raise ApiError(
            401,
            "The API key is missing or wrong. Send it as 'Authorization: Bearer KEY'; "
            "the Endpoint page of Doorstep shows it.",
            code="invalid_api_key",
            headers={"WWW-Authenticate": "Bearer"},
        )


def _password(token: str) -> str:
    """From an address with a key, http://doorstep:KEY@127.0.0.1: for clients that know no keys."""
    try:
        return base64.b64decode(token, validate=True).decode("latin-1").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def _refuse_web_pages(headers: Headers) -> None:
    if "origin" in headers:
        raise ApiError(403, "Web pages may not use this endpoint.", code="origin_not_allowed")
    if any(site not in ("none", "same-origin") for site in headers.getlist("sec-fetch-site")):
        raise ApiError(403, "Web pages may not use this endpoint.", code="origin_not_allowed")


def _refuse_odd_targets(scope: Scope) -> None:
    """Only origin-form (RFC 9112, 3.2.1): an absolute target would overrule the Host header."""
    if not scope["raw_path"].startswith(b"/"):
        raise ApiError(400, "The request target must be a path.")


def _require_json(headers: Headers) -> None:
    kinds = headers.getlist("content-type")
    kind, _, parameters = (kinds[0] if len(kinds) == 1 else "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if kind.strip().lower() != "application/json" or charset not in ("", "charset=utf-8"):
        raise ApiError(415, "Send the body as 'Content-Type: application/json'.")
