"""From prompt parts to tokens, and back: no control token can form out of untrusted text.

Turning special tokens off is not enough: the think and tool markers of many models are added
tokens that are not "special", and llama.cpp forms them from any text. So every marker that is not
wholly template text is cut after its first character, and the cuts are tokenised apart. The text
stays the same and no marker can form.
"""

import ctypes
import functools
from collections.abc import Iterator, Sequence
from typing import Any

import llguidance
import numpy as np
from numpy.typing import NDArray

from app.engine.markers import MarkerFinder, checkpoints, is_trusted, trusted_spans
from app.engine.protocol import PromptPart
from engine_gguf.bindings import llama
from engine_gguf.known_runs import KnownRuns

_MARKER_ATTRIBUTES = llama.LLAMA_TOKEN_ATTR_CONTROL | llama.LLAMA_TOKEN_ATTR_USER_DEFINED


class Tokenizer:
    """The vocabulary of a model. Only reads it, so any thread may use it."""

    def __init__(self, vocab: Any) -> None:  # noqa: ANN401 - a pointer
        self._vocab = vocab
        self._markers = dict(self._find_markers())
        self._finder = MarkerFinder(self._markers)
        self._grammar_tokenizer: llguidance.LLTokenizer | None = None
        self._size = llama.llama_vocab_n_tokens(vocab)
        self._runs = KnownRuns(functools.partial(self._tokenize, is_enclosed=False))
        self._spelled: dict[int, bytes] = {}
        self._sizes = np.full(self._size, -1, dtype=np.int32)  # in bytes; -1: not known yet
        self._ends = {
            token for token in range(self._size) if llama.llama_vocab_is_eog(vocab, token)
        }
        bos = llama.llama_vocab_bos(vocab)
        self._bos = bos if llama.llama_vocab_get_add_bos(vocab) and bos >= 0 else None

    def encode(self, parts: Sequence[PromptPart]) -> list[int]:
        """The tokens of a prompt, with the beginning-of-text token where the model wants one."""
        return self.encode_marked(parts)[0]

    def encode_marked(self, parts: Sequence[PromptPart]) -> tuple[list[int], list[int]]:
        """The tokens, and for each checkpoint how many of them stand wholly before it.

        Tokens do not depend on where the checkpoints are. Within plain text one token less is
        counted, because it might grow together with what another prompt goes on with.
        """
        text = "".join(part.text for part in parts)
        trusted = trusted_spans(parts)
        marks = checkpoints(parts)
        tokens: list[int] = []
        marked: list[int] = []
        start = 0  # of the text that is not yet tokenised
        for at, marker in self._finder.found(text):
            # A marker ends the text before it, so a checkpoint between them falls on a border.
            while len(marked) < len(marks) and marks[len(marked)] <= start:
                marked.append(len(tokens))
            if at < start:
                # Inside a control token already made, or a cut within the marker before it.
                continue
            is_marker = is_trusted(trusted, at, at + len(marker))
            end = at if is_marker else at + 1
            run = self.plain(text[start:end])
            inside = [mark - start for mark in marks[len(marked) :] if mark <= end]
            marked += [len(tokens) + count for count in self._before(text[start:end], run, inside)]
            tokens += run
            start = end
            if is_marker:
                tokens.append(self._markers[marker])
                start = at + len(marker)
        run = self.plain(text[start:])
        inside = [mark - start for mark in marks[len(marked) :]]
        marked += [
            len(tokens) + count for count in self._before(text[start:], run, inside, is_last=True)
        ]
        tokens += run
        if self._bos is not None and tokens[:1] != [self._bos]:
            tokens.insert(0, self._bos)
            marked = [count + 1 for count in marked]
        return tokens, sorted({count for count in marked if count})

    def count(self, text: str) -> int:
        return len(self.encode((PromptPart(text),))) - (self._bos is not None)

    def enclosed(self, text: str) -> list[int]:
        """A text alone, between the tokens that the model wants at its beginning and end."""
        around = self._tokenize("", is_enclosed=True)
        inside = self.encode_marked((PromptPart(text),))[0]
        if self._bos is not None:
            inside = inside[1:]
        has_bos = llama.llama_vocab_get_add_bos(self._vocab)
        return [*around[:has_bos], *inside, *around[has_bos:]]

    def plain(self, text: str) -> list[int]:
        """Tokens of a run of text that holds no marker."""
        return self._runs.tokens(text) if text else []

    def _tokenize(self, text: str, *, is_enclosed: bool) -> list[int]:
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        buffer = (llama.llama_token * room)()
        count = llama.llama_tokenize(self._vocab, data, len(data), buffer, room, is_enclosed, False)
        if count < 0:
            room = -count
            buffer = (llama.llama_token * room)()
            count = llama.llama_tokenize(
                self._vocab, data, len(data), buffer, room, is_enclosed, False
            )
        return list(buffer[:count])

    def _before(
        self, text: str, run: list[int], marks: list[int], *, is_last: bool = False
    ) -> list[int]:
        """Tokens of a run of plain text that stand before each mark and will not change.

        After the last run no marker stands: it may go on in another prompt.
        """
        if not marks:
            return []
        ends = np.cumsum(self._sizes_of(run))
        size = len(text.encode("utf-8", "replace"))
        # Some vocabularies begin a run with a space of their own; others leave out what they lack.
        added = int(ends[-1]) - size if run else 0
        if added not in (0, 1):
            return [0] * len(marks)
        counts = []
        for mark in marks:
            at = len(text[:mark].encode("utf-8", "replace")) + added
            whole = int(np.searchsorted(ends, at, side="right"))
            may_grow = mark < len(text) or is_last
            counts.append(max(0, whole - 1) if may_grow else whole)
        return counts

    def _sizes_of(self, run: list[int]) -> NDArray[np.int32]:
        """How many bytes each token stands for, looked up once for each of the vocabulary."""
        tokens = np.array(run, dtype=np.int32)
        sizes = self._sizes[tokens]
        for token in set(tokens[sizes < 0].tolist()):
            self._sizes[token] = len(self.bytes_of(token))
        return self._sizes[tokens]

    def bytes_of(self, token: int) -> bytes:
        """The bytes a token stands for; a cut character is for the caller to join."""
        spelled = self._spelled.get(token)
        if spelled is None:
            spelled = self._spelled[token] = self._spell(token)
        return spelled

    def _spell(self, token: int) -> bytes:
        buffer = ctypes.create_string_buffer(64)
        size = llama.llama_token_to_piece(self._vocab, token, buffer, 64, 0, True)
        if size < 0:
            buffer = ctypes.create_string_buffer(-size)
            size = llama.llama_token_to_piece(self._vocab, token, buffer, -size, 0, True)
        return buffer.raw[:size]

    def for_grammars(self) -> llguidance.LLTokenizer:
        """The vocabulary as grammars need it; markers are written as ``<name>`` there."""
        if self._grammar_tokenizer is None:
            size = llama.llama_vocab_n_tokens(self._vocab)
            markers = set(self._markers.values())
            spelled = [b"\xff" * (token in markers) + self.bytes_of(token) for token in range(size)]
            self._grammar_tokenizer = llguidance.LLTokenizer.from_llamacpp(
                tokens=spelled,
                vocab_ptr=self._vocab,
                tokenize_fptr=ctypes.cast(llama._lib.llama_tokenize, ctypes.c_void_p).value,
                eos_token=[token for token in range(size) if self.is_end(token)],
            )
        return self._grammar_tokenizer

    def is_end(self, token: int) -> bool:
        return token in self._ends

    @functools.cached_property
    def longest(self) -> int:
        """Bytes of the longest token."""
        return max(len(self.bytes_of(token)) for token in range(self._size)) or 1

    def _find_markers(self) -> Iterator[tuple[str, int]]:
        """Control and added tokens by text; runs of white space are harmless and left out."""
        for token in range(llama.llama_vocab_n_tokens(self._vocab)):
            if llama.llama_vocab_get_attr(self._vocab, token) & _MARKER_ATTRIBUTES:
                text = (llama.llama_vocab_get_text(self._vocab, token) or b"").decode(
                    "utf-8", "replace"
                )
                if len(text) > 1 and not text.isspace():
                    yield text, token
