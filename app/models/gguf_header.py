"""Reads the header of a GGUF file: bounded in time and memory, whatever the file claims.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.engine.errors import model_invalid

Value = bool | int | float | str | list[bool] | list[int] | list[float]

MAX_FIELDS = 65_536
MAX_TENSORS = 262_144
MAX_TEXT_BYTES = 8 * 1024 * 1024  # a chat template is far smaller
MAX_HEADER_BYTES = 512 * 1024 * 1024
MAX_KEPT_ITEMS = 4096  # longer lists are vocabularies: counted, not kept
_MAX_DIMENSIONS = 4

_STRING, _ARRAY = 8, 9
_SCALARS = {
    0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d",
}  # fmt: skip

# Elements and bytes of a block, by type number (ggml.h).
_BLOCKS = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22), 7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 36),
    10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110), 12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50), 20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136), 24: ("I8", 1, 1), 25: ("I16", 1, 2),
    26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8), 29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17),
    40: ("NVFP4", 64, 36), 41: ("Q1_0", 128, 18), 42: ("Q2_0", 64, 18),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tensor:
    """Name, type and exact size of one tensor. ``shape``: the fastest dimension first."""

    name: str
    type: str
    shape: tuple[int, ...]
    size_bytes: int
    offset: int  # from the beginning of the tensor data


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says before its weights. ``counts``: lengths of lists that were not kept."""

    fields: dict[str, Value]
    counts: dict[str, int]
    tensors: tuple[Tensor, ...]
    data_at: int  # where tensor data begins in the file


class _Bad(Exception):
    """The header breaks a rule; the sentence says which."""


def read_header(path: Path) -> Header:
    """Raises AppError where the file is not a whole GGUF file that keeps within the limits."""
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            header = _Reader(file, size).header()
    except OSError as error:
        raise model_invalid(path.name, f"it cannot be read: {error.strerror}.") from error
    except (_Bad, UnicodeDecodeError) as error:
        cause = str(error) if isinstance(error, _Bad) else "it names something in no known script."
        raise model_invalid(path.name, cause) from error
    end = max((tensor.offset + tensor.size_bytes for tensor in header.tensors), default=0)
    if header.data_at + end > size:
        raise model_invalid(path.name, "the file is cut off or damaged.")
    return header


class _Reader:
    """Reads forward, and never past the end of the file or the limits."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left = min(size, MAX_HEADER_BYTES)

    def header(self) -> Header:
        if self._take(4) != b"GGUF":
            raise _Bad("it is not a GGUF file.")
        version = self._number("I")
        if version not in (2, 3):
            raise _Bad(f"its GGUF version, {version}, is not known.")
        tensor_count, field_count = self._number("Q"), self._number("Q")
        if tensor_count > MAX_TENSORS or field_count > MAX_FIELDS:
            raise _Bad("it claims more parts than any model has.")
        fields: dict[str, Value] = {}
        counts: dict[str, int] = {}
        for _ in range(field_count):
            self._field(fields, counts)
        tensors = tuple(self._tensor() for _ in range(tensor_count))
        alignment = fields.get("general.alignment", 32)
        if not isinstance(alignment, int) or not 1 <= alignment <= 1 << 20:
            raise _Bad("its alignment is impossible.")
        at = self._file.tell()
        return Header(fields, counts, tensors, at + -at % alignment)

    def _field(self, fields: dict[str, Value], counts: dict[str, int]) -> None:
        key, kind = self._text(), self._number("I")
        if kind == _STRING:
            fields[key] = self._text()
        elif kind == _ARRAY:
            self._list(key, fields, counts)
        else:
            fields[key] = self._scalar(kind)

    def _list(self, key: str, fields: dict[str, Value], counts: dict[str, int]) -> None:
        kind, count = self._number("I"), self._number("Q")
        if count > self._left:
            raise _Bad("it claims a list that is longer than the file.")
        counts[key] = count
        if kind == _STRING:
            for _ in range(count):
                self._skip(self._number("Q"))
            return
        if kind not in _SCALARS:
            raise _Bad("it holds a list of an unknown kind.")
        size = struct.calcsize("<" + _SCALARS[kind])
        if count > MAX_KEPT_ITEMS:
            self._skip(count * size)
        else:
            fields[key] = list(struct.unpack(f"<{count}{_SCALARS[kind]}", self._take(count * size)))

    def _tensor(self) -> Tensor:
        name, dimensions = self._text(), self._number("I")
        if not 1 <= dimensions <= _MAX_DIMENSIONS:
            raise _Bad("a tensor has an impossible number of dimensions.")
        shape = tuple(self._number("Q") for _ in range(dimensions))
        kind, offset = self._number("I"), self._number("Q")
        if kind not in _BLOCKS:
            raise _Bad(f"a tensor has an unknown type, {kind}.")
        type_name, block, block_bytes = _BLOCKS[kind]
        elements = 1
        for length in shape:
            elements *= length
        if elements > 1 << 50 or offset > 1 << 50 or shape[0] % block:
            raise _Bad("a tensor has an impossible size.")
        return Tensor(name, type_name, shape, elements // block * block_bytes, offset)

    def _scalar(self, kind: int) -> Value:
        if kind not in _SCALARS:
            raise _Bad("it holds a value of an unknown kind.")
        value: Value = self._number(_SCALARS[kind])
        return value

    def _number(self, code: str) -> int:
        found: int = struct.unpack("<" + code, self._take(struct.calcsize("<" + code)))[0]
        return found

    def _text(self) -> str:
        size = self._number("Q")
        if size > MAX_TEXT_BYTES:
            raise _Bad("it holds a text that is too long.")
        return self._take(size).decode("utf-8", "replace")

    def _take(self, size: int) -> bytes:
        if size > self._left:
            raise _Bad("the file is cut off or damaged.")
        self._left -= size
        data = self._file.read(size)
        if len(data) != size:
            raise _Bad("the file is cut off or damaged.")
        return data

    def _skip(self, size: int) -> None:
        if size > self._left:
            raise _Bad("the file is cut off or damaged.")
        self._left -= size
        self._file.seek(size, 1)
