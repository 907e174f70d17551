"""Memory and speed on paper: what a configuration needs, by plain arithmetic, without weights."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine_mlx.config import LayerConfig, StepConfig
from engine_mlx.kv_cache import QUANT_GROUP, ROOM_TOKENS, SLACK_TOKENS

GROUP = 64  # weights per scale and bias in affine quantisation
SCALE_BITS = 32  # a 16-bit scale and a 16-bit bias per group


@dataclass(frozen=True, slots=True)
class Parameters:
    """Numbers of weights."""

    trunk: int
    active: int  # read for one token, output matrix included, embedding not
    routed_active: int  # of those, in chosen experts
    expert_layer: int  # of one expert in one layer
    moe_layers: int
    mtp_layer: int  # one head with its output matrix; 0 without MTP


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """Bytes at one context length."""

    context: int
    full: int  # keys and values of full-attention layers
    sliding: int  # of sliding layers, their windows only
    mtp: int
    buffers: int  # slack and room of the windows

    @property
    def total(self) -> int:
        return self.full + self.sliding + self.mtp


def parameters(config: StepConfig) -> Parameters:
    """Count the weights of a configuration."""
    hidden, vocab = config.hidden_size, config.vocab_size
    expert = 3 * hidden * config.moe_intermediate_size
    shared = 3 * hidden * config.share_expert_dim
    dense = 3 * hidden * config.intermediate_size
    trunk, active, moe = 2 * vocab * hidden + hidden, vocab * hidden + hidden, 0
    for layer in config.trunk:
        always = _attention(config, layer) + 2 * hidden
        if layer.is_moe:
            moe += 1
            always += shared + config.moe_num_experts * (hidden + 1)
            trunk += config.moe_num_experts * expert
            active += config.moe_top_k * expert
        else:
            always += dense
        trunk, active = trunk + always, active + always
    mtp = 0
    if config.num_nextn_predict_layers:
        layer = config.layers[config.num_hidden_layers]
        block = _attention(config, layer) + dense + 2 * hidden * hidden + 5 * hidden
        mtp = block + vocab * hidden
    return Parameters(trunk, active, moe * config.moe_top_k * expert, expert, moe, mtp)


def weight_bytes(count: int, bits: int) -> int:
    """Bytes of quantised weights, scales and biases included; 16 and 32 bits are plain."""
    extra = SCALE_BITS / GROUP if bits < 16 else 0
    return int(count * (bits + extra) / 8)


def kv_bytes_per_token(config: StepConfig, kv_bits: int = 16) -> int:
    """Bytes per token of context in all full-attention layers."""
    return sum(_kv_bytes(config, layer, kv_bits) for layer in config.trunk if not layer.is_sliding)


def memory(config: StepConfig, context: int, kv_bits: int = 16) -> MemoryRow:
    """Keys and values of one sequence; windows hold fp16 always."""
    window = min(context, config.sliding_window)
    sliding = [layer for layer in config.trunk if layer.is_sliding]
    heads = config.layers[config.num_hidden_layers :]
    spare = SLACK_TOKENS - 1 + ROOM_TOKENS
    return MemoryRow(
        context,
        context * kv_bytes_per_token(config, kv_bits),
        window * sum(_kv_bytes(config, layer, 16) for layer in sliding),
        window * sum(_kv_bytes(config, layer, 16) for layer in heads),
        spare * sum(_kv_bytes(config, layer, 16) for layer in (*sliding, *heads)),
    )


def decode_bytes(config: StepConfig, bits: int, depth: int, context: int = 0) -> float:
    """Bytes read in one cycle that verifies ``depth`` drafts.

    Experts are taken as chosen independently per token, which is the worst case.
    """
    count, rows = parameters(config), 1 + depth
    share = 1 - (1 - config.moe_top_k / config.moe_num_experts) ** rows
    touched = count.moe_layers * config.moe_num_experts * share * count.expert_layer
    weights = count.active - count.routed_active + touched + depth * count.mtp_layer
    window = memory(config, context)
    return weight_bytes(int(weights), bits) + window.full + window.sliding


def tokens_per_second(
    config: StepConfig, bits: int, bandwidth_gb_s: float, depth: int, per_cycle: float, context: int
) -> float:
    """The roofline: a cycle takes as long as its bytes take to be read."""
    return per_cycle * bandwidth_gb_s * 1e9 / decode_bytes(config, bits, depth, context)


def as_table(
    config: StepConfig, bandwidth_gb_s: float, bits: int = 4, per_cycle: Sequence[float] = ()
) -> str:
    """Memory and the roofline of decode speed by context and depth, as lines of text.

    ``per_cycle``: tokens a cycle makes at depth 0, 1, …; by default as measured on nano-step's
    code with chained rows.
    """
    tokens = list(per_cycle) or [1.0, 1.85, 2.59, 3.27]
    count = parameters(config)
    heads = config.num_nextn_predict_layers
    weights = weight_bytes(count.trunk, bits) + heads * weight_bytes(count.mtp_layer, bits)
    lines = [
        f"weights at {bits} bits: {weights / 1e9:.1f} GB, {heads} MTP heads included",
        "| context | KV GB | KV GB INT8 | buffers GB | "
        + " | ".join(f"t/s depth {depth}" for depth in range(heads + 1))
        + " |",
    ]
    for context in (4096, 32768, 65536, 131072, 262144):
        if context > config.max_position_embeddings:
            break
        row, int8 = memory(config, context), memory(config, context, 8)
        speeds = [
            tokens_per_second(config, bits, bandwidth_gb_s, depth, tokens[depth], context)
            for depth in range(heads + 1)
        ]
        lines.append(
            f"| {context:7} | {row.total / 1e9:5.2f} | {int8.total / 1e9:10.2f} | "
            f"{row.buffers / 1e9:10.2f} | "
            + " | ".join(f"{speed:11.1f}" for speed in speeds)
            + " |"
        )
    return "\n".join(lines)


def _attention(config: StepConfig, layer: LayerConfig) -> int:
    hidden, dim = config.hidden_size, config.head_dim
    heads, groups = layer.num_attention_heads, layer.num_attention_groups
    gate = hidden * heads if config.use_head_wise_attn_gate else 0
    return 2 * hidden * heads * dim + 2 * hidden * groups * dim + gate + 2 * dim


def _kv_bytes(config: StepConfig, layer: LayerConfig, bits: int) -> int:
    values = 2 * layer.num_attention_groups * config.head_dim
    if bits == 16:
        return 2 * values
    group = min(QUANT_GROUP, config.head_dim)
    return values * bits // 8 + values // group * 4
