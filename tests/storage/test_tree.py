import os
import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.chat.messages import Message, TextPart
from app.storage.conversations import ROOT, AnswerDetails, ConversationStore

# In memory where there is such a folder: nothing here is about the disk, and it may be slow.
FAST = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

Step = tuple[str, int]

KINDS = ("append", "reply", "root", "answer", "head", "reopen")
KINDS += ("branch", "delete", "undo", "delete branch")
STEPS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 99)), max_size=25)


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_no_message_ever_disappears_and_every_branch_stays_reachable(steps: list[Step]):
    """Against a model: a dictionary of parents and the head."""
    with tempfile.TemporaryDirectory(dir=FAST) as folder:
        path = Path(folder) / "doorstep.db"
        store = ConversationStore.open(path)
        conversation = store.create_conversation()
        parents: dict[int, int | None] = {}
        texts: dict[int, str] = {}
        head: int | None = None
        copies: dict[int, list[str]] = {}  # what each copied branch says
        for number, (step, choice) in enumerate(steps):
            chosen = list(parents)[choice % len(parents)] if parents else None
            if step == "reopen":
                store.close()
                store = ConversationStore.open(path)
                continue
            if step in ("branch", "delete", "undo", "delete branch"):
                whole = [texts[id_] for id_ in path_to(parents, chosen)]
                change_as_a_whole(store, conversation, step, chosen, copies, whole)
                continue
            if step == "head":
                if chosen is not None:
                    store.set_head(conversation, chosen)
                    head = chosen
                continue
            text = f"text {number}"
            if step == "answer":
                parent, head = head, store.begin_answer(conversation, "tiny")
                store.finish_answer(head, (TextPart(text),), "complete", AnswerDetails())
            else:
                under = {"append": None, "root": ROOT}.get(step, chosen)
                parent = {"append": head, "root": None}.get(step, chosen or head)
                head = store.append(conversation, Message.of("user", text), parent_id=under)
            parents[head], texts[head] = parent, text
        with closing(store):
            assert_same(store, conversation, parents, texts, head)
            for copy, said in copies.items():
                branch = [header.id for header in store.branch(copy)]
                assert [stored.message.text for stored in store.messages(branch)] == said


def change_as_a_whole(
    store: ConversationStore,
    conversation: int,
    step: str,
    chosen: int | None,
    copies: dict[int, list[str]],
    whole: list[str],
) -> None:
    """Copy a branch, throw the conversation away, take it back, delete a copy for good."""
    if step == "branch" and chosen is not None:
        copies[store.copy_branch(conversation, chosen, "")] = whole
    elif step == "delete":
        store.move_to_trash(conversation)
    elif step == "undo":
        store.restore(conversation)
    elif step == "delete branch" and copies:
        copy, _ = copies.popitem()
        store.move_to_trash(copy)
        store.delete_for_good([copy])


def assert_same(
    store: ConversationStore,
    conversation: int,
    parents: dict[int, int | None],
    texts: dict[int, str],
    head: int | None,
) -> None:
    assert [header.id for header in store.branch(conversation)] == path_to(parents, head)
    assert [stored.message.text for stored in store.messages(list(texts))] == list(texts.values())
    for id_, parent in parents.items():
        assert store.siblings(id_) == [other for other, p in parents.items() if p == parent]
        store.set_head(conversation, store.newest_leaf(id_))
        branch = [header.id for header in store.branch(conversation)]
        assert branch == path_to(parents, branch[-1])
        assert id_ in branch
        assert branch[-1] not in parents.values()


def path_to(parents: dict[int, int | None], id_: int | None) -> list[int]:
    path: list[int] = []
    while id_ is not None:
        path.append(id_)
        id_ = parents[id_]
    return path[::-1]
