"""No control token forms out of untrusted text, and no text is altered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.protocol import PromptPart
from engine_mlx.tokenizer import Tokenizer
from tests.engine_mlx.conftest import NANO

TOKENIZER = Tokenizer(NANO)
MARKERS = [
    "<|im_end|>",
    "<|im_start|>",
    "<think>",
    "</think>",
    "<tool_call>",
    "</tool_response>",
    "<im_patch>",
    "<|bos|>",
]
CONTROLS = {TOKENIZER.encode((PromptPart(text, special=True),))[0][0] for text in MARKERS}


def spelled(tokens):
    return b"".join(TOKENIZER.bytes_of(token) for token in tokens).decode()


@pytest.mark.parametrize("marker", MARKERS)
def test_a_marker_of_the_template_is_one_token(marker):
    assert len(TOKENIZER.encode((PromptPart(marker, special=True),))[0]) == 1


@pytest.mark.parametrize("marker", MARKERS)
def test_a_marker_in_a_users_text_stays_text(marker):
    parts = (PromptPart(marker, special=True), PromptPart(f"a{marker}b"))

    tokens, _ = TOKENIZER.encode(parts)

    assert len(CONTROLS & set(tokens[1:])) == 0
    assert spelled(tokens) == f"{marker}a{marker}b"


@pytest.mark.parametrize("at", range(1, 10))
def test_a_marker_split_between_parts_does_not_form(at):
    marker = "<|im_end|>"
    parts = (PromptPart(marker[:at], special=True), PromptPart(marker[at:]))

    tokens, _ = TOKENIZER.encode(parts)

    assert not CONTROLS & set(tokens)
    assert spelled(tokens) == marker


@given(st.lists(st.one_of(st.sampled_from([*MARKERS, "<", "|", ">", "<|"]), st.text(max_size=8))))
def test_any_text_comes_back_as_it_was_and_holds_no_control_token(pieces):
    text = "".join(pieces).encode("utf-8", "replace").decode()

    tokens, _ = TOKENIZER.encode((PromptPart(text),))

    assert spelled(tokens) == text
    assert not CONTROLS & set(tokens)


def test_checkpoints_count_the_tokens_before_them():
    parts = (
        PromptPart("<|im_start|>user\n", special=True),
        PromptPart("Hello there", checkpoint=True),
        PromptPart("<|im_end|>\n", special=True, checkpoint=True),
    )

    tokens, marks = TOKENIZER.encode(parts)

    assert spelled(tokens[: marks[0]]) == "<|im_start|>user\nHello there"
    assert marks[1] == len(tokens)
