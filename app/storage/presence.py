"""Which processes have the database open, so that only one that is alone mends or migrates it.

Every store holds a shared lock on a small file for as long as it is open; one that gets it
exclusively while opening knows that no other store lives. The system takes the lock from a process
that dies, even by kill -9, so an answer found "streaming" by a store that is alone belongs to
nobody. The window's single-instance lock makes this the usual case; this one also holds for a tool
or a test that opens the same file, in another process or in this one.
"""

import os
import sys
import time
from pathlib import Path

from app.errors import database_locked
from app.storage import driver

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_RETRY_S = 0.02


class Presence:
    """The lock file is never removed: that would race with another store."""

    def __init__(self, descriptor: int, *, is_alone: bool) -> None:
        self._descriptor: int | None = descriptor
        self.is_alone = is_alone

    @classmethod
    def announce(cls, database: Path) -> "Presence":
        """Waits while a store that is alone makes or migrates the file.

        Raises AppError when that takes too long, OSError where no lock file can be made.
        """
        path = database.with_name(database.name + ".lock")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline_s = time.monotonic() + driver.BUSY_TIMEOUT_S
        while True:
            if _lock_exclusively(descriptor):
                return cls(descriptor, is_alone=True)
            if _share(descriptor):
                return cls(descriptor, is_alone=False)
            if time.monotonic() > deadline_s:
                os.close(descriptor)
                raise database_locked(database)
            time.sleep(_RETRY_S)

    @classmethod
    def claim(cls, path: Path) -> "Presence | None":
        """Be the only one, in any process, that has this lock file; None while another has it."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if _lock_exclusively(descriptor):
            return cls(descriptor, is_alone=True)
        os.close(descriptor)
        return None

    def share(self) -> None:
        """Let other stores open the file, too: what only one may do is done."""
        if self.is_alone and self._descriptor is not None:
            _share(self._descriptor)

    def end(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


if sys.platform == "win32":
    # No shared locks here: whoever is first keeps it, and the others do without.

    def _lock_exclusively(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _share(descriptor: int) -> bool:
        return True

else:

    def _lock_exclusively(descriptor: int) -> bool:
        return _flock(descriptor, fcntl.LOCK_EX)

    def _share(descriptor: int) -> bool:
        return _flock(descriptor, fcntl.LOCK_SH)

    def _flock(descriptor: int, kind: int) -> bool:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks: the window's own has to do
            return True
        return True
