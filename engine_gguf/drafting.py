"""Which drafts to verify with the next token: from MTP heads, by prompt lookup, or none."""

from app.engine.depth import DepthChooser
from app.engine.protocol import EngineOptions
from app.engine.sizes import MAX_DRAFTS, MAX_RUN, MTP_HISTORY
from engine_gguf.batch import Rows, Tokens
from engine_gguf.bindings import llama
from engine_gguf.live import Live
from engine_gguf.lookup import LookupDrafts, RunDrafts
from engine_gguf.model import LoadedModel
from engine_gguf.mtp import MtpDrafts, Trunk
from engine_gguf.sequences import shared

_ENDED = 4  # texts of finished requests whose states are kept for those that go on from them


class Drafting:
    """Chooses depth and source. Drafts only while one request is alone: a batch of several
    requests already does what drafts are for.
    """

    def __init__(self, loaded: LoadedModel, options: EngineOptions) -> None:
        self._mtp: MtpDrafts | None = None
        self._trunks: dict[str, Trunk] = {}  # by request
        self._ended: list[tuple[Tokens, Trunk]] = []  # oldest first
        self._lookups: dict[str, LookupDrafts] = {}
        self._context_length = loaded.context_length
        if loaded.heads.contexts:
            width = llama.llama_model_n_embd_out(loaded.model)
            vocabulary = llama.llama_vocab_n_tokens(loaded.vocab)
            history = min(MTP_HISTORY, loaded.window or MTP_HISTORY)
            self._mtp = MtpDrafts(loaded.heads.contexts, width, vocabulary, history)
        deepest = self._mtp.deepest if self._mtp else MAX_DRAFTS
        self._chooser = DepthChooser(deepest, options.draft_depth)
        self._runs = RunDrafts() if options.draft_depth is None else None
        self._is_run = False  # in this cycle
        self._is_clean = True
        self._drafted: int | None = None  # in the cycle before, where there was one
        self._unasked = 0  # cycles to come that draft nothing, whatever the chooser is told
        self._untold: list[float] = []  # seconds of such cycles

    @property
    def wants_states(self) -> bool:
        """The trunk's states of decoded rows are to be handed to ``saw``."""
        if self._mtp is None or self._unasked:
            return False
        return not self._chooser.is_resting()

    def draft(self, live: Live) -> list[int]:
        """Tokens that may follow those of a request that is alone; may be empty."""
        room = self._context_length - live.total
        if live.request.max_tokens is not None:
            room = min(room, live.request.max_tokens - live.generated - 1)
        drafts = self._run(live, room)
        self._is_run, self._is_clean = bool(drafts), True
        if not drafts and not self._unasked:
            depth = min(self._chooser.depth(1), room)
            drafts = self._drafts(live, depth) if depth > 0 else []
        # For another number of rows llama.cpp builds its graph anew, at half the price of a token.
        is_other = self._mtp is not None and len(drafts) != self._drafted
        self._is_clean = self._is_clean and not is_other
        self._drafted = len(drafts)
        return drafts

    def _run(self, live: Live, room: int) -> list[int]:
        if self._runs is None or room < MAX_RUN:
            return []
        return self._runs.draft(live.id, live.tokens, live.total, MAX_RUN)

    def _drafts(self, live: Live, depth: int) -> list[int]:
        if self._mtp is None:
            lookup = self._lookups.setdefault(live.id, LookupDrafts())
            return lookup.draft(live.tokens, live.total, depth)
        trunk = self._trunks.get(live.id)
        if trunk is None:
            return []
        drafts, self._is_clean = self._mtp.draft(trunk, live.tokens, live.total, depth)
        return drafts

    def standing(self, *, alone: bool) -> tuple[int, str]:
        """Drafts a cycle now; where a model with MTP heads makes none, the reason for the user."""
        depth = self._chooser.choice(1) if alone else 0
        if self._mtp is None or depth:
            return depth or 0, ""
        if not alone:
            return 0, "Several answers were being written at once, which is faster than drafting."
        if depth is None:
            return 0, "The answer ended before drafting could be measured."
        return 0, "On this machine and text, drafting measured slower than doing without."

    def verified(
        self, live: Live, total: int, drafted: int, accepted: int, seconds: float, *, is_whole: bool
    ) -> None:
        """``total`` tokens were known when drafting; the whole cycle took so long.

        ``is_whole`` False: the answer ended before all drafts were judged.
        """
        trunk = self._trunks.get(live.id)
        if trunk is not None and drafted > accepted:
            trunk.forget_from(total + accepted)
        if self._is_run and self._runs is not None:
            usual = self._chooser.rate(self._chooser.choice(1) or 0)
            if not live.is_over:
                self._runs.judge((1 + accepted) / seconds, usual)
            return
        is_clean = self._is_clean and not live.is_over
        if self._unasked:
            self._tell_later(seconds, is_clean=is_clean)
            return
        self._chooser.record(drafted, seconds, [accepted], is_clean=is_clean, is_whole=is_whole)
        if not drafted:
            self._unasked = self._chooser.untold_cycles()

    def _tell_later(self, seconds: float, *, is_clean: bool) -> None:
        """Tell cycles without drafts together: the chooser's time is much of a small model's."""
        if is_clean:
            self._untold.append(seconds)
        self._unasked -= 1
        if self._unasked == 0 and self._untold:
            count = len(self._untold)
            self._chooser.record(0, sum(self._untold) / count, [0], cycles=count)
            self._untold.clear()

    def saw(self, live: Live, position: int, states: Rows) -> None:
        """The trunk's states of tokens from a position on."""
        if self._mtp is not None:
            trunk = self._trunks.get(live.id)
            if trunk is None:
                trunk = self._trunks[live.id] = self._going_on(live, position)
            trunk.put(position, states)

    def forget(self, live: Live) -> None:
        """The request is over or has lost its place."""
        trunk = self._trunks.pop(live.id, None)
        if trunk is not None:
            trunk.forget_from(live.held)
            self._ended = [*self._ended[1 - _ENDED :], (live.tokens[: live.held], trunk)]
        self._lookups.pop(live.id, None)
        if self._runs is not None:
            self._runs.forget(live.id)
        self._drafted = None

    def _going_on(self, live: Live, position: int) -> Trunk:
        """States of the text before ``position`` from an earlier request, or none."""
        assert self._mtp is not None
        for index in reversed(range(len(self._ended))):
            tokens, trunk = self._ended[index]
            reaches = trunk.states.first < position <= trunk.states.end
            if reaches and shared(tokens, live.tokens[:position]) == position:
                del self._ended[index]
                return trunk
        return self._mtp.new_trunk()
