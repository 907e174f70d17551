"""The key of the endpoint: from the environment, the system's keyring, or this session's memory.

It is never written to a file, a log or a command line.
"""

import logging
import os
import queue
import secrets
import threading
from dataclasses import dataclass, field
from typing import Literal

import keyring
import keyring.errors

log = logging.getLogger(__name__)

ENVIRONMENT_VARIABLE = "DOORSTEP_API_KEY"
_SERVICE = "doorstep"
_USER = "endpoint"
_KEYRING_LIMIT_S = 5.0

KeySource = Literal["environment", "keyring", "memory"]


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key and where it is kept; one from memory is gone when the program ends."""

    value: str = field(repr=False)
    source: KeySource


def load_api_key(keyring_limit_s: float = _KEYRING_LIMIT_S) -> ApiKey:
    """The user's key, made on first use.

    Waits for the keyring for a limited time only: a locked one asks the user, who may be away.
    """
    given = os.environ.get(ENVIRONMENT_VARIABLE, "").strip()
    if given:
        return ApiKey(given, "environment")
    kept = _within(keyring_limit_s)
    return ApiKey(kept, "keyring") if kept else ApiKey(_new_key(), "memory")


def _within(limit_s: float) -> str | None:
    """The key in the keyring, or None when that fails or takes too long."""
    answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def ask() -> None:
        kept = None
        try:
            kept = _kept_key()
        except (keyring.errors.KeyringError, OSError, RuntimeError) as error:
            log.info("keyring unusable: %s", type(error).__name__)
        finally:
            answers.put(kept)

    # Not a pool: its threads are joined when the program ends, and this one may hang for good.
    threading.Thread(target=ask, name="keyring", daemon=True).start()
    try:
        return answers.get(timeout=limit_s)
    except queue.Empty:
        log.warning("keyring did not answer within %.1f s", limit_s)
        return None


def _kept_key() -> str | None:
    """Read the key, or make and store one; None when the keyring forgets it at once."""
    kept = keyring.get_password(_SERVICE, _USER)
    if not kept:
        keyring.set_password(_SERVICE, _USER, _new_key())
        kept = keyring.get_password(_SERVICE, _USER)
    return kept if isinstance(kept, str) and kept else None


def _new_key() -> str:
    return "ds-" + secrets.token_urlsafe(32)
