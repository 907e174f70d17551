"""Which drafts to verify with the next token: from MTP heads, by prompt lookup, or none."""

from app.engine.depth import DepthChooser
from app.engine.protocol import EngineOptions
from app.engine.sizes import MAX_DRAFTS, MTP_HISTORY
from engine_gguf.batch import Rows
from engine_gguf.bindings import llama
from engine_gguf.live import Live
from engine_gguf.lookup import LookupDrafts
from engine_gguf.model import LoadedModel
from engine_gguf.mtp import History, MtpDrafts


class Drafting:
    """Chooses depth and source. Drafts only while one request is alone: a batch of several
    requests already does what drafts are for.
    """

    def __init__(self, loaded: LoadedModel, options: EngineOptions) -> None:
        self._mtp: MtpDrafts | None = None
        self._trunks: dict[str, History] = {}  # by request
        self._lookups: dict[str, LookupDrafts] = {}
        self._context_length = loaded.context_length
        if loaded.heads.contexts:
            width = llama.llama_model_n_embd_out(loaded.model)
            vocabulary = llama.llama_vocab_n_tokens(loaded.vocab)
            self._mtp = MtpDrafts(loaded.heads.contexts, width, vocabulary, MTP_HISTORY)
        deepest = self._mtp.deepest if self._mtp else MAX_DRAFTS
        self._chooser = DepthChooser(deepest, options.draft_depth)
        self._is_clean = True

    @property
    def wants_states(self) -> bool:
        """The trunk's states of decoded rows are to be handed to ``saw``."""
        return self._mtp is not None and not self._chooser.is_resting()

    def draft(self, live: Live) -> list[int]:
        """Tokens that may follow those of a request that is alone; may be empty."""
        room = self._context_length - live.total
        if live.request.max_tokens is not None:
            room = min(room, live.request.max_tokens - live.generated - 1)
        depth = min(self._chooser.depth(1), room)
        self._is_clean = True
        if depth <= 0:
            return []
        if self._mtp is None:
            lookup = self._lookups.setdefault(live.id, LookupDrafts())
            return lookup.draft(live.tokens, live.total, depth)
        trunk = self._trunks.get(live.id)
        if trunk is None:
            return []
        drafts, self._is_clean = self._mtp.draft(live.id, live.tokens, live.total, trunk, depth)
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

    def verified(self, total: int, drafted: int, accepted: int, seconds: float) -> None:
        """``total`` tokens were known when drafting; the whole cycle took so long."""
        if self._mtp is not None and drafted:
            self._mtp.settle(total, accepted)
        self._chooser.record(drafted, seconds, [accepted], is_clean=self._is_clean)

    def saw(self, live: Live, position: int, states: Rows) -> None:
        """The trunk's states of decided tokens from a position on."""
        if self._mtp is not None:
            trunk = self._trunks.get(live.id)
            if trunk is None:
                trunk = self._trunks[live.id] = self._mtp.new_trunk()
            trunk.put(position, states)

    def forget(self, live: Live) -> None:
        """The request is over or has lost its place."""
        self._trunks.pop(live.id, None)
        self._lookups.pop(live.id, None)
        if self._mtp is not None:
            self._mtp.release(live.id)
