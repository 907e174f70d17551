"""The store of conversations: what the chat and the window call, from any thread."""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from app.chat.messages import AnswerDetails, Message, MessageState, Part
from app.chat.presets import Preset
from app.storage import desk, records, search, tree
from app.storage.database import DatabaseFile
from app.storage.driver import app_errors, as_app_error, is_corruption, sqlite3
from app.storage.readers import Readers
from app.storage.records import (
    ConversationSummary,
    MessageHeader,
    SearchHit,
    StoredMessage,
)
from app.storage.writer import Writer, WriterStopped

__all__ = [
    "ROOT",
    "AnswerDetails",
    "ConversationStore",
    "ConversationSummary",
    "MessageHeader",
    "MessageState",
    "SearchHit",
    "StoredMessage",
]

T = TypeVar("T")

ROOT: Final = 0
"""As a parent_id: beside the first message, where an edited first message goes."""

TRASH_KEPT_S: Final = 30 * 24 * 3600.0

log = logging.getLogger(__name__)


class ConversationStore:
    """An append-only tree of messages per conversation, with a head that says what is shown.

    All methods may be called from any thread. Those that write return when it is on disk and
    raise AppError when that failed, with everything earlier intact; save_partial alone returns at
    once. Ids that do not exist are a caller's mistake: LookupError.
    """

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file
        self._readers = Readers(file.reader)
        self._writer = Writer(file.writer(), partial(as_app_error, path=file.path))
        self._on_deleted: list[Callable[[], None]] = []

    @classmethod
    def open(cls, path: Path) -> "ConversationStore":
        """Make, check or migrate the file, and mark answers that were left unfinished.

        Those are "streaming" answers of a process that died. While another store has the file
        open (see app.storage.presence) they may be alive, so they are left alone. Raises AppError
        for a newer, foreign, damaged or locked file, an unusable folder or a full disk.
        """
        file = DatabaseFile.open(path)
        try:
            with app_errors(path):
                store = cls(file)
        except BaseException:
            file.close()
            raise
        try:
            store._recover()
            file.share()
        except BaseException:
            store.close()
            raise
        return store

    def create_conversation(self, title: str = "") -> int:
        return self._writer.run(lambda db: tree.insert_conversation(db, title))

    def conversations(self) -> list[ConversationSummary]:
        """Newest first, archived ones too, without those in the trash."""
        return self._read(tree.summaries)

    def trashed(self) -> list[ConversationSummary]:
        """What is in the trash, the last thrown first."""
        return self._read(tree.trashed)

    def rename(self, conversation_id: int, title: str) -> None:
        """With an empty title, the next user message names it again."""
        self._update("title = ?, titled_by = ''", conversation_id, records.one_line(title))

    def titled_by_rule(self, limit: int = 20) -> list[int]:
        """Answered conversations that a model may name better, newest first."""
        return self._read(lambda db: tree.titled_by_rule(db, limit))

    def better_title(self, conversation_id: int, title: str) -> bool:
        """In place of a title that came by rule; one that the user gave stays."""
        return self._writer.run(lambda db: tree.better_title(db, conversation_id, title))

    def move_to_trash(self, conversation_id: int) -> None:
        self._update("trashed_at = unixepoch('subsec')", conversation_id)

    def restore(self, conversation_id: int) -> None:
        self._update("trashed_at = NULL", conversation_id)

    def delete_for_good(self, ids: Sequence[int]) -> None:
        """Conversations that are in the trash, with all their messages; others stay."""
        self._writer.run(lambda db: tree.delete_trashed(db, ids))
        self._tell_deleted()

    def purge_trash(self, older_than_s: float = TRASH_KEPT_S) -> int:
        """Delete for good what has been in the trash that long; returns how many."""

        def work(db: sqlite3.Connection) -> int:
            ids = tree.trashed_before(db, time.time() - older_than_s)
            tree.delete_trashed(db, ids)
            return len(ids)

        count = self._writer.run(work)
        if count:
            self._tell_deleted()
        return count

    def on_deleted(self, callback: Callable[[], None]) -> None:
        """Called after conversations were deleted for good, on the thread that asked for it."""
        self._on_deleted.append(callback)

    def _tell_deleted(self) -> None:
        for on_deleted in self._on_deleted:
            on_deleted()

    def pin(self, conversation_id: int, *, is_pinned: bool = True) -> None:
        now = "unixepoch('subsec')" if is_pinned else "NULL"
        self._update(f"pinned_at = {now}", conversation_id)

    def archive(self, conversation_id: int, *, is_archived: bool = True) -> None:
        now = "unixepoch('subsec')" if is_archived else "NULL"
        self._update(f"archived_at = {now}", conversation_id)

    def file(self, conversation_id: int, folder: str) -> None:
        """Put it into the folder of that name, with "" into none."""
        self._update("folder = ?", conversation_id, records.one_line(folder))

    def preset(self, conversation_id: int) -> Preset | None:
        """How answers there are made; None: as the settings say."""
        return self._read(lambda db: desk.preset_of(db, conversation_id))

    def use_preset(self, conversation_id: int, preset: Preset | None) -> None:
        self._update("preset = ?", conversation_id, desk.preset_json(preset))

    def presets(self) -> list[Preset]:
        """The user's own, by name."""
        return self._read(desk.presets)

    def keep_preset(self, preset: Preset) -> None:
        """Under its name, in the place of one that has it."""
        self._writer.run(lambda db: desk.keep_preset(db, preset))

    def drop_preset(self, name: str) -> None:
        self._writer.run(lambda db: desk.drop(db, "presets", name))

    def prompts(self) -> dict[str, str]:
        """Texts to write from, by name."""
        return self._read(desk.prompts)

    def keep_prompt(self, name: str, text: str) -> None:
        self._writer.run(lambda db: desk.keep_prompt(db, name, text))

    def drop_prompt(self, name: str) -> None:
        self._writer.run(lambda db: desk.drop(db, "prompts", name))

    def drafts(self) -> dict[int | None, str]:
        """What is being written in each conversation; None: in one that does not exist yet."""
        return self._read(desk.drafts)

    def keep_draft(self, conversation_id: int | None, text: str) -> None:
        """An empty text removes it."""
        self._writer.run(lambda db: desk.keep_draft(db, conversation_id, text))

    def append(
        self, conversation_id: int, message: Message, *, parent_id: int | None = None
    ) -> int:
        """Add a message under parent_id and move the head to it.

        None means under the head, ROOT beside the first message. The first user message names an
        untitled conversation.
        """

        def work(db: sqlite3.Connection) -> int:
            parent = tree.head_of(db, conversation_id) if parent_id is None else parent_id
            message_id = tree.insert_message(
                db, conversation_id, parent or None, message, "complete"
            )
            if message.role == "user":
                tree.name_untitled(db, conversation_id, message.text)
            return message_id

        return self._writer.run(work)

    def begin_answer(
        self,
        conversation_id: int,
        model: str,
        *,
        parent_id: int | None = None,
        seed: int | None = None,
    ) -> int:
        """Add an empty assistant message in state "streaming" and show it.

        ``parent_id`` None means under the head.
        """

        def work(db: sqlite3.Connection) -> int:
            parent = tree.head_of(db, conversation_id) if parent_id is None else parent_id
            answer = Message("assistant", ())
            return tree.insert_message(
                db, conversation_id, parent, answer, "streaming", model, seed
            )

        return self._writer.run(work)

    def append_answer(
        self,
        conversation_id: int,
        parts: tuple[Part, ...],
        details: AnswerDetails,
        *,
        parent_id: int | None = None,
    ) -> int:
        """Add a whole answer, which no model is writing, and show it.

        ``parent_id`` None means under the head.
        """

        def work(db: sqlite3.Connection) -> int:
            parent = tree.head_of(db, conversation_id) if parent_id is None else parent_id
            answer = Message("assistant", ())
            message_id = tree.insert_message(db, conversation_id, parent, answer, "streaming")
            tree.finish(db, message_id, parts, "complete", details)
            return message_id

        return self._writer.run(work)

    def save_partial(self, message_id: int, parts: tuple[Part, ...]) -> None:
        """Returns at once; on disk within half a second. Too late for a finished answer.

        A failure is logged and tried again; finish_answer raises it if it lasts.
        """
        self._writer.write_behind(
            message_id, lambda db: _ignore(tree.set_parts(db, message_id, parts))
        )

    def finish_answer(
        self,
        message_id: int,
        parts: tuple[Part, ...],
        state: MessageState,
        details: AnswerDetails,
    ) -> None:
        """The last write to an answer: from here on it never changes and can be found."""
        self._writer.run(lambda db: tree.finish(db, message_id, parts, state, details))

    def branch(self, conversation_id: int) -> list[MessageHeader]:
        """Root to head. Empty for a conversation that does not exist."""
        return self._read(lambda db: tree.headers(db, conversation_id))

    def messages(self, ids: Sequence[int]) -> list[StoredMessage]:
        """In the order asked; a message on a damaged page comes back empty and not intact."""
        try:
            with self._readers.connection() as db:
                return tree.load(db, ids)
        except sqlite3.DatabaseError as error:
            if not is_corruption(error):
                raise (as_app_error(error, self._file.path) or error) from error
            log.warning("some messages cannot be read: %s", error)
        return self._read(lambda db: [_load_or_stand_in(db, id_) for id_ in ids])

    def history(self, conversation_id: int, until: int | None = None) -> list[Message]:
        """Root to a message, for the prompt: without failed, empty and still growing answers.

        ``until`` None means the head.
        """
        wanted = [
            header.id
            for header in self._read(lambda db: tree.headers(db, conversation_id, until))
            if header.state not in ("failed", "streaming")
        ]
        return [
            stored.message
            for stored in self.messages(wanted)
            if stored.message.role != "assistant"
            or stored.message.text.strip()
            or stored.message.tool_calls
        ]

    def copy_branch(self, conversation_id: int, message_id: int, title: str) -> int:
        """A new conversation with the messages from the first to this one; returns its id."""
        return self._writer.run(lambda db: tree.copy_branch(db, conversation_id, message_id, title))

    def siblings(self, message_id: int) -> list[int]:
        """All messages in the same place of the tree, oldest first, this one included."""
        return self._read(lambda db: tree.siblings(db, message_id))

    def newest_leaf(self, message_id: int) -> int:
        """The end of the newest branch through this message: the head to set for a sibling."""
        return self._read(lambda db: tree.newest_leaf(db, message_id))

    def set_head(self, conversation_id: int, message_id: int) -> None:
        def work(db: sqlite3.Connection) -> None:
            tree.check_belongs(db, conversation_id, message_id)
            tree.move_head(db, conversation_id, message_id)

        self._writer.run(work)

    def search(self, query: str, limit: int = 50) -> list[SearchHit]:
        """Messages that hold all words of any input, newest first. Reasoning is not searched."""
        try:
            with self._readers.connection() as db:
                return search.find(db, query, limit)
        except sqlite3.DatabaseError as error:
            if not is_corruption(error):
                raise (as_app_error(error, self._file.path) or error) from error
            log.warning("the search index is damaged and is made anew: %s", error)
        self._writer.run(search.ask_for_repair)
        self._repair_search()
        return []

    def close(self) -> None:
        """Write what is pending, within a deadline, and close the file. Idempotent."""
        self._readers.close()
        self._writer.close()
        self._file.close()

    def _read(self, read: Callable[[sqlite3.Connection], T]) -> T:
        with app_errors(self._file.path), self._readers.connection() as db:
            return read(db)

    def _update(self, assignment: str, conversation_id: int, *values: str) -> None:
        def work(db: sqlite3.Connection) -> None:
            sql = f"UPDATE conversations SET {assignment} WHERE id = ?"
            if db.execute(sql, (*values, conversation_id)).rowcount != 1:
                raise LookupError(f"no conversation {conversation_id}")

        self._writer.run(work)

    def _recover(self) -> None:
        """Look first, write only if needed: a full disk still opens."""
        if not self._file.is_alone:
            return
        if self._read(tree.is_anything_streaming):
            self._writer.run(tree.mark_interrupted)
        if self._read(search.needs_repair):
            self._repair_search()

    def _repair_search(self) -> None:
        """In the background, a few messages at a time between the writes of the user."""
        self._writer.submit(search.repair_step).add_done_callback(self._on_repair_step)

    def _on_repair_step(self, step: Future[bool]) -> None:
        """On the writer thread."""
        error = step.exception()
        if error is not None:
            log.warning("the search index could not be made anew: %s", error)
        elif step.result():
            with suppress(WriterStopped):  # it goes on at the next start
                self._repair_search()


def _ignore(_: bool) -> None:
    """A partial text that comes after the end of its answer is of no use."""


def _load_or_stand_in(db: sqlite3.Connection, message_id: int) -> StoredMessage:
    try:
        return tree.load(db, [message_id])[0]
    except sqlite3.DatabaseError as error:
        if not is_corruption(error):
            raise
    return records.unreadable_message(message_id, conversation_id=0)
