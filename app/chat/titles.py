"""Asks the model for a title of a conversation, and judges what it says."""

import re
import time
from collections.abc import Sequence
from threading import Event

from app.chat.messages import Message
from app.chat.turn import (
    ContentDelta,
    TurnFailed,
    TurnFinished,
    TurnRequest,
    TurnUpdate,
    start_turn,
)
from app.engine.client import EngineClient
from app.engine.protocol import SamplingParams

_EXCERPT = 1_200  # characters of the question and of the answer that the model sees
_MAX_TOKENS = 384  # a title is short; some models think before it
_LONGEST = 60  # characters
_MOST_WORDS = 8  # more than was asked for: what is longer is an answer
_LIMIT_S = 120.0
_LOOK_S = 0.2  # how soon it gives way to others
_ENOUGH = 2 * _LONGEST  # characters after which no title is to be expected

_ASK = (
    "Write a title for this conversation, in the language of the question, with at most six "
    "words. Answer with the title alone, without quotes.\n\nQuestion:\n{question}\n\n"
    "Answer:\n{answer}"
)
_ASK_CHINESE = (
    "请为下面的对话写一个中文标题，最多十二个字。只回答标题，不要引号。"
    "\n\n问题：\n{question}\n\n回答：\n{answer}"
)
_HAN = re.compile("[\u3400-\u9fff]")
_LABEL = re.compile(r"^(?:title|标题)\s*[:：]\s*", re.IGNORECASE)
_WRAPPING = " \t\"'“”‘’«»「」『』《》*#_`"


def title_request(history: Sequence[Message]) -> TurnRequest | None:
    """What to ask for a title; None where there is nothing to name.

    It has no session: the engine keeps the prefixes of chats and reuses what this one takes.
    """
    question, answer = spoken(history)
    if not question or not answer:
        return None
    ask = _ASK_CHINESE if _HAN.search(question) else _ASK
    words = ask.format(question=question[:_EXCERPT], answer=answer[:_EXCERPT])
    sampling = SamplingParams(temperature=0.2, seed=0)
    return TurnRequest((Message.of("user", words),), sampling, max_tokens=_MAX_TOKENS)


def judged(said: str, question: str, answer: str) -> str:
    """The title in what the model said; empty where that is none.

    Small models say the answer once more, or use the language of their examples.
    """
    line = next(filter(None, map(str.strip, said.splitlines())), "")
    title = _LABEL.sub("", line.strip(_WRAPPING)).strip(_WRAPPING).rstrip(".。")
    is_other_language = bool(_HAN.search(title)) != bool(_HAN.search(question))
    is_long = len(title) > _LONGEST or len(title.split()) > _MOST_WORDS
    is_answer = answer.strip().casefold().startswith(title.casefold())
    return "" if is_long or is_other_language or is_answer else title


def spoken(history: Sequence[Message]) -> tuple[str, str]:
    """The first question and the first answer, without what was thought; empty where missing."""
    question = next((m.text for m in history if m.role == "user" and m.text.strip()), "")
    answer = next((m.text for m in history if m.role == "assistant" and m.text.strip()), "")
    return question, answer


class TitleTurn:
    """One request for a title. It gives way as soon as anybody else asks the engine."""

    def __init__(self, engine: EngineClient, request: TurnRequest) -> None:
        self._engine, self._request = engine, request
        self._said = ""
        self._is_whole = False
        self._is_enough = Event()
        self._cancelled = Event()
        self._over = Event()

    def cancel(self) -> None:
        """From any thread; ``run`` returns soon."""
        self._cancelled.set()
        self._is_enough.set()

    def run(self) -> str | None:
        """What the model said after its thoughts; None when it was not let finish.

        Waits: for worker threads. Raises AppError.
        """
        if self._cancelled.is_set() or not is_idle(self._engine):
            return None
        turn = start_turn(self._engine, self._request, self._on_update)
        until = time.monotonic() + _LIMIT_S
        while not self._is_enough.wait(_LOOK_S):
            if time.monotonic() > until or self._engine.counters().requests_running > 1:
                self._cancelled.set()
                break
        turn.cancel()
        self._over.wait(_LIMIT_S)
        return self._said if self._is_whole and not self._cancelled.is_set() else None

    def _on_update(self, update: TurnUpdate) -> None:
        """On a thread of the engine client. Reasoning is never part of a title."""
        match update:
            case ContentDelta(text):
                self._said += text
                has_line = "\n" in self._said.lstrip()
                if has_line or len(self._said) > _ENOUGH:
                    self._is_whole = True
                    self._is_enough.set()
            case TurnFinished(reason):
                self._is_whole |= reason in ("stop", "length")
                self._over.set()
                self._is_enough.set()
            case TurnFailed():
                self._over.set()
                self._is_enough.set()


def is_idle(engine: EngineClient) -> bool:
    """Whether nobody asks anything of the engine now. Raises AppError when it is not running."""
    return engine.counters().requests_running == 0
