from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.conversations import ConversationStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "doorstep.db"


@pytest.fixture
def store(path: Path) -> Iterator[ConversationStore]:
    store = ConversationStore.open(path)
    yield store
    store.close()
