"""A sparse GGUF with the tensor shapes of Step 3.5 Flash and no weights."""

import struct
from pathlib import Path

GHOST_LAYERS = 48
_F32, _Q4_K, _Q6_K = (0, 1, 4), (12, 256, 144), (14, 256, 210)
_HIDDEN, _VOCABULARY, _HEAD = 4096, 128_896, 128
_TOKENS = 512  # of the vocabulary list: its length is not that of the embedding

Shape = tuple[int, ...]
Type = tuple[int, int, int]


def write_ghost(path: Path) -> None:
    """114 GB in appearance, a few kilobytes on disk."""
    tensors = _tensors()
    infos, offset = b"", 0
    for name, (kind, block, block_bytes), shape in tensors:
        infos += _text(name) + struct.pack("<I", len(shape))
        infos += b"".join(struct.pack("<Q", length) for length in shape)
        infos += struct.pack("<IQ", kind, offset)
        elements = 1
        for length in shape:
            elements *= length
        offset += (elements // block * block_bytes + 31) // 32 * 32
    fields = _fields()
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(fields)) + b"".join(fields) + infos
    head += bytes(-len(head) % 32)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + offset)


def _is_sliding(layer: int) -> bool:
    return layer % 4 != 0


def _tensors() -> list[tuple[str, Type, Shape]]:
    found = [
        ("token_embd.weight", _Q4_K, (_HIDDEN, _VOCABULARY)),
        ("output_norm.weight", _F32, (_HIDDEN,)),
        ("output.weight", _Q6_K, (_HIDDEN, _VOCABULARY)),
        ("rope_freqs.weight", _F32, (64,)),
    ]
    for layer in range(GHOST_LAYERS):
        heads = 96 if _is_sliding(layer) else 64
        parts: list[tuple[str, Type, Shape]] = [
            ("attn_norm.weight", _F32, (_HIDDEN,)),
            ("attn_q_norm.weight", _F32, (_HEAD,)),
            ("attn_k_norm.weight", _F32, (_HEAD,)),
            ("attn_q.weight", _Q4_K, (_HIDDEN, heads * _HEAD)),
            ("attn_k.weight", _Q4_K, (_HIDDEN, 8 * _HEAD)),
            ("attn_v.weight", _Q4_K, (_HIDDEN, 8 * _HEAD)),
            ("attn_output.weight", _Q4_K, (heads * _HEAD, _HIDDEN)),
            ("attn_gate.weight", _F32, (_HIDDEN, heads)),
            ("ffn_norm.weight", _F32, (_HIDDEN,)),
        ]
        if 3 <= layer < 45:
            parts += [
                ("ffn_gate_inp.weight", _F32, (_HIDDEN, 288)),
                ("exp_probs_b.bias", _F32, (288,)),
                ("ffn_gate_exps.weight", _Q4_K, (_HIDDEN, 1280, 288)),
                ("ffn_up_exps.weight", _Q4_K, (_HIDDEN, 1280, 288)),
                ("ffn_down_exps.weight", _Q4_K, (1280, _HIDDEN, 288)),
                ("ffn_gate_shexp.weight", _Q4_K, (_HIDDEN, 1280)),
                ("ffn_up_shexp.weight", _Q4_K, (_HIDDEN, 1280)),
                ("ffn_down_shexp.weight", _Q4_K, (1280, _HIDDEN)),
            ]
        else:
            parts += [
                ("ffn_gate.weight", _Q4_K, (_HIDDEN, 11264)),
                ("ffn_up.weight", _Q4_K, (_HIDDEN, 11264)),
                ("ffn_down.weight", _Q4_K, (11264, _HIDDEN)),
            ]
        if layer >= 45:
            parts += [
                ("nextn.eh_proj.weight", _Q4_K, (2 * _HIDDEN, _HIDDEN)),
                ("nextn.enorm.weight", _F32, (_HIDDEN,)),
                ("nextn.hnorm.weight", _F32, (_HIDDEN,)),
                ("nextn.shared_head_norm.weight", _F32, (_HIDDEN,)),
                ("nextn.shared_head_head.weight", _Q4_K, (_HIDDEN, _VOCABULARY)),
            ]
        found += [(f"blk.{layer}.{name}", kind, shape) for name, kind, shape in parts]
    # 1280 is five blocks of 256, so that every shape divides.
    return found


def _fields() -> list[bytes]:
    layers = range(GHOST_LAYERS)
    names = [f"<{index}>" for index in range(_TOKENS)]
    return [
        _string("general.architecture", "step35"),
        _number("step35.block_count", GHOST_LAYERS),
        _number("step35.context_length", 262_144),
        _number("step35.embedding_length", _HIDDEN),
        _number("step35.feed_forward_length", 11264),
        _list("step35.attention.head_count", [96 if _is_sliding(one) else 64 for one in layers]),
        _list("step35.attention.head_count_kv", [8 for _ in layers]),
        _number("step35.attention.key_length", _HEAD),
        _number("step35.attention.value_length", _HEAD),
        _number("step35.attention.sliding_window", 512),
        _list("step35.attention.sliding_window_pattern", [_is_sliding(one) for one in layers], 7),
        _float("step35.attention.layer_norm_rms_epsilon", 1e-5),
        _float("step35.rope.freq_base", 5e6),
        _float("step35.rope.freq_base_swa", 1e4),
        _number("step35.rope.dimension_count", _HEAD),
        _number("step35.expert_count", 288),
        _number("step35.expert_used_count", 8),
        _number("step35.expert_feed_forward_length", 1280),
        _number("step35.expert_shared_feed_forward_length", 1280),
        _number("step35.expert_gating_func", 2),
        _number("step35.leading_dense_block_count", 3),
        _number("step35.nextn_predict_layers", 3),
        _number("step35.vocab_size", _VOCABULARY),
        _string("tokenizer.ggml.model", "no_vocab"),
        _key("tokenizer.ggml.tokens", 9)
        + struct.pack("<IQ", 8, len(names))
        + b"".join(_text(name) for name in names),
    ]


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode()


def _key(name: str, kind: int) -> bytes:
    return _text(name) + struct.pack("<I", kind)


def _string(name: str, value: str) -> bytes:
    return _key(name, 8) + _text(value)


def _number(name: str, value: int) -> bytes:
    return _key(name, 4) + struct.pack("<I", value)


def _float(name: str, value: float) -> bytes:
    return _key(name, 6) + struct.pack("<f", value)


def _list(name: str, values: list[int], kind: int = 4) -> bytes:
    code = {4: "I", 7: "?"}[kind]
    return _key(name, 9) + struct.pack(f"<IQ{len(values)}{code}", kind, len(values), *values)
