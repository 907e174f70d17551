"""The tables, as SQL, and the steps from each version of them to the next."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x44535450  # "DSTP": tells our files from those of other programs

Migration = Callable[["Database"], None]


@dataclass(frozen=True, slots=True)
class Schema:
    """``migrations[n]`` turns version n into n + 1, inside a transaction that it must not end.

    It is never edited after release. Foreign keys are not enforced while it runs, but checked
    after it.
    """

    version: int
    create: str
    migrations: Mapping[int, Migration] = field(default_factory=dict)


# A table of its own: it is dropped and made anew when the index is damaged.
CREATE_MESSAGE_SEARCH = """
CREATE VIRTUAL TABLE message_search USING fts5(
    text,                    -- app.storage.search.searchable(): a space around each CJK character
    content = '',            -- the index only; messages.parts holds the text
    contentless_delete = 1,  -- lets a row be replaced without knowing its former text
    tokenize = 'unicode61 remove_diacritics 2'
);
"""

_CREATE_1 = f"""
CREATE TABLE conversations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,                      -- '' until the first user message names it
    head_id INTEGER REFERENCES messages (id), -- its ancestors are what is shown; NULL when empty
    activity INTEGER NOT NULL,                -- rises with each change: clocks jump, this does not
    created_at REAL NOT NULL,                 -- unix seconds, to show, never to sort by
    updated_at REAL NOT NULL,
    trashed_at REAL                           -- NULL unless in the trash
);

-- list the conversations, newest first
CREATE INDEX conversations_by_activity ON conversations (activity) WHERE trashed_at IS NULL;
-- the next activity
CREATE INDEX conversations_activity ON conversations (activity);

CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,     -- never used twice: ids order messages
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    parent_id INTEGER REFERENCES messages (id), -- always a smaller id; NULL for a first message
    role TEXT NOT NULL,                       -- no CHECK: a flipped bit there must not make
    state TEXT NOT NULL,                      -- quick_check refuse the whole file
    characters INTEGER NOT NULL,              -- of the text, to lay out before it is loaded
    created_at REAL NOT NULL,
    name TEXT,                                -- JSON string or NULL: lone surrogates survive
    tool_call_id TEXT,                        -- JSON string or NULL
    model TEXT NOT NULL DEFAULT '',           -- from here to error: AnswerDetails
    prompt_tokens INTEGER NOT NULL DEFAULT 0,
    cached_tokens INTEGER NOT NULL DEFAULT 0,
    completion_tokens INTEGER NOT NULL DEFAULT 0,
    prefill_s REAL NOT NULL DEFAULT 0,
    decode_s REAL NOT NULL DEFAULT 0,
    finish_reason TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT '',
    sha256 BLOB NOT NULL,                     -- of role, name, tool_call_id and parts
    parts TEXT NOT NULL                       -- JSON; last, so that the rest is read without it
);

-- the branch of 10,000 messages, without touching their text; and the siblings of one
CREATE INDEX messages_headers
    ON messages (conversation_id, parent_id, id, role, state, characters);
-- foreign key checks and the newest answer below a message
CREATE INDEX messages_children ON messages (parent_id);
-- answers that were being written when the app died
CREATE INDEX messages_streaming ON messages (id) WHERE state = 'streaming';

{CREATE_MESSAGE_SEARCH}

-- one row while the search index is to be made anew: messages from next_id on are not in it yet
CREATE TABLE search_repair (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    next_id INTEGER NOT NULL                  -- 0: it has not begun, the old index still stands
);
"""

# What a version has more than the one before; the columns stand behind ``parts``, which is read
# with them anyway.
_ADD_2 = """
ALTER TABLE messages ADD COLUMN seed INTEGER;                      -- NULL: not known
ALTER TABLE messages ADD COLUMN sampling TEXT NOT NULL DEFAULT ''; -- JSON of SamplingParams
ALTER TABLE messages ADD COLUMN drafts TEXT NOT NULL DEFAULT '';   -- JSON of DraftStats
ALTER TABLE conversations ADD COLUMN pinned_at REAL;               -- NULL unless pinned
ALTER TABLE conversations ADD COLUMN archived_at REAL;             -- NULL unless archived
ALTER TABLE conversations ADD COLUMN folder TEXT NOT NULL DEFAULT ''; -- its name, '' outside all
"""


_ADD_3 = """
ALTER TABLE conversations ADD COLUMN preset TEXT NOT NULL DEFAULT ''; -- JSON of Preset; '': none
-- 'rule': words of a question, for which a model may find better ones; 'model'; '': by the user,
-- or not known
ALTER TABLE conversations ADD COLUMN titled_by TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0;  -- messages not in the prompt

CREATE TABLE drafts (                         -- what is being written
    conversation_id INTEGER PRIMARY KEY,      -- 0: a chat that does not exist yet
    text TEXT NOT NULL
);
CREATE TABLE presets (name TEXT PRIMARY KEY, preset TEXT NOT NULL); -- JSON of Preset
CREATE TABLE prompts (name TEXT PRIMARY KEY, text TEXT NOT NULL);
"""


def _to_2(db: "Database") -> None:
    """Seeds and settings of answers; pinned, archived and filed conversations."""
    _run(db, _ADD_2)


def _to_3(db: "Database") -> None:
    """Presets, prompts, drafts; who wrote a title; how much an answer did not see."""
    _run(db, _ADD_3)


def _run(db: "Database", statements: str) -> None:
    for statement in filter(None, map(str.strip, re.sub("--.*", "", statements).split(";"))):
        db.execute(statement)


CURRENT = Schema(version=3, create=_CREATE_1 + _ADD_2 + _ADD_3, migrations={1: _to_2, 2: _to_3})
