"""Full-text search over messages, in any script, for any input.

FTS5 takes a run of Chinese for one word, so a space goes around each such character and a word of
several becomes a phrase; the index stores no text, and snippets are cut from the message itself.
"""

import logging
import re
import unicodedata
from functools import lru_cache

from app.chat.messages import Message
from app.storage import records
from app.storage.driver import is_corruption, sqlite3
from app.storage.records import SearchHit
from app.storage.schema import CREATE_MESSAGE_SEARCH

log = logging.getLogger(__name__)

_MOST_QUERY_CHARACTERS = 500
_SNIPPET_CHARACTERS = 90
_SNIPPET_LEAD_CHARACTERS = 20
_MOST_FOLDED_CHARACTERS = 50_000
_REPAIR_CHUNK = 200  # about 50 ms: a message that is sent meanwhile waits no longer

_CJK = re.compile(
    "["
    "\u1100-\u11ff"  # hangul jamo
    "\u2e80-\u2fdf"  # radicals
    "\u3005-\u3007\u3021-\u3029\u3031-\u303c"  # 々〆〇, numerals, repeat marks
    "\u3040-\u318f\u31a0-\u31bf\u31f0-\u31ff"  # kana, bopomofo, hangul compatibility jamo
    "\u3400-\u4dbf\u4e00-\u9fff"  # ideographs, extension A
    "\ua960-\ua97f\uac00-\ud7ff"  # hangul
    "\uf900-\ufaff\uff66-\uffdc"  # compatibility ideographs, half-width forms
    "\U0001aff0-\U0001b16f"  # kana extensions
    "\U00020000-\U0003ffff"  # ideographs, extensions B and later
    "]"
)
_QUOTED_OR_WORD = re.compile(r'"([^"]*)"|([^\s"]+)')


def searchable(text: str) -> str:
    """The form that is indexed and asked for: full-width and composed forms made equal."""
    return _CJK.sub(r" \g<0> ", unicodedata.normalize("NFKC", records.encodable(text)))


def match_expression(query: str) -> str:
    """FTS5's form of what the user typed: all words, in any order; "" when there is none.

    Words in quotes are one phrase; the last word, still being typed, also matches as a beginning.
    """
    phrases = _phrases(query)
    terms = [
        '"' + searchable(phrase).replace('"', " ").replace("\0", " ") + '"' for phrase in phrases
    ]
    if terms and _is_still_typed(query):
        terms[-1] += " *"
    return " ".join(terms)


def _phrases(query: str) -> list[str]:
    """What was typed, in order, without the words that hold no letter or digit."""
    found = _QUOTED_OR_WORD.findall(query[:_MOST_QUERY_CHARACTERS])
    return [phrase for phrase in map("".join, found) if any(map(_is_token_character, phrase))]


def _is_token_character(character: str) -> bool:
    """As FTS5's unicode61 sees it: letters, numbers and private use."""
    category = unicodedata.category(character)
    return category[0] in "LN" or category == "Co"


def _is_still_typed(query: str) -> bool:
    last = query[:_MOST_QUERY_CHARACTERS][-1:]
    return _is_token_character(last) and not _CJK.match(unicodedata.normalize("NFKC", last))


def add(db: sqlite3.Connection, message_id: int, text: str) -> None:
    """Index a message inside the transaction that stores it.

    A damaged index must not keep messages from being stored: it is marked for repair instead.
    """
    if not text:
        return
    db.execute("SAVEPOINT indexing")
    try:
        _index(db, message_id, text)
    except sqlite3.DatabaseError as error:
        if not is_corruption(error):
            raise
        log.warning("the search index is damaged and will be made anew: %s", error)
        db.execute("ROLLBACK TO indexing")
        ask_for_repair(db)
    db.execute("RELEASE indexing")


def _index(db: sqlite3.Connection, message_id: int, text: str) -> None:
    db.execute(
        "INSERT OR REPLACE INTO message_search (rowid, text) VALUES (?, ?)",
        (message_id, searchable(text)),
    )


