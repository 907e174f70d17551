"""Opens a model's MTP heads: from its own file, or from one beside it that holds nothing else."""

import ctypes
import logging
from dataclasses import dataclass, field
from typing import Any

from app.engine.errors import AppError
from app.engine.protocol import EngineOptions
from app.engine.sizes import MAX_DRAFTS, MTP_CELLS, MTP_ROWS
from app.models.facts import ModelFacts
from app.models.inspect import inspect
from app.models.placement import Placement
from engine_gguf.bindings import llama, llama_mtp
from engine_gguf.loading import load_model

log = logging.getLogger(__name__)

_NOT_HERE = "This build of llama.cpp cannot use the model's MTP heads."
_NO_ROOM = "There is not enough memory for the model's MTP heads."


@dataclass(slots=True)
class Heads:
    """One context for each head; ``model`` is that of a file of their own."""

    contexts: list[Any] = field(default_factory=list)
    model: Any = None
    notices: tuple[str, ...] = ()

    def close(self) -> None:
        for context in self.contexts:
            llama.llama_free(context)
        self.contexts = []
        if self.model:
            llama.llama_model_free(self.model)
            self.model = None


def open_heads(
    facts: ModelFacts,
    model: Any,  # noqa: ANN401
    context: Any,  # noqa: ANN401
    trunk: Any,  # noqa: ANN401
    options: EngineOptions,
) -> Heads:
    """What the model has and the options allow. ``trunk``: the parameters of ``context``."""
    if options.draft_depth == 0:
        return Heads()
    # Some files only announce heads; llama.cpp ends the process when one without tensors is opened.
    separate = None if facts.mtp_depth else find_heads(facts)
    if not facts.mtp_depth and separate is None:
        return Heads()
    if llama_mtp is None:
        return Heads(notices=(_NOT_HERE,))
    if separate is None:
        return _opened(Heads(), model, context, trunk)
    try:
        own = load_model(separate.files[0], options, Placement(), lambda _: None)
    except AppError as error:
        return Heads(notices=(f"The model's MTP heads cannot be used. {error}",))
    said = f"The MTP heads come from {separate.files[0].name}."
    return _opened(Heads(model=own, notices=(said,)), own, context, trunk)


def find_heads(facts: ModelFacts) -> ModelFacts | None:
    """A file in the model's folder with heads that fit it, and without a trunk."""
    for path in sorted(facts.files[0].parent.glob("*.gguf")):
        if "mtp" not in path.name.casefold() or path in facts.files:
            continue
        try:
            found = inspect(path)
        except AppError as error:
            log.warning("%s", error)
            continue
        shape = (found.architecture, found.width, found.vocabulary)
        has_trunk = any(tensor.name.startswith("blk.0.") for tensor in found.tensors)
        wanted = (facts.architecture, facts.width, facts.vocabulary)
        if found.mtp_depth and not has_trunk and shape == wanted:
            return found
    return None


def _opened(heads: Heads, model: Any, context: Any, trunk: Any) -> Heads:  # noqa: ANN401
    """Heads share cells when they share a context, and have to be decoded one after the other over
    the same rows. With contexts of their own, each row of a head is computed once.
    """
    params = llama.llama_context_default_params()
    ctypes.pointer(params)[0] = trunk
    params.ctx_type = llama.LLAMA_CONTEXT_TYPE_MTP
    params.n_seq_max = 1  # one request drafts at a time
    params.n_ctx = MTP_CELLS
    params.n_batch = params.n_ubatch = params.n_outputs_max = MTP_ROWS
    for layer in range(min(llama.llama_model_n_layer_nextn(model), MAX_DRAFTS)):
        head = llama.llama_init_from_model(model, params)
        if not head:
            heads.close()
            return Heads(notices=(_NO_ROOM,))
        llama_mtp.llama_set_embeddings_nextn(head, True, True)
        llama_mtp.llama_set_nextn_layer_offset(head, layer)
        heads.contexts.append(head)
    # Not masked: the state of every row is wanted, not only of those with logits.
    llama_mtp.llama_set_embeddings_nextn(context, True, False)
    return heads
