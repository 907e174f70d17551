"""Whatever a user does with a conversation, no message disappears and each can be reached."""

import os
import tempfile
import threading
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.chat.session import ChatSession
from app.chat.turn import TurnFailed, TurnFinished
from app.engine.protocol import SamplingParams
from app.storage.conversations import ConversationStore

# In memory where there is such a folder: nothing here is about the disk, and it may be slow.
FAST = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
LIMIT_S = 20

STEP_NAMES = (
    *("send", "edit", "edit_answer", "regenerate", "replay", "continue", "again", "stop"),
    *("variant", "branch", "trash", "undo", "reopen"),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(STEP_NAMES),
        st.integers(0, 99),
    ),
    min_size=1,
    max_size=12,
)


class User:
    """Does one thing after another, and remembers every message that was ever there."""

    def __init__(self, path: Path, engine) -> None:
        self.path, self.engine = path, engine
        self.open()
        self.chats = [self.store.create_conversation()]
        self.seen: dict[int, tuple[int, int | None, str]] = {}

    def open(self) -> None:
        self.store = ConversationStore.open(self.path)
        self.session = ChatSession(self.store, self.engine, SamplingParams())

    def close(self) -> None:
        self.session.close()
        self.store.close()

    def do(self, step: str, choice: int) -> None:
        chat = self.chats[choice % len(self.chats)]
        branch = self.store.branch(chat)
        questions = [header.id for header in branch if header.role == "user"]
        answers = [header.id for header in branch if header.role == "assistant"]
        question = questions[choice % len(questions)] if questions else None
        answer = answers[choice % len(answers)] if answers else None
        session, said = self.session, ["hello", "think", "fail"][choice % 3]
        match step:
            case "send":
                self.wait(lambda told: session.send(chat, said, told))
            case "stop":
                self.wait(lambda told: session.send(chat, "long", told), stops=chat)
            case "again" if questions:
                self.wait(lambda told: session.answer_again(chat, told))
            case "edit" if question is not None:
                self.wait(lambda told: session.edit(chat, question, said, told))
            case "edit_answer" if answer is not None:
                session.edit_answer(chat, answer, f"edited {choice}")
            case "regenerate" if answer is not None:
                self.wait(lambda told: session.regenerate(chat, answer, told))
            case "replay" if answer is not None and self.has_seed(answer):
                self.wait(lambda told: session.replay(chat, answer, told))
            case "continue" if answer is not None:
                self.wait(lambda told: session.continue_answer(chat, answer, told))
            case "variant" if branch:
                shown = branch[choice % len(branch)].id
                variants = self.store.siblings(shown)
                leaf = self.store.newest_leaf(variants[choice % len(variants)])
                self.store.set_head(chat, leaf)
            case "branch" if branch:
                end = branch[choice % len(branch)].id
                self.chats.append(self.store.copy_branch(chat, end, "copy"))
            case "trash":
                self.store.move_to_trash(chat)
            case "undo":
                self.store.restore(chat)
            case "reopen":
                self.close()
                self.open()

    def has_seed(self, answer: int) -> bool:
        """One that the user wrote has none: the window does not offer to replay it."""
        return self.store.messages([answer])[0].details.seed is not None

    def wait(self, ask, stops: int | None = None) -> None:
        over, has_begun = threading.Event(), threading.Event()

        def told(update) -> None:
            has_begun.set()
            if isinstance(update, TurnFinished | TurnFailed):
                over.set()

        ask(told)
        if stops is not None:
            assert has_begun.wait(LIMIT_S)
            self.session.stop(stops)
        if not over.wait(0.2):  # an answer to "long" again
            for chat in self.chats:
                self.session.stop(chat)
        assert over.wait(LIMIT_S)

    def look_around(self) -> None:
        """Everything that was ever there is there, unchanged, and can be shown."""
        for id_, (chat, parent, text) in self.seen.items():
            (stored,) = self.store.messages([id_])
            found = (stored.conversation_id, stored.parent_id, stored.message.text)
            assert found == (chat, parent, text)
        for chat in self.chats:
            head = [header.id for header in self.store.branch(chat)]
            for stored in self.store.messages(head):
                entry = (chat, stored.parent_id, stored.message.text)
                self.seen.setdefault(stored.id, entry)

    def reach_everything(self) -> None:
        for id_, (chat, _, _) in self.seen.items():
            self.store.set_head(chat, self.store.newest_leaf(id_))
            assert id_ in [header.id for header in self.store.branch(chat)]


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(STEPS)
def test_no_message_ever_disappears_and_every_branch_stays_reachable(engine, steps):
    with tempfile.TemporaryDirectory(dir=FAST) as folder:
        user = User(Path(folder) / "doorstep.db", engine)
        try:
            for step, choice in [("send", 0), *steps]:
                user.do(step, choice)
                user.look_around()
            user.reach_everything()
        finally:
            user.close()
