"""What lies on the user's desk beside the conversations: presets, prompts and drafts.

Functions on a connection; those that write expect to run inside the writer's transaction.
"""

import json
from dataclasses import asdict
from typing import Any, Literal

from app.chat.presets import Preset
from app.engine.protocol import SamplingParams
from app.errors import AppError
from app.storage import records
from app.storage.driver import sqlite3

_NEW_CHAT = 0


def preset_json(preset: Preset | None) -> str:
    return "" if preset is None else json.dumps(asdict(preset))


def preset_of(db: sqlite3.Connection, conversation_id: int) -> Preset | None:
    row = db.execute(
        "SELECT CAST(preset AS TEXT) FROM conversations WHERE id = ?", (conversation_id,)
    ).fetchone()
    return _preset(row[0]) if row else None


def presets(db: sqlite3.Connection) -> list[Preset]:
    """Those that can be read, by name."""
    rows = db.execute("SELECT CAST(preset AS TEXT) FROM presets ORDER BY name")
    return [found for (stored,) in rows if (found := _preset(stored)) is not None]


def keep_preset(db: sqlite3.Connection, preset: Preset) -> None:
    db.execute(
        "INSERT OR REPLACE INTO presets (name, preset) VALUES (?, ?)",
        (records.one_line(preset.name), preset_json(preset)),
    )


def prompts(db: sqlite3.Connection) -> dict[str, str]:
    rows = db.execute("SELECT CAST(name AS TEXT), CAST(text AS TEXT) FROM prompts ORDER BY name")
    return dict(rows.fetchall())


def keep_prompt(db: sqlite3.Connection, name: str, text: str) -> None:
    db.execute(
        "INSERT OR REPLACE INTO prompts (name, text) VALUES (?, ?)",
        (records.one_line(name), records.encodable(text)),
    )


def drop(db: sqlite3.Connection, table: Literal["presets", "prompts"], name: str) -> None:
    db.execute(f"DELETE FROM {table} WHERE name = ?", (name,))


def drafts(db: sqlite3.Connection) -> dict[int | None, str]:
    rows = db.execute("SELECT conversation_id, CAST(text AS TEXT) FROM drafts")
    return {(id_ or None): text for id_, text in rows}


def keep_draft(db: sqlite3.Connection, conversation_id: int | None, text: str) -> None:
    id_ = conversation_id or _NEW_CHAT
    if text:
        db.execute(
            "INSERT OR REPLACE INTO drafts (conversation_id, text) VALUES (?, ?)",
            (id_, records.encodable(text)),
        )
    else:
        db.execute("DELETE FROM drafts WHERE conversation_id = ?", (id_,))


def _preset(stored: str) -> Preset | None:
    """None for none, and for what is damaged or from a newer version."""
    if not stored:
        return None
    try:
        found: dict[str, Any] = json.loads(stored)
        sampling = found.get("sampling")
        return Preset(
            str(found["name"]),
            str(found.get("instructions", "")),
            SamplingParams(**sampling) if sampling else None,
            str(found.get("model", "")),
        )
    except (ValueError, TypeError, KeyError, AttributeError, AppError, RecursionError):
        return None
