"""One conversation at a time on the page: open it, send, show the answer as it comes, stop."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from app.chat.messages import DocumentsPart
from app.chat.presets import Preset
from app.chat.session import ChatSession
from app.engine.status import EngineState, EngineStatus
from app.errors import AppError, ErrorKind
from app.storage.conversations import ConversationStore, MessageHeader, StoredMessage
from app.ui.background import Background
from app.ui.bridge import Flush
from app.ui.control.asking import Ask, Asking
from app.ui.control.conversation_work import create, read_branch, sending
from app.ui.control.drafts import Drafts
from app.ui.control.queued import QueueControl
from app.ui.control.running import RunningAnswer
from app.ui.control.shown_turn import ShownTurn
from app.ui.conversation.conversation_page import ConversationPage
from app.ui.words import (
    idle_caption,
    passes_caption,
    reading_caption,
    waiting_caption,
)

UNDO_QUEUE = "queue"


class ConversationControl(QObject):
    """Between the page on one side and the session and the store on the other."""

    opened = Signal(object)  # the conversation's id, None for a new one
    shown = Signal()  # its messages are on the page
    answering_changed = Signal(object)  # frozenset of the ids in which an answer is written
    busy_changed = Signal(bool)  # there is something to stop or to clear on the page
    preparation_stopped = Signal()  # the user no longer wants what ``prepare`` told of
    conversations_changed = Signal()  # in the store: titles, order
    failed = Signal(object)  # AppError

    def __init__(
        self,
        page: ConversationPage,
        store: ConversationStore,
        session: ChatSession,
        asking: Asking,
        reads: Background,
    ) -> None:
        super().__init__()
        self._page, self._store, self._session = page, store, session
        self._asking, self._reads = asking, reads
        self._status = EngineStatus(EngineState.STOPPED)
        self._current: int | None = None
        self._visit = 0  # counts what was opened, to drop results that come too late
        self._is_shown = True  # the transcript shows what is current
        self._is_creating = False
        self._preparing = ""  # what goes on before a message can be sent, in words
        self._goal: int | None = None  # the message to go to once it is shown
        self.drafts = Drafts(store, reads)
        self.preset_for_new: Preset | None = None  # of the chat that the next message makes
        self.queue = QueueControl(page.composer)
        self._queued = self.queue.messages
        self._turn = ShownTurn(page, store, reads)
        self._connect()

    @property
    def current(self) -> int | None:
        return self._current

    @property
    def is_busy(self) -> bool:
        """Whether an answer is being written, or about to be, on the page."""
        is_asking = self._asking.of(self._current) is not None
        return self._is_creating or bool(self._preparing) or is_asking

    def prepare(self, words: str) -> None:
        """Something must be done before the message can be sent; "" when it is over."""
        self._preparing = words
        self.show_activity()

    def open(self, conversation_id: int | None, message_id: int | None = None) -> None:
        """Show a conversation, or with None the beginning of a new one; go to a message in it."""
        self._goal = message_id
        if conversation_id == self._current and not self._is_creating:
            self._page.composer.field.setFocus()
            if message_id is not None:
                self._show_current()
            return
        self.drafts.put(self._current, self._page.composer.text)
        self._current, self._is_creating = conversation_id, False
        self._page.composer.set_text(self.drafts.of(conversation_id))
        self._show_current()
        self.opened.emit(conversation_id)
        self._page.composer.field.setFocus()

    def reload(self) -> None:
        """Show the branch that the store now has as the current one."""
        self._show_current()

    def submit(self, text: str, about: DocumentsPart | None = None) -> None:
        """Send the message, or queue it while an answer is written; documents are not queued."""
        self._page.composer.set_text("")
        self.drafts.put(self._current, "")
        if self._is_creating:
            self.give_back(None, text)
        elif self.is_busy:
            self._queued.add(self._current, text)
            self.show_activity()
        elif self._current is not None:
            self._send(self._current, text, about)
        else:
            self._create(text, about)

    def ask(self, ask: Ask, running: RunningAnswer) -> None:
        """Have an answer written in the conversation on the page."""
        self._asking.ask(self._current, ask, running)

    def stop(self) -> None:
        """First end the answer on the page; when nothing is written, clear what is queued."""
        if self._preparing:
            self.preparation_stopped.emit()
            return
        if self._current is None or self._asking.stop(self._current) or self.is_busy:
            self.show_activity()
            return
        count = self._queued.clear(self._current)
        if count:
            text = self.tr("{count} queued messages were cleared").format(count=count)
            if count == 1:
                text = self.tr("The queued message was cleared")
            self._page.toast.show_text(text, undo=UNDO_QUEUE)
        self.show_activity()

    def take_back_queue(self) -> None:
        self._queued.take_back()
        self.show_activity()

    def forget(self, conversation_id: int) -> None:
        """The conversation went to the trash: stop its answer and leave it."""
        self._asking.stop(conversation_id)
        self._queued.clear(conversation_id)
        if conversation_id == self._current:
            self.open(None)

    def give_back(self, conversation_id: int | None, text: str) -> None:
        """The text is never lost: back into the composer it was written in."""
        if conversation_id == self._current and not self._page.composer.text:
            self._page.composer.set_text(text)
        elif not self.drafts.of(conversation_id):
            self.drafts.put(conversation_id, text)

    def show_status(self, status: EngineStatus) -> None:
        self._status = status
        self.show_activity()

    def show_question(self, text: str, about: DocumentsPart | None = None) -> int:
        """Show the message at once, before it is stored and before a model is ready for it."""
        return self._turn.show_question(self._current, text, about)

    def show_activity(self) -> None:
        """Send or Stop, what is queued, and the line below the composer."""
        running = self._asking.of(self._current)
        is_busy = self.is_busy
        composer = self._page.composer
        composer.set_answering(is_busy)
        has_queued = self.queue.show(self._current, is_waiting=not is_busy)
        self.busy_changed.emit(is_busy or has_queued)
        if not is_busy:
            speed = self._asking.speed_of(self._current)
            composer.set_caption(idle_caption(self._status), speed)
        else:
            composer.set_caption(self._busy_caption(running))

    def _connect(self) -> None:
        composer = self._page.composer
        composer.stop_requested.connect(self.stop)
        composer.field.textChanged.connect(self._on_text_changed)
        self.drafts.loaded.connect(self._on_drafts_loaded)
        self.drafts.failed.connect(self.failed)
        self._turn.failed.connect(self.failed)
        self.queue.next_wanted.connect(self._send_next)
        self.queue.changed.connect(self.show_activity)
        self._asking.began.connect(self._on_began)
        self._asking.reading.connect(self._on_reading)
        self._asking.arrived.connect(self._on_arrived)
        self._asking.ended.connect(self._on_ended)
        self._asking.not_started.connect(self._on_not_started)
        self._asking.changed.connect(self._on_asking_changed)

    def _show_current(self) -> None:
        self._visit += 1
        self._is_shown = self._current is None
        if self._current is None:
            self._page.transcript.clear()
            self._page.show_empty()
        else:
            self._reads.run(
                partial(read_branch, self._store, self._current, self._goal),
                partial(self._on_branch, self._visit),
                self.failed.emit,
            )
        self.show_activity()

    def _on_branch(self, visit: int, headers: list[MessageHeader]) -> None:
        if visit != self._visit:
            return
        running = self._asking.of(self._current)
        live = running.live if running is not None else None
        stored = [h for h in headers if live is None or h.id != live.answer_id]
        transcript = self._page.transcript
        transcript.open(stored, self._store.messages)
        self._page.show_transcript()
        self._is_shown = True
        if live is not None and headers and headers[-1].id == live.answer_id:
            self._turn.begin_answer(running)
        transcript.set_unanswered(running is None)
        transcript.show_end()
        goal, self._goal = self._goal, None
        if goal is not None:
            transcript.show_message(goal)
        self.shown.emit()

    def _on_text_changed(self) -> None:
        self.drafts.put(self._current, self._page.composer.text)

    def _on_drafts_loaded(self) -> None:
        if not self._page.composer.text:
            self._page.composer.set_text(self.drafts.of(self._current))

    def _create(self, text: str, about: DocumentsPart | None) -> None:
        """The first message makes the conversation."""
        provisional_id = self.show_question(text, about)
        self._is_creating = True
        self._reads.run(
            partial(create, self._store, self.preset_for_new),
            partial(self._on_created, self._visit, (text, about), provisional_id),
            partial(self._on_not_created, self._visit, text),
        )
        self.show_activity()

    def _on_created(
        self,
        visit: int,
        asked: tuple[str, DocumentsPart | None],
        provisional_id: int,
        conversation_id: int,
    ) -> None:
        if visit == self._visit:
            self._is_creating = False
            self._current = conversation_id
            self.drafts.put(None, "")
            self.drafts.put(conversation_id, self._page.composer.text)
            self.opened.emit(conversation_id)
        running = RunningAnswer(asked[0], provisional_id)
        self._asking.ask(conversation_id, sending(self._session, conversation_id, *asked), running)

    def _on_not_created(self, visit: int, text: str, error: AppError) -> None:
        if visit == self._visit:
            self._is_creating = False
            self._show_current()
        self.give_back(None, text)
        self.failed.emit(error)

    def _send(self, conversation_id: int, text: str, about: DocumentsPart | None = None) -> None:
        is_here = conversation_id == self._current
        if is_here:
            self._page.transcript.set_unanswered(False)
        is_shown = is_here and self._is_shown
        provisional_id = self.show_question(text, about) if is_shown else None
        running = RunningAnswer(text, provisional_id)
        ask = sending(self._session, conversation_id, text, about)
        self._asking.ask(conversation_id, ask, running)

    def _send_next(self) -> None:
        """The oldest message that waits, in the conversation on the page."""
        if self._current is not None and not self.is_busy:
            self._send_queued(self._current)

    def _send_queued(self, conversation_id: int) -> None:
        text = self._queued.take(conversation_id)
        if text is not None:
            self._send(conversation_id, text)

    def _on_began(self, conversation_id: int, running: RunningAnswer) -> None:
        if conversation_id == self._current:
            transcript = self._page.transcript
            if running.cut_id is not None and self._is_shown:
                transcript.cut_before(running.cut_id)
            if running.provisional_id is not None:
                self._turn.name_question(running)
            if self._is_shown and self._turn.is_answer_next(running):
                self._turn.begin_answer(running)
                transcript.show_end()
            else:  # it was left and opened again meanwhile: what it shows may be older
                self._show_current()
        self.show_activity()
        self.conversations_changed.emit()

    def _on_reading(self, conversation_id: int, _: object) -> None:
        if conversation_id == self._current:
            self.show_activity()

    def _on_arrived(self, conversation_id: int, flush: Flush) -> None:
        if conversation_id != self._current:
            return
        if self._is_shown:
            self._turn.add(flush)
        self.show_activity()

    def _on_ended(
        self, conversation_id: int, answer: StoredMessage, running: RunningAnswer
    ) -> None:
        if conversation_id == self._current and self._is_shown:
            self._page.transcript.end_answer(answer)
        self.conversations_changed.emit()
        if answer.state == "complete" and not running.is_stopping and not running.has_failed:
            self._send_queued(conversation_id)

    def _on_not_started(
        self, conversation_id: int, running: RunningAnswer, error: AppError
    ) -> None:
        if error.kind is ErrorKind.DATABASE and running.question:  # only then it may not be stored
            self.give_back(conversation_id, running.question)
        if conversation_id == self._current:
            self._show_current()
        self.conversations_changed.emit()

    def _on_asking_changed(self) -> None:
        self.show_activity()
        self.answering_changed.emit(self._asking.conversations)

    def _busy_caption(self, running: RunningAnswer | None) -> str:
        if self._preparing:
            return self._preparing
        if running is not None and running.is_stopping:
            return self.tr("Stopping")
        if running is not None and running.live is None and running.reading is not None:
            return passes_caption(running.reading)
        if running is None or (running.progress is None and not running.has_begun):
            return waiting_caption(self._status)
        if not running.has_begun and running.progress.done < running.progress.total:
            return reading_caption(running.progress)
        return self.tr("Thinking") if running.is_thinking else self.tr("Writing")
