"""Text that grows token by token: quick to add to, and not much larger than itself."""

_MOST_PIECES = 256  # each costs some 60 bytes more than its characters


class Gathered:
    """A string in the making. Adding to a plain one would copy it for every token."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._runs: list[str] = []

    def add(self, text: str) -> None:
        self._pieces.append(text)
        if len(self._pieces) >= _MOST_PIECES:
            self._runs.append("".join(self._pieces))
            self._pieces.clear()

    def clear(self) -> None:
        self._pieces.clear()
        self._runs.clear()

    def __bool__(self) -> bool:
        return bool(self._pieces or self._runs)

    def __str__(self) -> str:
        return "".join([*self._runs, *self._pieces])
