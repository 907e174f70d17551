"""The rows of conversations and messages: an append-only tree with a head per conversation.

Functions on a connection; those that write expect to run inside the writer's transaction.
"""

import json
import time
from collections.abc import Sequence
from typing import Any

from app.chat.messages import AnswerDetails, Message, MessageState, Part, parts_to_json
from app.storage import records, search
from app.storage.driver import sqlite3
from app.storage.records import (
    HEADER_COLUMNS,
    MESSAGE_COLUMNS,
    ConversationSummary,
    MessageHeader,
    StoredMessage,
    optional_json,
)

_NEXT_ACTIVITY = "(SELECT coalesce(max(activity), 0) + 1 FROM conversations)"


def insert_conversation(db: sqlite3.Connection, title: str) -> int:
    now = time.time()
    cursor = db.execute(
        "INSERT INTO conversations (title, activity, created_at, updated_at)"
        f" VALUES (?, {_NEXT_ACTIVITY}, ?, ?)",
        (records.one_line(title), now, now),
    )
    return _row_id(cursor)


def summaries(db: sqlite3.Connection) -> list[ConversationSummary]:
    rows = db.execute(
        f"SELECT {_SUMMARY} FROM conversations"
        " WHERE trashed_at IS NULL ORDER BY activity DESC, id DESC"
    )
    return [_summary(row) for row in rows]


def trashed(db: sqlite3.Connection) -> list[ConversationSummary]:
    """What is in the trash, the last thrown first."""
    rows = db.execute(
        f"SELECT {_SUMMARY} FROM conversations"
        " WHERE trashed_at IS NOT NULL ORDER BY trashed_at DESC, activity DESC"
    )
    return [_summary(row) for row in rows]


_SUMMARY = (
    "id, CAST(title AS TEXT), updated_at, pinned_at IS NOT NULL, archived_at IS NOT NULL,"
    " CAST(folder AS TEXT), trashed_at"
)


def _summary(row: tuple[Any, ...]) -> ConversationSummary:
    id_, title, updated_at, is_pinned, is_archived, folder, trashed_at = row
    return ConversationSummary(
        id_, title, updated_at, bool(is_pinned), bool(is_archived), folder, trashed_at
    )


