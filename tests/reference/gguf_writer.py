"""Writes small GGUF files for tests: fields and tensors of 32-bit floats."""

import struct

import numpy as np

_ALIGNMENT = 32


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