def remove(db: sqlite3.Connection, conversation_id: int) -> None:
    """Take the messages of a conversation out of the index, before they are deleted."""
    db.execute("SAVEPOINT unindexing")
    try:
        db.execute(
            "DELETE FROM message_search WHERE rowid IN"
            " (SELECT id FROM messages WHERE conversation_id = ?)",
            (conversation_id,),
        )
    except sqlite3.DatabaseError as error:
        if not is_corruption(error):
            raise
        log.warning("the search index is damaged and will be made anew: %s", error)
        db.execute("ROLLBACK TO unindexing")
        ask_for_repair(db)
    db.execute("RELEASE unindexing")


def find(db: sqlite3.Connection, query: str, limit: int) -> list[SearchHit]:
    """Newest first, without those in the trash."""
    expression = match_expression(query)
    if not expression:
        return []
    rows = db.execute(
        "SELECT c.id, m.id, CAST(c.title AS TEXT), CAST(m.parts AS TEXT) FROM message_search AS s"
        " CROSS JOIN messages AS m ON m.id = s.rowid"
        " CROSS JOIN conversations AS c ON c.id = m.conversation_id"
        " WHERE message_search MATCH ? AND c.trashed_at IS NULL"
        " ORDER BY s.rowid DESC LIMIT ?",
        (expression, limit),
    )
    phrases = _phrases(query)
    return [
        SearchHit(conversation_id, message_id, title, snippet(_text_of(parts), phrases))
        for conversation_id, message_id, title, parts in rows
    ]


def _text_of(stored_parts: str) -> str:
    return Message("assistant", records.readable_parts(stored_parts)).text


def snippet(text: str, phrases: list[str]) -> str:
    """One line of the text around the first phrase in it."""
    start = max(0, _first_position(text, phrases) - _SNIPPET_LEAD_CHARACTERS)
    end = start + _SNIPPET_CHARACTERS
    line = records.one_line(text[start:end])
    return f"{'…' if start else ''}{line}{'…' if end < len(text) else ''}"


def _first_position(text: str, phrases: list[str]) -> int:
    lowered = _lower(text)
    positions = [at for phrase in phrases if (at := lowered.find(_lower(phrase))) >= 0]
    if positions:
        return min(positions)
    folded = "".join(map(_fold, text[:_MOST_FOLDED_CHARACTERS]))
    positions = [at for phrase in phrases if (at := folded.find("".join(map(_fold, phrase)))) >= 0]
    return min(positions, default=0)


def _lower(text: str) -> str:
    """Of the same length as the text: only İ would become two characters."""
    return text.replace("İ", "i").lower()


@lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    """One character without its accent, width and case."""
    return _lower(unicodedata.normalize("NFKD", character)[:1])


def ask_for_repair(db: sqlite3.Connection) -> None:
    db.execute("INSERT OR REPLACE INTO search_repair (only, next_id) VALUES (1, 0)")


def needs_repair(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM search_repair").fetchone() is not None


def repair_step(db: sqlite3.Connection) -> bool:
    """Make the index anew, some messages per transaction; True while there is more to do.

    Progress is stored with it, so it goes on where it was after a restart. Messages that are
    stored meanwhile may be indexed twice, which changes nothing.
    """
    row = db.execute("SELECT next_id FROM search_repair").fetchone()
    if row is None:
        return False
    (next_id,) = row
    if next_id == 0:
        db.execute("DROP TABLE message_search")
        db.execute(CREATE_MESSAGE_SEARCH)
    rows = db.execute(
        "SELECT id, CAST(parts AS TEXT) FROM messages"
        " WHERE id >= ? AND state <> 'streaming' ORDER BY id LIMIT ?",
        (next_id, _REPAIR_CHUNK),
    ).fetchall()
    for message_id, parts in rows:
        if text := _text_of(parts):
            _index(db, message_id, text)
    if len(rows) < _REPAIR_CHUNK:
        db.execute("DELETE FROM search_repair")
        return False
    db.execute("UPDATE search_repair SET next_id = ?", (rows[-1][0] + 1,))
    return True
