"""config.json of Step 3.5 and 3.7, checked: names as published, one entry per layer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.engine.errors import AppError, model_invalid, model_unsupported

STEP_MODEL_TYPES = ("step3p5", "step3p7", "step3p5_text", "step3p7_text")
FULL, SLIDING = "full_attention", "sliding_attention"


@dataclass(frozen=True, slots=True)
class RopeScaling:
    """Llama-3 smoothing of the rotation frequencies."""

    factor: float
    original_max_position_embeddings: int
    low_freq_factor: float
    high_freq_factor: float


@dataclass(frozen=True, slots=True)
class LayerConfig:
    """What differs from layer to layer."""

    is_sliding: bool
    num_attention_heads: int
    num_attention_groups: int  # key and value heads
    rope_theta: float
    rotary_dims: int
    rope_scaling: RopeScaling | None
    is_moe: bool
    swiglu_limit: float  # routed experts, 0 = no clamp
    swiglu_limit_shared: float  # shared expert and dense MLP, 0 = no clamp


@dataclass(frozen=True, slots=True)
class StepConfig:
    """One Step model. ``layers`` holds the trunk's layers, then those of the MTP heads."""

    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_nextn_predict_layers: int
    head_dim: int
    vocab_size: int
    rms_norm_eps: float
    max_position_embeddings: int
    sliding_window: int
    moe_num_experts: int
    moe_top_k: int
    moe_intermediate_size: int
    share_expert_dim: int
    moe_router_scaling_factor: float
    norm_expert_weight: bool
    use_moe_router_bias: bool
    use_head_wise_attn_gate: bool
    zero_centered: bool
    layers: tuple[LayerConfig, ...]

    @property
    def trunk(self) -> tuple[LayerConfig, ...]:
        return self.layers[: self.num_hidden_layers]

    def with_mtp(self, count: int) -> "StepConfig":
        """The same model with ``count`` MTP layers, as an add-on may bring them."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        mtp = self.layers[self.num_hidden_layers :]
        mtp += (self._default_mtp_layer(),) * (count - len(mtp))
        fields["layers"] = self.trunk + mtp[:count]
        return StepConfig(**(fields | {"num_nextn_predict_layers": count}))

    def _default_mtp_layer(self) -> LayerConfig:
        sliding = next(layer for layer in self.layers if layer.is_sliding)
        heads, groups = sliding.num_attention_heads, sliding.num_attention_groups
        return LayerConfig(True, heads, groups, 1e4, self.head_dim, None, False, 0.0, 0.0)


def is_step(untrusted_config: Mapping[str, Any]) -> bool:
    """Whether this engine has the model itself, not through mlx-lm."""
    text = untrusted_config.get("text_config") or untrusted_config
    types = (untrusted_config.get("model_type"), text.get("model_type"))
    return any(name in STEP_MODEL_TYPES for name in types)


def read_config(name: str, untrusted_config: Mapping[str, Any]) -> StepConfig:
    """The checked configuration. Raises AppError that names the field in question."""
    raw = untrusted_config.get("text_config") or untrusted_config
    try:
        return _read(raw)
    except KeyError as error:
        raise model_invalid(name, f"config.json has no {error.args[0]}.") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise model_invalid(name, f"config.json cannot be used: {error}.") from error
    except _UnsupportedError as error:
        raise _unsupported(name, str(error)) from error


class _UnsupportedError(Exception):
    """A value that the published models do not have and this engine does not know."""


def _unsupported(name: str, cause: str) -> AppError:
    return model_unsupported(name, f"its config.json has {cause}, which is not known here.")


def _read(raw: Mapping[str, Any]) -> StepConfig:
    _refuse_unknown(raw)
    trunk = _positive(raw, "num_hidden_layers")
    nextn = int(raw.get("num_nextn_predict_layers") or 0)
    if not 0 <= nextn <= 16:
        raise ValueError(f"num_nextn_predict_layers is {nextn}")
    experts, top_k = _positive(raw, "moe_num_experts"), _positive(raw, "moe_top_k")
    if top_k > experts:
        raise ValueError(f"moe_top_k is {top_k} of {experts} experts")
    return StepConfig(
        hidden_size=_positive(raw, "hidden_size"),
        intermediate_size=_positive(raw, "intermediate_size"),
        num_hidden_layers=trunk,
        num_nextn_predict_layers=nextn,
        head_dim=_positive(raw, "head_dim"),
        vocab_size=_positive(raw, "vocab_size"),
        rms_norm_eps=float(raw["rms_norm_eps"]),
        max_position_embeddings=int(raw.get("max_position_embeddings") or raw["max_seq_len"]),
        sliding_window=_positive(raw, "sliding_window"),
        moe_num_experts=experts,
        moe_top_k=top_k,
        moe_intermediate_size=_positive(raw, "moe_intermediate_size"),
        share_expert_dim=_positive(raw, "share_expert_dim"),
        moe_router_scaling_factor=float(raw.get("moe_router_scaling_factor", 3.0)),
        norm_expert_weight=bool(raw.get("norm_expert_weight", True)),
        use_moe_router_bias=bool(raw.get("use_moe_router_bias", True)),
        use_head_wise_attn_gate=bool(raw.get("use_head_wise_attn_gate", True)),
        zero_centered=bool(raw.get("zero_centered", True)),
        layers=_layers(raw, trunk, nextn),
    )


def _refuse_unknown(raw: Mapping[str, Any]) -> None:
    known = {
        "moe_router_activation": ("sigmoid",),
        "att_impl_type": ("GQA",),
        "use_qk_norm": (True,),
        "sink": (False,),
        "tie_word_embeddings": (False,),
    }
    for field, values in known.items():
        if raw.get(field, values[0]) not in values:
            raise _UnsupportedError(f"{field} {raw[field]!r}")
    if not all(raw.get("use_rope_layers") or ()):
        raise _UnsupportedError("use_rope_layers with layers that do not rotate")
    scaling = raw.get("rope_scaling") or {}
    kind = scaling.get("rope_type") or scaling.get("type") or "llama3"
    if scaling and kind != "llama3":
        raise _UnsupportedError(f"rope_scaling of type {kind!r}")


def _layers(raw: Mapping[str, Any], trunk: int, nextn: int) -> tuple[LayerConfig, ...]:
    """One entry per layer; those of the MTP layers may be missing and are then plain sliding."""
    types = _per_layer(raw, "layer_types", trunk, nextn, SLIDING)
    thetas = _per_layer(raw, "rope_theta", trunk, nextn, 1e4)
    factors = _per_layer(raw, "partial_rotary_factors", trunk, nextn, 1.0, missing=1.0)
    limits = _per_layer(raw, "swiglu_limits", trunk, nextn, 0.0, missing=0.0)
    shared = _per_layer(raw, "swiglu_limits_shared", trunk, nextn, 0.0, missing=0.0)
    moe, head_dim, scaling = _moe_layers(raw, trunk), int(raw["head_dim"]), _scaling(raw)
    only = raw.get("yarn_only_types") or (FULL, SLIDING)
    sliding = raw.get("attention_other_setting") or raw
    layers = []
    for index, kind in enumerate(types):
        if kind not in (FULL, SLIDING):
            raise _UnsupportedError(f"the layer type {kind!r}")
        heads = sliding if kind == SLIDING else raw
        layers.append(
            LayerConfig(
                is_sliding=kind == SLIDING,
                num_attention_heads=_positive(heads, "num_attention_heads"),
                num_attention_groups=_positive(heads, "num_attention_groups"),
                rope_theta=float(thetas[index]),
                rotary_dims=int(head_dim * float(factors[index])),
                rope_scaling=scaling if kind in only else None,
                is_moe=index in moe,
                swiglu_limit=float(limits[index] or 0),
                swiglu_limit_shared=float(shared[index] or 0),
            )
        )
    return tuple(layers)


def _per_layer(
    raw: Mapping[str, Any],
    field: str,
    trunk: int,
    nextn: int,
    mtp_default: Any,  # noqa: ANN401
    missing: Any = None,  # noqa: ANN401
) -> Sequence[Any]:
    """The field as a list of trunk + MTP entries; some exports cut the list to the trunk."""
    value = raw.get(field) if missing is not None else raw[field]
    if value is None:
        value = [missing] * trunk
    if not isinstance(value, list):
        value = [value] * trunk
    if len(value) < trunk:
        raise ValueError(f"{field} has {len(value)} entries for {trunk} layers")
    value = value[: trunk + nextn]
    return value + [mtp_default] * (trunk + nextn - len(value))


def _moe_layers(raw: Mapping[str, Any], trunk: int) -> frozenset[int]:
    enum = raw.get("moe_layers_enum")
    if enum is None or enum == "":
        return frozenset(range(1, trunk))
    if isinstance(enum, str):
        enum = enum.split(",")
    found = frozenset(int(index) for index in enum)
    if not found <= set(range(trunk)):
        raise ValueError("moe_layers_enum names a layer that does not exist")
    return found


def _scaling(raw: Mapping[str, Any]) -> RopeScaling | None:
    untrusted = raw.get("rope_scaling")
    if not untrusted:
        return None
    return RopeScaling(
        float(untrusted["factor"]),
        int(untrusted["original_max_position_embeddings"]),
        float(untrusted["low_freq_factor"]),
        float(untrusted["high_freq_factor"]),
    )


def _positive(raw: Mapping[str, Any], field: str) -> int:
    value = raw[field]
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise ValueError(f"{field} is {value!r}")
    return value
