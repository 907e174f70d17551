"""Where the window was and how it was divided, in a small file in the data folder."""

import base64
import binascii
import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WindowState:
    """``geometry`` is Qt's own form. Width of the sidebar in pixels."""

    geometry: bytes = b""
    sidebar_width: int = 264
    is_sidebar_shown: bool = True
    page: str = "chat"


def load(path: Path) -> WindowState:
    """What was kept; the first form of the window when nothing usable was."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return WindowState(
            base64.b64decode(found["geometry"], validate=True),
            int(found["sidebar_width"]),
            bool(found["is_sidebar_shown"]),
            str(found.get("page", "chat")),
        )
    except FileNotFoundError:
        return WindowState()
    except (OSError, ValueError, KeyError, TypeError, binascii.Error) as error:
        log.info("window state not usable: %s", type(error).__name__)
        return WindowState()


def save(path: Path, state: WindowState) -> None:
    """Keep it for the next start. It is not worth an error when that fails."""
    values = asdict(state) | {"geometry": base64.b64encode(state.geometry).decode()}
    partial = path.with_suffix(".partial")
    try:
        partial.write_text(json.dumps(values), encoding="utf-8")
        os.replace(partial, path)
    except OSError as error:
        log.info("window state not kept: %s", error.strerror)
