"""Presets, prompts and drafts: kept, replaced, dropped, and there again after a restart."""

import shutil
from contextlib import closing
from pathlib import Path

from app.chat.messages import AnswerDetails, TextPart
from app.chat.presets import SHIPPED, Preset
from app.engine.protocol import SamplingParams
from app.storage.conversations import ConversationStore
from app.storage.driver import sqlite3

LAWYER = Preset("Lawyer", "Cite the clause. 用中文回答。", SamplingParams(temperature=0.2), "step")


def test_a_preset_is_there_after_a_restart(path: Path):
    with closing(ConversationStore.open(path)) as store:
        store.keep_preset(LAWYER)
        store.keep_preset(SHIPPED[0])

    with closing(ConversationStore.open(path)) as store:
        assert store.presets() == [SHIPPED[0], LAWYER]


def test_a_preset_replaces_the_one_of_its_name_and_can_be_dropped(path: Path):
    with closing(ConversationStore.open(path)) as store:
        store.keep_preset(LAWYER)
        store.keep_preset(Preset("Lawyer", "Be brief."))
        assert store.presets() == [Preset("Lawyer", "Be brief.")]

        store.drop_preset("Lawyer")

        assert store.presets() == []


def test_a_conversation_keeps_the_preset_as_it_was_when_chosen(path: Path):
    with closing(ConversationStore.open(path)) as store:
        chat = store.create_conversation()
        assert store.preset(chat) is None
        store.use_preset(chat, LAWYER)
        store.keep_preset(Preset("Lawyer", "Be brief."))

        assert store.preset(chat) == LAWYER
        store.use_preset(chat, None)
        assert store.preset(chat) is None


def test_a_damaged_preset_counts_as_none(path: Path):
    with closing(ConversationStore.open(path)) as store:
        chat = store.create_conversation()
        store.use_preset(chat, LAWYER)
        store.keep_preset(LAWYER)
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE conversations SET preset = '{\"name\": 5'")
        db.execute("UPDATE presets SET preset = '[]'")
        db.commit()

    with closing(ConversationStore.open(path)) as store:
        assert store.preset(chat) is None
        assert store.presets() == []


def test_a_branched_conversation_has_the_preset_of_the_first(path: Path):
    with closing(ConversationStore.open(path)) as store:
        chat = store.create_conversation()
        store.use_preset(chat, LAWYER)
        message = store.begin_answer(chat, "tiny")
        store.finish_answer(message, (TextPart("So."),), "complete", AnswerDetails(left_out=4))

        copy = store.copy_branch(chat, message, "Copy")

        assert store.preset(copy) == LAWYER
        (header,) = store.branch(copy)
        assert store.messages([header.id])[0].details.left_out == 4


def test_drafts_are_kept_per_conversation_and_for_a_new_one(path: Path):
    with closing(ConversationStore.open(path)) as store:
        chat = store.create_conversation()
        store.keep_draft(chat, "half a thought")
        store.keep_draft(None, "还没写完")

    with closing(ConversationStore.open(path)) as store:
        assert store.drafts() == {chat: "half a thought", None: "还没写完"}
        store.keep_draft(chat, "")
        assert store.drafts() == {None: "还没写完"}


def test_the_draft_goes_with_its_conversation(path: Path):
    with closing(ConversationStore.open(path)) as store:
        chat = store.create_conversation()
        store.keep_draft(chat, "half a thought")
        store.move_to_trash(chat)
        store.delete_for_good([chat])

        assert store.drafts() == {}


def test_prompts_are_kept_by_name(path: Path):
    with closing(ConversationStore.open(path)) as store:
        store.keep_prompt("summary", "Summarise {{text}} in {{n}} sentences.")
        store.keep_prompt("abc", "x")
        store.keep_prompt("abc", "y")

        assert list(store.prompts().items()) == [
            ("abc", "y"),
            ("summary", "Summarise {{text}} in {{n}} sentences."),
        ]
        store.drop_prompt("abc")
        assert list(store.prompts()) == ["summary"]


def test_a_file_of_version_1_gets_all_of_it(path: Path):
    shutil.copyfile(Path(__file__).parent / "files" / "version-1.db", path)

    with closing(ConversationStore.open(path)) as store:
        store.keep_draft(1, "more")
        assert store.preset(1) is None
        assert store.drafts() == {1: "more"}
