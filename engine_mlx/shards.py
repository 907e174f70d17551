"""safetensors files: their headers, checked before a byte of data is trusted."""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

MAX_HEADER_BYTES = 100_000_000
DTYPE_BYTES = {
    "BOOL": 1,
    "U8": 1,
    "I8": 1,
    "F8_E4M3": 1,
    "F8_E5M2": 1,
    "U16": 2,
    "I16": 2,
    "F16": 2,
    "BF16": 2,
    "U32": 4,
    "I32": 4,
    "F32": 4,
    "U64": 8,
    "I64": 8,
    "F64": 8,
}


class ShardError(Exception):
    """A file that is not whole safetensors; the message says in words why."""


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """What a header says of one tensor."""

    dtype: str
    shape: tuple[int, ...]
    begin: int  # bytes from the start of the data
    end: int


@dataclass(frozen=True, slots=True)
class Header:
    """The header of one file."""

    tensors: Mapping[str, TensorInfo]
    metadata: Mapping[str, str]
    data_start: int  # bytes from the start of the file


def read_header(path: Path) -> Header:
    """Read and check a header. Raises ShardError when the file is cut off or damaged."""
    size = path.stat().st_size
    with path.open("rb") as file:
        first = file.read(8)
        length = struct.unpack("<Q", first)[0] if len(first) == 8 else 0
        if not 2 <= length <= min(MAX_HEADER_BYTES, size - 8):
            raise ShardError("it is cut off or not a safetensors file")
        try:
            untrusted_header: Any = json.loads(file.read(length))
            header = _checked(untrusted_header, 8 + length)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ShardError("its header is damaged") from error
    end = max((tensor.end for tensor in header.tensors.values()), default=0)
    if header.data_start + end != size:
        raise ShardError("it is cut off or damaged")
    return header


def _checked(untrusted_header: Any, data_start: int) -> Header:  # noqa: ANN401
    metadata = untrusted_header.pop("__metadata__", None) or {}
    tensors = {}
    for name, item in untrusted_header.items():
        begin, end = (int(offset) for offset in item["data_offsets"])
        shape = tuple(int(size) for size in item["shape"])
        if begin < 0 or end - begin != prod(shape) * DTYPE_BYTES[item["dtype"]]:
            raise ValueError(name)
        tensors[name] = TensorInfo(item["dtype"], shape, begin, end)
    return Header(tensors, {str(key): str(value) for key, value in metadata.items()}, data_start)
