"""Which rows go into the next decode call: every live answer, and as much prompt as fits."""

from collections.abc import Sequence

from engine_gguf.live import Live

_SHARED_CHUNK = 128  # rows of prompt in a step while others are writing, so that they keep flowing


def prompt_rows(reading: Sequence[Live], writing_rows: int, limit: int) -> list[tuple[Live, int]]:
    """How many prompt tokens of each request to compute now.

    ``reading``: requests with prompt left, oldest first. ``limit``: rows of one call. The request
    with least left goes first, so that a small one is not held up by a long one; the oldest gets
    at least a quarter, so that many small ones do not hold up the long one for ever.
    """
    room = limit - writing_rows
    if writing_rows:
        room = min(room, _SHARED_CHUNK)
    if not reading or room <= 0:
        return []
    oldest = reading[0]
    least = min(room // 4, _left(oldest))
    plan = {oldest.id: least}
    room -= least
    for live in sorted(reading, key=_left):
        more = min(room, _left(live) - plan.get(live.id, 0))
        if more > 0:
            plan[live.id] = plan.get(live.id, 0) + more
            room -= more
    return [(live, plan[live.id]) for live in reading if plan.get(live.id)]


def _left(live: Live) -> int:
    return live.total - live.held
