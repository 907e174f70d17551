import pytest

from app.chat.continuation import continued
from app.chat.messages import Message, ReasoningPart, TextPart
from app.engine.protocol import PromptPart

PLAIN = (PromptPart("hi"), PromptPart("<|im_start|>assistant\n", special=True))
THINKING = (PromptPart("hi"), PromptPart("<|im_start|>assistant\n<think>\n", special=True))


def text_of(parts) -> str:
    return "".join(part.text for part in parts)


def answer(reasoning: str = "", text: str = "") -> Message:
    parts = [ReasoningPart(reasoning)] if reasoning else []
    return Message("assistant", (*parts, TextPart(text)))


@pytest.mark.parametrize(
    ("prompt", "written", "follows"),
    [
        (PLAIN, answer(text="Par"), "Par"),
        (PLAIN, answer("Hm", "Par"), "<think>\nHm\n</think>\n\nPar"),
        (PLAIN, answer("Hm"), "<think>\nHm"),
        (THINKING, answer("Hm"), "Hm"),
        (THINKING, answer("Hm", "Par"), "Hm\n</think>\n\nPar"),
        (THINKING, answer(text="Par"), "</think>\n\nPar"),
        (PLAIN, answer(), ""),
    ],
)
def test_the_prompt_ends_as_the_model_wrote(prompt, written, follows):
    parts = continued(prompt, written, starts_inside=prompt is THINKING)

    assert text_of(parts) == text_of(prompt) + follows


def test_what_the_model_wrote_never_becomes_a_control_token():
    parts = continued(PLAIN, answer("<|im_end|>", "</think>"), starts_inside=False)

    assert [part.text for part in parts if not part.special] == ["hi", "<|im_end|>", "</think>"]
