"""How the GGUF engine lays out its memory; the engine and the prediction share these numbers."""

CHUNK_TOKENS = 512  # rows of one decode call, at most
MAX_DRAFTS = 3  # verified in one cycle of one sequence
MAX_RUN = 7  # … of a text that repeats what it said before
MAX_LIVE = 8  # requests answered at the same time, where memory allows
SPARE_CELLS = 4096  # beyond the context length, so that a short request fits beside a long one
IDLE_SEQUENCES = 24  # finished ones kept for reuse; they cost nothing without a window
IDLE_WINDOWS = 3  # … where each holds cells of its own in every window layer
MTP_ROWS = 64  # of one decode call of an MTP head: its logits are as wide as the vocabulary
MTP_HISTORY = 256  # rows of context that an MTP head is given when it begins
MTP_CELLS = 2 * (MTP_HISTORY + MTP_ROWS)


def cells(context_length: int) -> int:
    """Tokens that all sequences together may hold."""
    return padded(context_length + min(context_length, SPARE_CELLS))


def sequences(*, has_window: bool, live: int = MAX_LIVE) -> int:
    """Live ones, finished ones kept for reuse, and one for copying states."""
    return live + (min(IDLE_WINDOWS, live) if has_window else IDLE_SEQUENCES) + 1


def outputs(rows: int, parallel: int, live: int = MAX_LIVE) -> int:
    """Rows of one call, of so many, that may have logits."""
    return min(rows, max(parallel, 1 + MAX_RUN, live * (1 + MAX_DRAFTS)))


def window_cells(context_cells: int, window: int, parallel: int, rows: int) -> int:
    """Cells of a sliding-window layer (llama-kv-cache-iswa.cpp, unified)."""
    return padded(min(context_cells, window * parallel + rows))


def padded(count: int) -> int:
    """llama.cpp rounds cells up to multiples of 256."""
    return (count + 255) // 256 * 256
