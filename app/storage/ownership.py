"""Who owns the database: the one process that may mend and migrate it.

The window holds a single-instance lock of its own; this one also covers tests, tools and a second
store in the same process. The system gives it up when its holder dies, even by kill -9, so an
answer that is "streaming" while the lock is free belongs to nobody alive. A store that does not
own the file reads and writes as usual, but leaves such answers, and older versions, alone.
"""

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class Ownership:
    """A lock on a small file beside the database, which is never removed: that would race."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def claim(cls, database: Path) -> "Ownership | None":
        """None when another store has it. Raises OSError where no file can be made."""
        path = database.with_name(database.name + ".lock")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(descriptor)
        except OSError:
            os.close(descriptor)
            return None
        return cls(descriptor)

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