def delete_trashed(db: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Remove conversations and their messages for good; only what is in the trash."""
    for (id_,) in db.execute(
        "SELECT c.id FROM json_each(?) AS asked JOIN conversations AS c ON c.id = asked.value"
        " WHERE c.trashed_at IS NOT NULL",
        (json.dumps(list(ids)),),
    ).fetchall():
        db.execute("UPDATE conversations SET head_id = NULL WHERE id = ?", (id_,))
        search.remove(db, id_)
        db.execute("DELETE FROM messages WHERE conversation_id = ?", (id_,))
        db.execute("DELETE FROM drafts WHERE conversation_id = ?", (id_,))
        db.execute("DELETE FROM conversations WHERE id = ?", (id_,))


def trashed_before(db: sqlite3.Connection, limit: float) -> list[int]:
    """What was thrown away before a moment in unix seconds."""
    rows = db.execute("SELECT id FROM conversations WHERE trashed_at < ?", (limit,))
    return [id_ for (id_,) in rows]


def head_of(db: sqlite3.Connection, conversation_id: int) -> int | None:
    """Raises LookupError for a conversation that does not exist."""
    row = db.execute("SELECT head_id FROM conversations WHERE id = ?", (conversation_id,))
    found: tuple[int | None] | None = row.fetchone()
    if found is None:
        raise LookupError(f"no conversation {conversation_id}")
    return found[0]


def insert_message(
    db: sqlite3.Connection,
    conversation_id: int,
    parent_id: int | None,
    message: Message,
    state: MessageState,
    model: str = "",
    seed: int | None = None,
) -> int:
    """Add the message under a parent of the same conversation, or as a first one, and show it."""
    if parent_id is not None:
        check_belongs(db, conversation_id, parent_id)
    parts = parts_to_json(message.parts)
    name, tool_call_id = optional_json(message.name), optional_json(message.tool_call_id)
    cursor = db.execute(
        "INSERT INTO messages (conversation_id, parent_id, role, state, characters, created_at,"
        " name, tool_call_id, model, sha256, parts, seed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            conversation_id,
            parent_id,
            message.role,
            state,
            len(message.text),
            time.time(),
            name,
            tool_call_id,
            records.encodable(model),
            records.digest(message.role, name, tool_call_id, parts),
            parts,
            seed,
        ),
    )
    message_id = _row_id(cursor)
    move_head(db, conversation_id, message_id)
    touch(db, conversation_id)
    if state != "streaming":
        search.add(db, message_id, message.text)
    return message_id


def check_belongs(db: sqlite3.Connection, conversation_id: int, message_id: int) -> None:
    """Raises LookupError unless the message is one of that conversation."""
    found = db.execute("SELECT conversation_id FROM messages WHERE id = ?", (message_id,))
    if found.fetchone() != (conversation_id,):
        raise LookupError(f"no message {message_id} in conversation {conversation_id}")


def move_head(db: sqlite3.Connection, conversation_id: int, message_id: int) -> None:
    db.execute("UPDATE conversations SET head_id = ? WHERE id = ?", (message_id, conversation_id))


def touch(db: sqlite3.Connection, conversation_id: int) -> None:
    """Make it the newest conversation."""
    db.execute(
        f"UPDATE conversations SET activity = {_NEXT_ACTIVITY}, updated_at = ? WHERE id = ?",
        (time.time(), conversation_id),
    )


def name_untitled(db: sqlite3.Connection, conversation_id: int, text: str) -> None:
    db.execute(
        "UPDATE conversations SET title = ?, titled_by = 'rule' WHERE id = ? AND title = ''",
        (records.title_from(text), conversation_id),
    )


def titled_by_rule(db: sqlite3.Connection, limit: int) -> list[int]:
    """Conversations whose title is only the beginning of a question that was answered."""
    rows = db.execute(
        "SELECT c.id FROM conversations AS c"
        " WHERE c.titled_by = 'rule' AND c.trashed_at IS NULL AND EXISTS ("
        " SELECT 1 FROM messages AS m WHERE m.conversation_id = c.id"
        " AND m.role = 'assistant' AND m.state = 'complete')"
        " ORDER BY c.activity DESC LIMIT ?",
        (limit,),
    )
    return [id_ for (id_,) in rows]


def better_title(db: sqlite3.Connection, conversation_id: int, title: str) -> bool:
    """False, and nothing, when the user has named it meanwhile."""
    cursor = db.execute(
        "UPDATE conversations SET title = ?, titled_by = 'model'"
        " WHERE id = ? AND titled_by = 'rule'",
        (records.title_from(title), conversation_id),
    )
    return cursor.rowcount == 1


def set_parts(db: sqlite3.Connection, message_id: int, parts: tuple[Part, ...]) -> bool:
    """Overwrite the answer that is being written. False, and nothing, when it is not: too late."""
    message = Message("assistant", parts)
    stored = parts_to_json(parts)
    cursor = db.execute(
        "UPDATE messages SET parts = ?, sha256 = ?, characters = ?"
        " WHERE id = ? AND state = 'streaming'",
        (stored, records.digest("assistant", None, None, stored), len(message.text), message_id),
    )
    return cursor.rowcount == 1


def finish(
    db: sqlite3.Connection,
    message_id: int,
    parts: tuple[Part, ...],
    state: MessageState,
    details: AnswerDetails,
) -> None:
    """Raises LookupError when the message is not an answer being written."""
    if not set_parts(db, message_id, parts):
        raise LookupError(f"message {message_id} is not an answer being written")
    db.execute(
        "UPDATE messages SET state = ?, model = ?, prompt_tokens = ?, cached_tokens = ?,"
        " completion_tokens = ?, prefill_s = ?, decode_s = ?, finish_reason = ?, error = ?,"
        " seed = coalesce(?, seed), sampling = ?, drafts = ?, left_out = ? WHERE id = ?",
        (
            state,
            records.encodable(details.model),
            details.prompt_tokens,
            details.cached_tokens,
            details.completion_tokens,
            details.prefill_s,
            details.decode_s,
            records.encodable(details.finish_reason),
            records.encodable(details.error),
            details.seed,
            records.details_json(details.sampling),
            records.details_json(details.drafts),
            details.left_out,
            message_id,
        ),
    )
    search.add(db, message_id, Message("assistant", parts).text)
    (conversation_id,) = db.execute(
        "SELECT conversation_id FROM messages WHERE id = ?", (message_id,)
    ).fetchone()
    touch(db, conversation_id)


def is_anything_streaming(db: sqlite3.Connection) -> bool:
    found = db.execute("SELECT 1 FROM messages WHERE state = 'streaming' LIMIT 1")
    return found.fetchone() is not None


def mark_interrupted(db: sqlite3.Connection) -> None:
    """What an app that died was writing is now a message like others: found by searching."""
    rows = db.execute(
        "SELECT id, CAST(parts AS TEXT) FROM messages WHERE state = 'streaming'"
    ).fetchall()
    for message_id, parts in rows:
        db.execute("UPDATE messages SET state = 'interrupted' WHERE id = ?", (message_id,))
        search.add(db, message_id, Message("assistant", records.readable_parts(parts)).text)


def headers(
    db: sqlite3.Connection, conversation_id: int, until: int | None = None
) -> list[MessageHeader]:
    """Root to a message, by default the head; empty for a conversation that does not exist.

    Reading all headers from one index and walking here takes half the time of a recursive query.
    """
    try:
        message_id = until or head_of(db, conversation_id)
    except LookupError:
        return []
    rows = db.execute(
        f"SELECT {HEADER_COLUMNS} FROM messages INDEXED BY messages_headers"
        " WHERE conversation_id = ?",
        (conversation_id,),
    )
    by_id = {row[0]: row for row in rows}
    role_of, state_of = records.role_of, records.state_of
    branch: list[MessageHeader] = []
    while (row := by_id.pop(message_id, None)) is not None:  # pop: a damaged cycle ends, too
        id_, message_id, role, characters, state = row
        branch.append(MessageHeader(id_, role_of(role), characters, state_of(state)))
    branch.reverse()
    return branch


def load(db: sqlite3.Connection, ids: Sequence[int]) -> list[StoredMessage]:
    """In the order asked. Raises LookupError for an id that does not exist."""
    rows = db.execute(
        f"SELECT {MESSAGE_COLUMNS} FROM json_each(?) AS asked"
        " CROSS JOIN messages AS m ON m.id = asked.value ORDER BY asked.key",
        (json.dumps(list(ids)),),
    ).fetchall()
    if len(rows) != len(ids):
        missing = set(ids) - {row[0] for row in rows}
        raise LookupError(f"no message {min(missing)}")
    return [records.stored_message(row) for row in rows]


def copy_branch(db: sqlite3.Connection, conversation_id: int, message_id: int, title: str) -> int:
    """A new conversation with copies of the messages from the first down to this one."""
    check_belongs(db, conversation_id, message_id)
    rows = db.execute(
        "WITH RECURSIVE above (id, parent_id) AS ("
        " SELECT id, parent_id FROM messages WHERE id = ? UNION"
        " SELECT m.id, m.parent_id FROM messages AS m JOIN above ON m.id = above.parent_id"
        ") SELECT id FROM above ORDER BY id",
        (message_id,),
    ).fetchall()
    copy_id = insert_conversation(db, title)
    parent_id = None
    for (id_,) in rows:
        cursor = db.execute(
            f"INSERT INTO messages (conversation_id, parent_id, state, {_COPIED})"
            " SELECT ?, ?, CASE state WHEN 'streaming' THEN 'interrupted' ELSE state END,"
            f" {_COPIED} FROM messages WHERE id = ?",
            (copy_id, parent_id, id_),
        )
        parent_id = _row_id(cursor)
        (parts,) = db.execute(
            "SELECT CAST(parts AS TEXT) FROM messages WHERE id = ?", (id_,)
        ).fetchone()
        search.add(db, parent_id, Message("user", records.readable_parts(parts)).text)
    if parent_id is not None:
        move_head(db, copy_id, parent_id)
    db.execute(
        "UPDATE conversations SET preset = (SELECT preset FROM conversations WHERE id = ?)"
        " WHERE id = ?",
        (conversation_id, copy_id),
    )
    return copy_id


_COPIED = (
    "role, characters, created_at, name, tool_call_id, model, prompt_tokens,"
    " cached_tokens, completion_tokens, prefill_s, decode_s, finish_reason, error, sha256, parts,"
    " seed, sampling, drafts, left_out"
)


def siblings(db: sqlite3.Connection, message_id: int) -> list[int]:
    """All messages in the same place of the tree, oldest first, this one included."""
    rows = db.execute(
        "SELECT s.id FROM messages AS m JOIN messages AS s"
        " ON s.conversation_id = m.conversation_id AND s.parent_id IS m.parent_id"
        " WHERE m.id = ? ORDER BY s.id",
        (message_id,),
    )
    return [id_ for (id_,) in rows]


def newest_leaf(db: sqlite3.Connection, message_id: int) -> int:
    """The end of the newest branch that goes through this message."""
    (leaf,) = db.execute(
        "WITH RECURSIVE below (id) AS ("
        " VALUES (?) UNION"
        " SELECT (SELECT max(m.id) FROM messages AS m WHERE m.parent_id = below.id) FROM below"
        ") SELECT max(id) FROM below",
        (message_id,),
    ).fetchone()
    return int(leaf)


def _row_id(cursor: sqlite3.Cursor) -> int:
    row_id = cursor.lastrowid
    assert row_id is not None
    return row_id
