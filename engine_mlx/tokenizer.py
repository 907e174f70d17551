"""From prompt parts to tokens, and back: no control token can form out of untrusted text.

Turning special tokens off is not enough: think and tool markers are added tokens that are not
"special", and a tokenizer forms them from any text. So every marker that is not wholly template
text is cut after its first character and the cuts are tokenised apart. The text stays the same.
"""

import bisect
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import llguidance
from tokenizers import Tokenizer as HfTokenizer

from app.engine.errors import model_invalid
from app.engine.markers import MarkerFinder, checkpoints, is_trusted, trusted_spans
from app.engine.protocol import PromptPart


class Tokenizer:
    """The vocabulary of a model folder. Only reads it, so any thread may use it."""

    def __init__(self, folder: Path) -> None:
        """Raises AppError when tokenizer.json is missing or damaged."""
        file = folder / "tokenizer.json"
        try:
            self._tokenizer = HfTokenizer.from_file(str(file))
        except Exception as error:  # the library raises nothing narrower
            raise model_invalid(file.name, "the tokenizer is missing or damaged.") from error
        self._json_text = file.read_text(encoding="utf-8")
        settings = _read_json(folder / "tokenizer_config.json")
        self.chat_template = _template(folder, settings)
        self.bos_token, self.eos_token = (
            _content(settings.get(name)) for name in ("bos_token", "eos_token")
        )
        self.end_tokens = _end_tokens(folder, self._tokenizer, self.eos_token)
        self._markers = self._find_markers()
        self._finder = MarkerFinder(self._markers)
        self._bos = self._wanted_bos(settings)
        self._bytes: dict[int, bytes] = {}
        self._alphabet = _byte_alphabet()
        self._grammar_tokenizer: llguidance.LLTokenizer | None = None
        self._is_byte_level = '"ByteLevel"' in self._json_text

    def encode(self, parts: Sequence[PromptPart]) -> tuple[list[int], list[int]]:
        """The tokens of a prompt, and how many of them lie wholly before each checkpoint mark."""
        text = "".join(part.text for part in parts)
        trusted = trusted_spans(parts)
        # Start, end, and the control token where it is one.
        runs: list[tuple[int, int, int | None]] = []
        start = 0  # of the text that is not yet in a run
        for at, marker in self._finder.found(text):
            if at < start:
                continue  # inside a control token, or a cut within the marker before it
            end = at + len(marker)
            if is_trusted(trusted, at, end):
                runs += [(start, at, None), (at, end, self._markers[marker])]
                start = end
            else:
                runs.append((start, at + 1, None))
                start = at + 1
        runs.append((start, len(text), None))
        tokens, ends = self._tokens(text, runs)
        before = 0
        if self._bos is not None and tokens[:1] != [self._bos]:
            tokens, before = [self._bos, *tokens], 1
        return tokens, [before + bisect.bisect_right(ends, mark) for mark in checkpoints(parts)]

    def _tokens(
        self, text: str, runs: Sequence[tuple[int, int, int | None]]
    ) -> tuple[list[int], list[int]]:
        """Tokens of all runs and where in the text each ends."""
        tokens: list[int] = []
        ends: list[int] = []
        for start, end, control in runs:
            if control is not None:
                tokens.append(control)
                ends.append(end)
            elif start < end:
                encoding = self._encoding(text[start:end])
                tokens += encoding.ids
                ends += [start + high for _, high in encoding.offsets]
        return tokens, ends

    def count(self, text: str) -> int:
        return len(self.encode((PromptPart(text),))[0]) - (self._bos is not None)

    def _encoding(self, text: str) -> Any:  # noqa: ANN401 - tokenizers has no types
        """Of a run of text that holds no marker; lone surrogates become question marks."""
        whole = text.encode("utf-8", "replace").decode("utf-8")
        return self._tokenizer.encode(whole, add_special_tokens=False)

    def for_grammars(self, size: int) -> llguidance.LLTokenizer:
        """The vocabulary, V = ``size`` tokens, as the mask wants it; made when first asked for."""
        if self._grammar_tokenizer is None:
            untrusted_json = json.loads(self._json_text)
            for token in untrusted_json.get("added_tokens") or ():
                token["special"] = True  # or grammars would spell markers out of letters
            self._grammar_tokenizer = llguidance.LLTokenizer(
                json.dumps(untrusted_json), n_vocab=size, eos_token=sorted(self.end_tokens) or None
            )
        return self._grammar_tokenizer

    def bytes_of(self, token: int) -> bytes:
        """The bytes a token stands for; a cut character is for the caller to join."""
        if token not in self._bytes:
            self._bytes[token] = self._decode(token)
        return self._bytes[token]

    def _decode(self, token: int) -> bytes:
        text = self._tokenizer.id_to_token(token)
        if text is None:
            return b""
        if text in self._markers:
            return text.encode()
        if self._is_byte_level and all(letter in self._alphabet for letter in text):
            return bytes(self._alphabet[letter] for letter in text)
        if len(text) == 6 and text.startswith("<0x") and text.endswith(">"):
            return bytes([int(text[3:5], 16)])
        return text.replace("▁", " ").encode()

    def _find_markers(self) -> dict[str, int]:
        """Added tokens by text; runs of white space are harmless and left out."""
        added = self._tokenizer.get_added_tokens_decoder()
        return {
            item.content: token
            for token, item in added.items()
            if len(item.content) > 1 and not item.content.isspace()
        }

    def _wanted_bos(self, settings: dict[str, Any]) -> int | None:
        """The beginning-of-text token, where the tokenizer itself would add it."""
        asked = settings.get("add_bos_token")
        if asked is None:
            ids = self._tokenizer.encode("", add_special_tokens=True).ids
            return ids[0] if len(ids) == 1 and ids[0] not in self.end_tokens else None
        return self._tokenizer.token_to_id(self.bos_token) if asked and self.bos_token else None


def _end_tokens(folder: Path, tokenizer: HfTokenizer, eos_token: str) -> frozenset[int]:
    """Tokens that end an answer: of generation_config.json, else config.json, else the eos."""
    for name in ("generation_config.json", "config.json"):
        found = _read_json(folder / name).get("eos_token_id")
        if isinstance(found, int):
            return frozenset([found])
        if isinstance(found, list) and found:
            return frozenset(int(token) for token in found)
    token = tokenizer.token_to_id(eos_token) if eos_token else None
    return frozenset([] if token is None else [token])


def _template(folder: Path, settings: dict[str, Any]) -> str | None:
    file = folder / "chat_template.jinja"
    if file.is_file():
        return file.read_text(encoding="utf-8")
    found = settings.get("chat_template")
    return found if isinstance(found, str) else None


def _content(untrusted_token: Any) -> str:  # noqa: ANN401 - from a JSON file
    if isinstance(untrusted_token, dict):
        untrusted_token = untrusted_token.get("content")
    return untrusted_token if isinstance(untrusted_token, str) else ""


def _read_json(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise model_invalid(file.name, "it is damaged.") from error
    return found if isinstance(found, dict) else {}


def _byte_alphabet() -> dict[str, int]:
    """The letters that byte-level BPE writes bytes with (GPT-2's ``bytes_to_unicode``)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    letters = {chr(byte): byte for byte in printable}
    return letters | {chr(256 + place): byte for place, byte in enumerate(others)}
