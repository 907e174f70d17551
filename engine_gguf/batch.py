"""The rows of one decode call, written into arrays that are made once."""

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine_gguf.bindings import llama

Tokens = NDArray[np.int32]
Rows = NDArray[np.float32]


class Batch:
    """A ``llama_batch`` over numpy arrays: filling it costs no allocation and no loop."""

    def __init__(self, size: int, sequences: int, embedding: int = 0) -> None:
        """``size`` rows of at most ``sequences`` sequences.

        ``embedding``: floats per row that go in beside the tokens (MTP), 0 = none.
        """
        self.size = size
        self.rows = 0
        self.token = np.zeros(size, dtype=np.int32)
        self.position = np.zeros(size, dtype=np.int32)
        self.wants_logits = np.zeros(size, dtype=np.int8)
        self.embedding: Rows = np.zeros((size if embedding else 0, embedding), dtype=np.float32)
        self._counting = np.arange(size, dtype=np.int32)
        self._one_each = np.ones(size, dtype=np.int32)
        self._ids = np.arange(sequences, dtype=np.int32)
        self._id_address = self._ids.ctypes.data + 4 * np.arange(sequences, dtype=np.uintp)
        self._sequence = np.zeros(size, dtype=np.uintp)  # pointers into _ids
        self._native = llama.llama_batch(
            n_tokens=0,
            token=_pointer(self.token, ctypes.c_int32),
            embd=_pointer(self.embedding, ctypes.c_float) if embedding else None,
            pos=_pointer(self.position, ctypes.c_int32),
            n_seq_id=_pointer(self._one_each, ctypes.c_int32),
            seq_id=_pointer(self._sequence, ctypes.POINTER(ctypes.c_int32)),
            logits=_pointer(self.wants_logits, ctypes.c_int8),
        )

    def clear(self) -> None:
        self.rows = 0

    def add_one(self, token: int, position: int, sequence: int) -> None:
        """One token that wants logits."""
        row = self.rows
        self.token[row] = token
        self.position[row] = position
        self._sequence[row] = self._id_address[sequence]
        self.wants_logits[row] = 1
        self.rows = row + 1

    def add(self, tokens: Tokens, position: int, sequence: int, logits: int) -> None:
        """A run of tokens from ``position`` on; the last ``logits`` rows want logits."""
        start, end = self.rows, self.rows + len(tokens)
        self.token[start:end] = tokens
        np.add(self._counting[: end - start], position, out=self.position[start:end])
        self._sequence[start:end] = self._id_address[sequence]
        self.wants_logits[start:end] = 0
        self.wants_logits[end - logits : end] = 1
        self.rows = end

    def decode(self, context: Any) -> int:  # noqa: ANN401 - a pointer
        """Run the rows: 0, 1 when the cells are full, or another code when it failed."""
        self._native.n_tokens = self.rows
        return int(llama.llama_decode(context, self._native))


class FloatView:
    """Rows of floats that a context owns, seen as an array without copying.

    The library may move its buffer between decodes, so the address is looked at each time and the
    array is made anew only when it changed.
    """

    def __init__(self, width: int, rows: int) -> None:
        self._shape = (rows, width)
        self._address = 0
        self._array: Rows = np.zeros((0, width), dtype=np.float32)

    def at(self, pointer: Any) -> Rows:  # noqa: ANN401 - POINTER(c_float)
        address = ctypes.cast(pointer, ctypes.c_void_p).value
        assert address, "the context has no such output"
        if address != self._address:
            self._address = address
            self._array = np.ctypeslib.as_array(pointer, self._shape)
        return self._array


def warm_up(context: Any) -> None:  # noqa: ANN401 - a pointer
    """Compute a token, so that the first prompt does not wait for weights and threads."""
    batch = Batch(1, 1)
    batch.add_one(0, 0, 0)
    batch.decode(context)
    llama.llama_memory_seq_rm(llama.llama_get_memory(context), 0, -1, -1)


def _pointer(array: NDArray[Any], kind: Any) -> Any:  # noqa: ANN401 - ctypes
    return array.ctypes.data_as(ctypes.POINTER(kind))
