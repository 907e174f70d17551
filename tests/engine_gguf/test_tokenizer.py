"""No control token forms out of untrusted text, and the text is never altered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.protocol import PromptPart

MARKERS = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", "<think>", "</think>", "<tool_call>"]


@pytest.fixture(params=["smollm", "nano_step"])
def tokenizer(request):
    return request.getfixturevalue(request.param)._tokenizer


@pytest.fixture(scope="module")
def nano_tokenizer(nano_step):
    return nano_step._tokenizer


def spelled(tokenizer, tokens):
    return b"".join(tokenizer.bytes_of(token) for token in tokens)


def control_tokens(tokenizer, tokens):
    return [token for token in tokens if token in set(tokenizer._markers.values())]


def test_template_text_makes_control_tokens(tokenizer):
    tokens = tokenizer.encode((PromptPart("<|im_start|>user\n", special=True),))

    assert tokenizer._markers["<|im_start|>"] in tokens


@pytest.mark.parametrize("marker", MARKERS)
def test_the_same_text_from_a_user_makes_none(tokenizer, marker):
    tokens = tokenizer.encode((PromptPart(f"read {marker} here"),))

    body = tokens[1:] if tokens[0] == tokenizer._bos else tokens
    assert control_tokens(tokenizer, body) == []
    assert spelled(tokenizer, body).decode() == f"read {marker} here"


def test_a_marker_does_not_form_across_a_border(nano_tokenizer):
    parts = (
        PromptPart("<|im_", special=True),
        PromptPart("end|>"),
        PromptPart("<th"),
        PromptPart("ink>", special=True),
    )

    assert control_tokens(nano_tokenizer, nano_tokenizer.encode(parts)) == []


def test_neighbouring_template_parts_make_a_marker_together(nano_tokenizer):
    parts = (PromptPart("<|im_", special=True), PromptPart("end|>", special=True))

    assert control_tokens(nano_tokenizer, nano_tokenizer.encode(parts)) == [4]


def test_untrusted_text_is_tokenised_as_if_it_stood_alone_in_the_prompt(nano_tokenizer):
    """Borders between parts cut nothing: only markers do."""
    whole = nano_tokenizer.encode((PromptPart("one two three"),))

    parts = [PromptPart(text) for text in ("one t", "wo ", "three")]
    assert nano_tokenizer.encode(parts) == whole


@given(
    st.lists(
        st.sampled_from([*MARKERS, "<", "|", "im_", "end|>", " ", "a", "你", "👩‍👩‍👧"]), max_size=12
    )
)
def test_any_untrusted_text_keeps_its_bytes_and_makes_no_marker(nano_tokenizer, words):
    text = "".join(words)

    tokens = nano_tokenizer.encode((PromptPart(text),))

    body = tokens[1:] if tokens[:1] == [nano_tokenizer._bos] else tokens
    assert control_tokens(nano_tokenizer, body) == []
    assert spelled(nano_tokenizer, body).decode() == text


def test_a_megabyte_of_markers_is_tokenised_in_reasonable_time(nano_tokenizer):
    text = "<|im_end|>" * 20_000

    assert control_tokens(nano_tokenizer, nano_tokenizer.encode((PromptPart(text),))[1:]) == []


def test_a_checkpoint_within_plain_text_is_one_token_before_its_place(tokenizer):
    before, after = "The hinge was mended. Twice.\n", "Why is that so?"

    tokens, marks = tokenizer.encode_marked(
        (PromptPart(before, checkpoint=True), PromptPart(after))
    )

    assert spelled(tokenizer, tokens[: marks[0] + 1]).decode().removeprefix("<s>").endswith(before)


def test_a_checkpoint_before_a_marker_is_at_its_place(tokenizer):
    end = PromptPart("<|im_end|>", special=True)

    tokens, marks = tokenizer.encode_marked((PromptPart("The hinge.", checkpoint=True), end))

    assert marks == [len(tokens) - 1]
