"""The endpoint's keys in the system's keyring: one entry, a JSON object of names and keys.

A keyring may be missing, locked or hang while it asks the user, who may be away; so it is asked on
a thread of its own and for a limited time only.
"""

import json
import logging
import queue
import secrets
import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

from app.errors import AppError, ErrorKind

log = logging.getLogger(__name__)

DEFAULT = "default"
LIMIT_S = 5.0
_SERVICE = "doorstep"
_USER = "endpoint"

_Named = dict[str, str]
T = TypeVar("T")


def kept_keys(limit_s: float = LIMIT_S) -> _Named | None:
    """The keys by name, among them the default one, which is made on first use.

    None when the keyring fails, forgets at once or takes too long.
    """
    return _within(limit_s, _read_with_default)


def add_key(name: str, limit_s: float = LIMIT_S) -> str | None:
    """Make a key and keep it; None when the name is taken. Raises AppError without a keyring."""

    def add() -> str | None:
        named = _read_with_default()
        if name in named:
            return None
        named[name] = new_key()
        _write(named)
        return named[name]

    return _or_unusable(_within(limit_s, lambda: (add(),)))[0]


def revoke_key(name: str, limit_s: float = LIMIT_S) -> bool:
    """Forget a key; False when there is none of that name. Raises AppError without a keyring."""

    def revoke() -> bool:
        named = _read()
        if name not in named:
            return False
        del named[name]
        _write(named)
        return True

    return _or_unusable(_within(limit_s, lambda: (revoke(),)))[0]


def new_key() -> str:
    return "ds-" + secrets.token_urlsafe(32)


def no_keyring() -> AppError:
    return AppError(
        ErrorKind.SECRETS,
        "This computer has no usable keyring",
        "Named keys are kept in it and nowhere else. Unlock or install one, or set "
        "DOORSTEP_API_KEY to a key of your own.",
    )


def _or_unusable(answer: T | None) -> T:
    if answer is None:
        raise no_keyring()
    return answer


def _within(limit_s: float, ask: Callable[[], T]) -> T | None:
    """The answer, or None when that fails or takes too long."""
    answers: queue.SimpleQueue[T | None] = queue.SimpleQueue()

    def answer() -> None:
        import keyring.errors  # takes long, and few starts of the window need it

        found = None
        try:
            found = ask()
        except (keyring.errors.KeyringError, OSError, RuntimeError, ValueError) as error:
            log.info("keyring unusable: %s", type(error).__name__)
        finally:
            answers.put(found)

    # Not a pool: its threads are joined when the program ends, and this one may hang for good.
    threading.Thread(target=answer, name="keyring", daemon=True).start()
    try:
        return answers.get(timeout=limit_s)
    except queue.Empty:
        log.warning("keyring did not answer within %.1f s", limit_s)
        return None


def _read_with_default() -> _Named:
    named = _read()
    if DEFAULT not in named:
        named = {DEFAULT: new_key(), **named}
        _write(named)
    return named


def _read() -> _Named:
    """Raises ValueError for an entry that is not ours, which is then left alone."""
    import keyring

    entry = keyring.get_password(_SERVICE, _USER)
    if not entry:
        return {}
    if not entry.startswith("{"):
        return {DEFAULT: entry}  # as versions before named keys kept it
    found = json.loads(entry)
    if not all(isinstance(key, str) and key for key in found.values()):
        raise ValueError("not an object of keys")
    return dict(found)


def _write(named: Mapping[str, str]) -> None:
    """Raises ValueError when the keyring forgets at once, as the null one does."""
    import keyring

    keyring.set_password(_SERVICE, _USER, json.dumps(named))
    if _read() != named:
        raise ValueError("not kept")
