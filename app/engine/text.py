"""From token bytes to pieces: whole characters only, and nothing of a stop string."""

import codecs


class StopMatcher:
    """Finds the first stop string in a stream, wherever the stream is cut.

    Holds back only text that may still become a stop string.
    """

    def __init__(self, stops: tuple[str, ...]) -> None:
        self._stops = stops
        self._longest = max((len(stop) for stop in stops), default=0)
        self._held = ""
        self.met: str | None = None  # the stop string that was found

    def feed(self, text: str) -> tuple[str, bool]:
        """Take the next text: what may be shown, and whether a stop string was met."""
        if not self._stops:
            return text, False
        self._held += text
        met = [(at, stop) for stop in self._stops if (at := self._held.find(stop)) >= 0]
        if met:
            found, self.met = min(met)
            shown, self._held = self._held[:found], ""
            return shown, True
        keep = self._ambiguous()
        shown = self._held[: len(self._held) - keep]
        self._held = self._held[len(self._held) - keep :]
        return shown, False

    def flush(self) -> str:
        """What was held back, once nothing more comes."""
        held, self._held = self._held, ""
        return held

    def _ambiguous(self) -> int:
        """Length of the longest end of the text that a stop string starts with."""
        for size in range(min(self._longest - 1, len(self._held)), 0, -1):
            if any(stop.startswith(self._held[-size:]) for stop in self._stops):
                return size
        return 0


class PieceAssembler:
    """Turns the bytes of tokens into text that can be shown, and counts the tokens in it."""

    def __init__(self, stops: tuple[str, ...] = ()) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._matcher = StopMatcher(stops)
        self._tokens = 0

    def feed(self, data: bytes) -> tuple[str, int, bool]:
        """Take one token's bytes: text to show (may be empty), its tokens, and "stop met"."""
        self._tokens += 1
        shown, is_stopped = self._matcher.feed(self._decoder.decode(data))
        return shown, self._take(shown), is_stopped

    @property
    def stop_met(self) -> str | None:
        """The stop string that ended the answer."""
        return self._matcher.met

    def flush(self) -> tuple[str, int]:
        """What was held back, once the answer is over; a cut character becomes U+FFFD."""
        shown, is_stopped = self._matcher.feed(self._decoder.decode(b"", final=True))
        if not is_stopped:
            shown += self._matcher.flush()
        return shown, self._take(shown)

    def _take(self, shown: str) -> int:
        if not shown:
            return 0
        tokens, self._tokens = self._tokens, 0
        return tokens
