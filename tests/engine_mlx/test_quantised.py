"""INT8 keys and values and quantised weights change little."""

import json
import shutil

import mlx.core as mx
import numpy as np
import pytest

from engine_mlx.model import Rows
from engine_mlx.tokenizer import Tokenizer
from tests.engine_mlx.running import CODE, PROSE, QUESTIONS, answer, as_parts, chat, open_nano

TEXT = "".join([*CODE, *map(chat, QUESTIONS), *PROSE])


def logits_of(model, tokens, kv_bits=16, chunk=64):
    caches, found = model.new_caches(kv_bits), []
    for start in range(0, len(tokens), chunk):
        part = tokens[start : start + chunk]
        found.append(model.logits(model(mx.array(part), [Rows(caches, start, len(part))])))
    return np.array(mx.concatenate(found), dtype=np.float64)


def perplexity(logits, tokens):
    logits = logits[:-1] - logits[:-1].max(axis=1, keepdims=True)
    chosen = logits[np.arange(len(logits)), tokens[1:]] - np.log(np.exp(logits).sum(axis=1))
    return float(np.exp(-chosen.mean()))


def test_int8_keys_and_values_change_perplexity_by_less_than_half_a_percent(nano, nano_folder):
    model, _ = nano
    tokens = Tokenizer(nano_folder).encode(as_parts(TEXT))[0]

    plain = perplexity(logits_of(model, tokens), tokens)
    int8 = perplexity(logits_of(model, tokens, kv_bits=8), tokens)

    assert abs(int8 / plain - 1) < 0.005


def test_an_engine_with_int8_keys_and_values_drafts_without_changing_its_text(nano_folder):
    plain = answer(open_nano(nano_folder, 0, kv_type="q8_0"), CODE[:3], max_tokens=50)
    drafted = answer(open_nano(nano_folder, 3, kv_type="q8_0"), CODE[:3], max_tokens=50)

    assert plain == drafted


@pytest.mark.parametrize(("bits", "agreement"), [(8, 0.97), (4, 0.70)])
def test_quantised_weights_mostly_agree_on_the_next_token(
    nano, nano_folder, tmp_path, load, bits, agreement
):
    folder = quantised(nano_folder, tmp_path / f"nano-{bits}bit", bits)
    tokens = Tokenizer(nano_folder).encode(as_parts(TEXT))[0]

    expected = logits_of(nano[0], tokens).argmax(axis=1)
    found = logits_of(load(folder)[0], tokens).argmax(axis=1)

    share = float((expected == found).mean())
    print(f"{bits} bits: top-1 agreement {share:.3f}")
    assert share >= agreement


def quantised(source, target, bits):
    """The hub's names and norms, every matrix that divides into groups of 64 packed."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("model.safetensors"))
    made = {}
    for name, value in mx.load(str(source / "model.safetensors")).items():
        if value.ndim < 2 or value.shape[-1] % 64:
            made[name] = value
            continue
        width = 8 if ".moe.gate.weight" in name else bits
        packed, scales, biases = mx.quantize(value.astype(mx.float32), group_size=64, bits=width)
        prefix = name.removesuffix(".weight")
        made |= {name: packed, f"{prefix}.scales": scales, f"{prefix}.biases": biases}
    mx.save_safetensors(str(target / "model.safetensors"), made, {"format": "pt"})
    config = json.loads((source / "config.json").read_text())
    config["quantization"] = {"group_size": 64, "bits": bits}
    (target / "config.json").write_text(json.dumps(config))
    return target
