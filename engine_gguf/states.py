"""Copies states of sequences out of a context and back in: runs of cells, and windows."""

import ctypes
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine_gguf.bindings import llama

State = NDArray[np.uint8]

_HEAD = 8  # llama.cpp's magic and a sequence id, before the cells
_NO_CELLS = struct.pack("<II", 1, 0)  # one stream without cells: how an empty cache is written
_WHOLE = llama.LLAMA_STATE_SEQ_FLAGS_NONE
_WINDOW = llama.LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY


class StateError(Exception):
    """A state could not be put back; the sequence is empty or incomplete."""


class States:
    """States of one context. ``scratch`` is a sequence that is empty in between."""

    def __init__(self, context: Any, scratch: int, *, has_window: bool) -> None:  # noqa: ANN401
        self._context = context
        self._memory = llama.llama_get_memory(context)
        self._scratch = scratch
        self._has_window = has_window

    def run(self, sequence: int, start: int, end: int) -> State:
        """The cells of a run of positions, without those of window layers."""
        llama.llama_memory_seq_cp(self._memory, sequence, self._scratch, start, end)
        state = self._get(self._scratch, _WHOLE)
        if self._has_window:
            # The window layers are written last; an empty cache takes their place.
            size = llama.llama_state_seq_get_size_ext(self._context, self._scratch, _WINDOW)
            cells = state[: len(state) - (size - _HEAD)]
            state = np.concatenate([cells, np.frombuffer(_NO_CELLS, dtype=np.uint8)])
        llama.llama_memory_seq_rm(self._memory, self._scratch, -1, -1)
        return state

    def put_run(self, sequence: int, state: State) -> None:
        """Add a run of cells to a sequence. Raises StateError."""
        try:
            self._set(self._scratch, state, _WHOLE)
            llama.llama_memory_seq_cp(self._memory, self._scratch, sequence, -1, -1)
        finally:
            llama.llama_memory_seq_rm(self._memory, self._scratch, -1, -1)

    def window(self, sequence: int) -> State:
        """What the window layers hold for going on from the end of a sequence."""
        return self._get(sequence, _WINDOW)

    def window_at(self, sequence: int, start: int, end: int) -> State:
        """The same for going on from ``end``; positions from ``start`` on must be there still."""
        llama.llama_memory_seq_cp(self._memory, sequence, self._scratch, start, end)
        state = self._get(self._scratch, _WINDOW)
        llama.llama_memory_seq_rm(self._memory, self._scratch, -1, -1)
        return state

    def put_window(self, sequence: int, state: State) -> None:
        """Replace what the window layers hold of a sequence. Raises StateError."""
        self._set(sequence, state, _WINDOW)

    def _get(self, sequence: int, flags: int) -> State:
        size = llama.llama_state_seq_get_size_ext(self._context, sequence, flags)
        state = np.empty(size, dtype=np.uint8)
        written = llama.llama_state_seq_get_data_ext(
            self._context, _bytes(state), size, sequence, flags
        )
        assert written == size, "llama.cpp wrote a state of another size than it had said"
        return state

    def _set(self, sequence: int, state: State, flags: int) -> None:
        read = llama.llama_state_seq_set_data_ext(
            self._context, _bytes(state), len(state), sequence, flags
        )
        if read != len(state):
            raise StateError


def _bytes(state: State) -> Any:  # noqa: ANN401 - ctypes
    return state.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
