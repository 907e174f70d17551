"""Writes GGUF files for tests: small ones with 32-bit floats, and large ones that are hollow."""

import math
import struct

import numpy as np

_ALIGNMENT = 32
_Q4_K = 12  # blocks of 256 elements in 144 bytes


def write_gguf(path, fields, tensors):
    """``fields``: name to text, bool, int, float, or a list of texts or ints; ``tensors``: name
    to array.
    """
    infos, data = b"", b""
    for name, array in tensors.items():
        values = np.ascontiguousarray(array, dtype=np.float32)
        infos += _text(name) + struct.pack("<I", values.ndim)
        infos += b"".join(struct.pack("<Q", length) for length in reversed(values.shape))
        infos += struct.pack("<IQ", 0, len(data))
        data += values.tobytes()
        data += bytes(-len(data) % _ALIGNMENT)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(fields))
    head += b"".join(_text(name) + _value(value) for name, value in fields.items()) + infos
    path.write_bytes(head + bytes(-len(head) % _ALIGNMENT) + data)


def write_hollow_gguf(path, fields, tensors):
    """A file whose weights are a hole: ``tensors`` is name to shape, fastest dimension first."""
    infos, end = b"", 0
    for name, shape in tensors.items():
        infos += _text(name) + struct.pack("<I", len(shape))
        infos += b"".join(struct.pack("<Q", length) for length in shape)
        infos += struct.pack("<IQ", _Q4_K, end)
        end += math.prod(shape) // 256 * 144
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(fields))
    head += b"".join(_text(name) + _value(value) for name, value in fields.items()) + infos
    path.write_bytes(head + bytes(-len(head) % _ALIGNMENT))
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size + end)


def _value(value):
    if isinstance(value, list) and isinstance(value[0], int):
        return struct.pack(f"<IIQ{len(value)}i", 9, 5, len(value), *value)
    if isinstance(value, list):
        return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(_text, value))
    if isinstance(value, str):
        return struct.pack("<I", 8) + _text(value)
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    return struct.pack("<If", 6, value)


def _text(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data
