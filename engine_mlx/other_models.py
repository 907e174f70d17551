"""Every other architecture, through mlx-lm's model classes and caches; without MTP.

Their caches can be rewound only where mlx-lm can trim them: a rotating one not any more once it is
full. So such a model drafts nothing there, and is come back to through whole copies of its caches.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlx.core as mx

from app.engine.errors import model_invalid, model_unsupported
from engine_mlx.drafting import RowBuffer
from engine_mlx.model import Rows
from engine_mlx.mtp import MtpHead
from engine_mlx.trunk import Mark, State

_HEADROOM = 8  # tokens a cycle may append before it rewinds


@dataclass(slots=True)
class LmState:
    """mlx-lm's caches of one sequence."""

    caches: list[Any]
    offset: int = 0

    @property
    def size_bytes(self) -> int:
        return sum(int(cache.nbytes) for cache in self.caches) if self.offset else 0

    def rows(self, count: int) -> Rows:
        found = Rows(self.caches, self.offset, count)
        self.offset += count
        return found

    def can_rewind(self, count: int) -> bool:
        return 0 <= count <= self.offset and all(_is_trimmable(cache) for cache in self.caches)

    def rewind(self, count: int) -> None:
        for cache in self.caches if count else ():
            trimmed = cache.trim(count)
            assert trimmed == count
        self.offset -= count

    def mark(self, hidden: RowBuffer) -> Mark:
        # Where everything can be trimmed, the caches themselves are all that is needed.
        if all(type(cache).__name__ == "KVCache" for cache in self.caches):
            return Mark(self.offset, [], hidden.copy())
        payload = copy.deepcopy(self.caches)
        return Mark(self.offset, [], hidden.copy(), self.size_bytes, payload)

    def reaches(self, position: int, mark: Mark | None) -> bool:
        if mark is None or mark.payload is None:
            return position <= self.offset and self.can_rewind(self.offset - position)
        return position == mark.position

    def at(self, position: int, mark: Mark | None, *, is_moved: bool) -> "LmState":
        if mark is not None and mark.payload is not None:
            return LmState(copy.deepcopy(mark.payload), position)  # type: ignore[arg-type]
        state = self if is_moved else LmState(copy.deepcopy(self.caches), self.offset)
        state.rewind(state.offset - position)
        return state


class LmTrunk:
    """A model of mlx-lm behind the decode loop; sequences are computed one after the other."""

    def __init__(self, model: Any, vocab_size: int) -> None:  # noqa: ANN401
        self._model = model
        self.heads: Sequence[MtpHead] = ()
        self.window = 0
        self.vocab_size = vocab_size

    def new_state(self) -> LmState:
        from mlx_lm.models.cache import make_prompt_cache

        return LmState(make_prompt_cache(self._model))

    def forward(self, tokens: mx.array, states: Sequence[tuple[State, int]]) -> mx.array:
        """(L,) → logits already, (L, V)."""
        found, at = [], 0
        for state, count in states:
            rows = state.rows(count)
            found.append(self._model(tokens[at : at + count][None], cache=rows.caches)[0])
            at += count
        return found[0] if len(found) == 1 else mx.concatenate(found)

    def logits(self, hidden: mx.array) -> mx.array:
        return hidden


def load_other(folder: Path, untrusted_config: dict[str, Any]) -> tuple[LmTrunk, int]:
    """Load a folder through mlx-lm: the trunk and its weights' bytes."""
    import mlx.utils
    from mlx_lm.utils import load_model

    kind = str(untrusted_config.get("model_type"))[:80]
    try:
        model, _ = load_model(folder)
    except FileNotFoundError as error:
        raise model_invalid(folder.name, "a file of its weights is missing.") from error
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        if "not supported" in str(error):
            raise model_unsupported(folder.name, f"its model type is {kind!r}.") from error
        raise model_invalid(folder.name, "mlx-lm cannot load it.") from error
    if not mx.metal.is_available():
        model.set_dtype(mx.float32)
    mx.eval(model.parameters())
    arrays = [array for _, array in mlx.utils.tree_flatten(model.parameters())]
    text = untrusted_config.get("text_config") or untrusted_config
    return LmTrunk(model, int(text.get("vocab_size") or 0)), sum(int(a.nbytes) for a in arrays)


def _is_trimmable(cache: Any) -> bool:  # noqa: ANN401 - a class of mlx-lm
    if not cache.is_trimmable():
        return False
    # A rotating cache stops being trimmable when it is full, which must not happen in a cycle.
    size = getattr(cache, "max_size", None)
    return size is None or cache.offset + _HEADROOM < size
