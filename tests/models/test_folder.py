"""A folder in Hugging Face layout is described from its headers, and no header can do harm."""

import json
import random
import struct
import time
from pathlib import Path

import pytest

from app.engine.errors import AppError, ErrorKind
from app.models.inspect import inspect

NANO_STEP = Path(__file__).parent.parent / "data" / "nano-step"


def write(folder, config=None, tensors=None, **files):
    """A folder with a config and one safetensors file of these tensors: dtype and shape."""
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config or {}), encoding="utf-8")
    header, at = {}, 0
    for name, (kind, shape, size) in (tensors or {}).items():
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [at, at + size]}
        at += size
    packed = json.dumps(header).encode()
    data = struct.pack("<Q", len(packed)) + packed + bytes(at)
    (folder / "model.safetensors").write_bytes(data)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def test_a_step_model_is_described():
    facts = inspect(NANO_STEP)

    assert (facts.format, facts.architecture) == ("folder", "step3p5")
    assert (facts.experts, facts.experts_used, facts.window) == (8, 2, 64)
    assert (facts.context_length, facts.mtp_depth, facts.quantisation) == (4096, 3, "BF16")
    assert [layer.is_sliding for layer in facts.layers] == [False, True, True, True] * 2
    assert [layer.is_mtp for layer in facts.layers] == [False] * 5 + [True] * 3
    assert facts.chat_template
    assert facts.weights_bytes == pytest.approx(2 * facts.parameters, rel=1e-4)  # few in float32


def test_both_forms_of_a_model_have_the_same_kv_cache():
    gguf = inspect(NANO_STEP.parent / "nano-step-q8_0.gguf")

    assert inspect(NANO_STEP).memory(2048).kv_cache == gguf.memory(2048).kv_cache


def test_packed_weights_are_counted_as_what_they_hold(tmp_path):
    tensors = {"a.weight": ("U32", [64, 8], 2048), "a.scales": ("BF16", [64, 1], 128)}

    facts = inspect(write(tmp_path / "m", {"quantization": {"bits": 4}}, tensors))

    assert facts.parameters == 64 * 64
    assert facts.quantisation == "4-bit"


def test_a_text_config_inside_is_read(tmp_path):
    config = {"model_type": "seer", "text_config": {"model_type": "x", "num_hidden_layers": 3}}

    facts = inspect(write(tmp_path / "m", config))

    assert (facts.architecture, len(facts.layers)) == ("x", 3)


def test_layers_that_are_only_announced_are_no_mtp_heads(tmp_path):
    config = {"num_hidden_layers": 2, "num_nextn_predict_layers": 3}
    tensors = {f"model.layers.{n}.w": ("F16", [2], 4) for n in range(2)}

    assert inspect(write(tmp_path / "m", config, tensors)).mtp_depth == 0


def test_sentence_transformers_are_embedding_models(tmp_path):
    facts = inspect(write(tmp_path / "m", {"hidden_size": 384}, modules__json="[]"))

    assert facts.embedding_size == 384


def test_a_template_in_the_tokenizer_config_is_found(tmp_path):
    named = [{"name": "tool", "template": "t"}, {"name": "default", "template": "d"}]
    told = json.dumps({"chat_template": named})

    assert inspect(write(tmp_path / "m", {}, tokenizer_config__json=told)).chat_template == "d"


@pytest.mark.parametrize(
    "config",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 200_000,
        b'{"num_hidden_layers": -1}',
        b'{"num_hidden_layers": 1e99}',
        b'{"num_hidden_layers": 999999999}',
        b'{"hidden_size": "4096"}',
        b'{"num_hidden_layers": NaN}',
    ],
)
def test_an_impossible_config_is_refused(tmp_path, config):
    folder = write(tmp_path / "m")
    (folder / "config.json").write_bytes(config)

    with pytest.raises(AppError) as caught:
        inspect(folder)
    assert caught.value.kind is ErrorKind.MODEL_INVALID


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F99", "shape": [1], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [2**60], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1e9], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]},
        {"dtype": "F32", "shape": [1], "data_offsets": [0, 2**40]},
        {"dtype": "F32", "shape": "1", "data_offsets": [0, 4]},
        {"dtype": ["F32"], "shape": [1], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1], "data_offsets": 7},
        ["F32"],
        None,
    ],
)
def test_an_impossible_tensor_is_refused(tmp_path, entry):
    folder = write(tmp_path / "m")
    packed = json.dumps({"a": entry}).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(packed)) + packed + bytes(4))

    with pytest.raises(AppError) as caught:
        inspect(folder)
    assert caught.value.kind is ErrorKind.MODEL_INVALID


@pytest.mark.parametrize("size", [0, 1, 2**31, 2**63, 2**64 - 1])
def test_a_header_that_lies_about_its_length_is_refused(tmp_path, size):
    folder = write(tmp_path / "m")
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", size) + b"{}")

    with pytest.raises(AppError):
        inspect(folder)


def test_a_cut_off_file_is_called_so(tmp_path):
    folder = write(tmp_path / "m", {}, {"a": ("F32", [100], 400)})
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1])

    with pytest.raises(AppError, match="cut off"):
        inspect(folder)


def test_damaged_folders_are_refused_or_described_within_a_second(tmp_path):
    whole = (NANO_STEP / "model.safetensors").read_bytes()
    config = (NANO_STEP / "config.json").read_bytes()
    folder = write(tmp_path / "m")
    began_at = time.monotonic()
    said = []
    for number in range(200):
        chance = random.Random(number)
        for name, data in (("model.safetensors", whole[:60_000]), ("config.json", config)):
            mutated = bytearray(data)
            for _ in range(chance.choice((0, 1, 10))):
                mutated[chance.randrange(len(mutated))] = chance.randrange(256)
            (folder / name).write_bytes(mutated)
        try:
            inspect(folder)
        except AppError as error:
            said.append(error.message)

    assert all(said)
    assert time.monotonic() - began_at < 60
