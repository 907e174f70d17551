import shutil
from contextlib import closing
from pathlib import Path

import pytest

from app.chat.messages import AnswerDetails, TextPart
from app.engine.protocol import DraftStats, SamplingParams
from app.storage import migration
from app.storage.conversations import ConversationStore

VERSION_1 = Path(__file__).parent / "files" / "version-1.db"


@pytest.fixture
def old(path: Path) -> Path:
    """A file as version 1 left it: a chat with two answers to one question, and a thrown one."""
    shutil.copyfile(VERSION_1, path)
    return path


def test_a_file_of_version_1_opens_with_all_it_held(old: Path):
    with closing(ConversationStore.open(old)) as store:
        (kept,) = store.conversations()
        messages = store.messages([header.id for header in store.branch(kept.id)])

        assert [stored.message.text for stored in messages] == [
            "What is the capital of France?",
            "Par",
            "北京的天气怎么样？",
        ]
        assert messages[1].details == AnswerDetails("tiny", 12, 4, 1, 0.5, 0.25, "cancelled")
        assert all(stored.is_intact for stored in messages)
        assert [hit.message_id for hit in store.search("天气")] == [messages[2].id]
        assert [gone.title for gone in store.trashed()] == ["Thrown away"]


def test_the_file_of_version_1_is_kept_beside_it(old: Path):
    ConversationStore.open(old).close()

    (copy,) = migration.kept_copies(old)
    assert copy.name == "doorstep.db.v1.1"
    assert copy.read_bytes()[60:64] == b"\0\0\0\1"


def test_what_version_1_knew_of_variants_is_counted(old: Path):
    with closing(ConversationStore.open(old)) as store:
        answer = store.messages([header.id for header in store.branch(1)])[1]

        assert (answer.variant, answer.variants) == (2, 2)


def test_an_answer_keeps_its_seed_its_settings_and_its_drafts(old: Path):
    details = AnswerDetails(
        "tiny",
        seed=7,
        sampling=SamplingParams(temperature=0.5, seed=7),
        drafts=DraftStats(4, (4, 3), (3, 1), 0, "Drafting is switched off."),
    )
    with closing(ConversationStore.open(old)) as store:
        answer = store.begin_answer(1, "tiny", seed=7)
        begun = store.messages([answer])[0].details
        store.finish_answer(answer, (TextPart("text"),), "complete", details)

    with closing(ConversationStore.open(old)) as store:
        assert begun.seed == 7
        assert store.messages([answer])[0].details == details


@pytest.mark.parametrize("column", ["sampling", "drafts"])
@pytest.mark.parametrize("damaged", ["{", "[]", '{"temperature": 99}', '{"cycles": "x"}', "7"])
def test_damaged_settings_are_none_and_the_text_stays(old: Path, column: str, damaged: str):
    with closing(ConversationStore.open(old)) as store:
        store._writer.run(
            lambda db: db.execute(f"UPDATE messages SET {column} = ? WHERE id = 2", (damaged,))
        )
        found = store.messages([2])[0]

    assert getattr(found.details, column) is None
    assert found.message.text == "Paris."
