"""What the user does with one message: edit, answer again, go on, other variants, branch."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from app.chat.session import ChatSession
from app.storage.conversations import ConversationStore, MessageHeader
from app.ui.chat.offers import Action
from app.ui.control.chat_tools import ChatTools
from app.ui.control.running import RunningAnswer


class MessageControl(QObject):
    """For the conversation on the page. While an answer is written, nothing else is started."""

    branched = Signal(int)  # a new conversation
    details_requested = Signal(int)  # message
    failed = Signal(object)  # AppError

    def __init__(self, tools: ChatTools) -> None:
        super().__init__()
        self._page, self._conversation = tools.page, tools.conversation
        self._store, self._session, self._reads = tools.store, tools.session, tools.reads
        tools.page.transcript.asked.connect(self._on_asked)
        tools.page.transcript.edited.connect(self._on_edited)
        tools.page.transcript.editing_ended.connect(tools.page.composer.field.setFocus)
        tools.page.composer.field.previous_requested.connect(self.edit_last)

    def edit_last(self) -> None:
        """Edit the last message of the user's, if nothing is being written."""
        last = self._page.transcript.last_question
        if last is not None and last > 0 and not self._conversation.is_busy:
            self._page.transcript.edit(last)

    def edit_last_answer(self) -> None:
        """Edit what the page ends with, if it is an answer that is complete."""
        last, question = self._page.transcript.last_id, self._page.transcript.last_question
        if last is not None and last != question and self._may_start():
            self._page.transcript.edit(last)

    def regenerate_last(self) -> None:
        last = self._page.transcript.last_id
        if last is None or not self._may_start():
            return
        if last == self._page.transcript.last_question:
            self._answer_again(last)
        else:
            self._regenerate(last)

    def replay(self, answer_id: int) -> None:
        """Write the answer again, with its settings and its seed."""
        if self._may_start():
            running = RunningAnswer(cut_id=answer_id, replayed=answer_id)
            self._conversation.ask(partial(self._session.replay, self._id, answer_id), running)

    @property
    def _id(self) -> int:
        current = self._conversation.current
        assert current is not None
        return current

    def _on_asked(self, message_id: int, action: str) -> None:
        match Action(action):
            case Action.DETAILS:
                self.details_requested.emit(message_id)
            case Action.BRANCH:
                self._branch(message_id)
            case _ if not self._may_start():
                pass
            case Action.EDIT:
                self._page.transcript.edit(message_id)
            case Action.REGENERATE:
                self._regenerate(message_id)
            case Action.CONTINUE:
                ask = partial(self._session.continue_answer, self._id, message_id)
                self._conversation.ask(ask, RunningAnswer(cut_id=message_id))
            case Action.TRY_AGAIN:
                self._answer_again(message_id)
            case Action.PREVIOUS:
                self._show_variant(message_id, -1)
            case Action.NEXT:
                self._show_variant(message_id, 1)

    def _may_start(self) -> bool:
        """Say why not, where not."""
        if self._conversation.is_busy:
            self._page.toast.show_text(
                self.tr("An answer is being written. Stop it first, or wait for it.")
            )
            return False
        return self._conversation.current is not None

    def _regenerate(self, answer_id: int) -> None:
        self._page.transcript.cut_before(answer_id)
        ask = partial(self._session.regenerate, self._id, answer_id)
        self._conversation.ask(ask, RunningAnswer())

    def _answer_again(self, message_id: int) -> None:
        """Of a question without an answer, or of an answer that failed."""
        if message_id == self._page.transcript.last_question:
            self._page.transcript.set_unanswered(False)
        else:
            self._page.transcript.cut_before(message_id)
        ask = partial(self._session.answer_again, self._id)
        self._conversation.ask(ask, RunningAnswer())

    def _on_edited(self, message_id: int, role: str, text: str) -> None:
        if not self._may_start():
            return
        if role != "user":
            self._edit_answer(message_id, text)
            return
        self._page.transcript.cut_before(message_id)
        provisional_id = self._conversation.show_question(text)
        ask = partial(self._session.edit, self._id, message_id, text)
        self._conversation.ask(ask, RunningAnswer(text, provisional_id))

    def _edit_answer(self, message_id: int, text: str) -> None:
        """Nothing is asked of the model. Until it is stored, the text stays where it is."""
        self._reads.run(
            partial(_edit_answer, self._session, self._store, self._id, message_id, text),
            partial(self._on_answer_edited, self._id),
            self.failed.emit,
        )

    def _on_answer_edited(self, conversation_id: int, headers: list[MessageHeader]) -> None:
        self._on_switched(conversation_id, headers)
        self._conversation.conversations_changed.emit()

    def _show_variant(self, message_id: int, step: int) -> None:
        self._reads.run(
            partial(_switch, self._store, self._id, message_id, step),
            partial(self._on_switched, self._id),
            self.failed.emit,
        )

    def _on_switched(self, conversation_id: int, headers: list[MessageHeader]) -> None:
        if conversation_id == self._conversation.current and not self._conversation.is_busy:
            self._page.transcript.show_branch(headers)
            self._page.transcript.set_unanswered(True)

    def _branch(self, message_id: int) -> None:
        title = self._page.title.text()
        if title:
            title = self.tr("{title} (branch)").format(title=title)
        self._reads.run(
            partial(self._store.copy_branch, self._id, message_id, title),
            self._on_branched,
            self.failed.emit,
        )

    def _on_branched(self, conversation_id: int) -> None:
        self._page.toast.show_text(self.tr("This is a new chat that begins like the other"))
        self.branched.emit(conversation_id)


def _edit_answer(
    session: ChatSession, store: ConversationStore, conversation_id: int, message_id: int, text: str
) -> list[MessageHeader]:
    """On a worker thread: the branch that ends with the edited answer."""
    session.edit_answer(conversation_id, message_id, text)
    return store.branch(conversation_id)


def _switch(
    store: ConversationStore, conversation_id: int, message_id: int, step: int
) -> list[MessageHeader]:
    """On a worker thread: show the newest branch through the next or the previous variant."""
    variants = store.siblings(message_id)
    wanted = variants.index(message_id) + step
    wanted = min(max(wanted, 0), len(variants) - 1)
    store.set_head(conversation_id, store.newest_leaf(variants[wanted]))
    return store.branch(conversation_id)
