"""What the system does for a shortcut that works in every program."""

from enum import Enum, auto
from typing import Protocol

from PySide6.QtCore import QKeyCombination, SignalInstance


class Grip(Enum):
    """What became of the keys that were asked for."""

    NONE = auto()  # none were
    HELD = auto()
    TAKEN = auto()  # another program has them
    UNFIT = auto()  # no key of this keyboard, or one that programs need to write with
    UNAVAILABLE = auto()  # this desktop keeps all keys to itself


class Desktop(Protocol):
    """GUI thread only. Never sees another key than the one it was asked for."""

    pressed: SignalInstance

    def hold(self, keys: QKeyCombination) -> Grip:
        """Have these keys in every program, instead of any held before."""

    def release(self) -> None: ...

    def note_front(self) -> None:
        """Remember which program has the keyboard now, …"""

    def give_front_back(self) -> None:
        """… and let it have the keyboard again, if it is still there."""
