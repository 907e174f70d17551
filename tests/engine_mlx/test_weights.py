"""Folders in every layout load to the same model, and broken ones are refused in words."""

import json
import shutil

import mlx.core as mx
import numpy as np
import pytest
from safetensors.numpy import save_file

from app.engine.errors import AppError, ErrorKind
from engine_mlx.model import Rows
from engine_mlx.weights import published_name
from tests.engine_mlx.running import CODE, answer, open_nano
from tests.reference import tiny_step

TOKENS = mx.array(np.random.default_rng(5).integers(5, 256, 60))


def logits(model):
    return model.logits(model(TOKENS, [Rows(model.new_caches(), 0, 60)]))


def converted():
    """The tiny model as mlx-lm would write it: its names, norms with their 1, no MTP layers."""
    from mlx_lm.models import step3p5

    theirs = step3p5.Model(step3p5.ModelArgs.from_dict(tiny_step.CONFIG))
    wide = {name: mx.array(value) for name, value in tiny_step.weights().items()}
    theirs.load_weights(list(theirs.sanitize(wide).items()))
    return theirs


def save_converted(folder, model, config):
    import mlx.utils

    folder.mkdir()
    tensors = dict(mlx.utils.tree_flatten(model.parameters()))
    mx.save_safetensors(str(folder / "model.safetensors"), tensors, {"format": "mlx"})
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def test_mlx_names_with_converted_norms_load_to_the_same_model(tmp_path, tiny, load):
    config = tiny_step.CONFIG | {"num_nextn_predict_layers": 0}
    folder = save_converted(tmp_path / "mlx", converted(), config)

    model, _ = load(folder)

    assert mx.abs(logits(model) - logits(tiny[0])).max().item() < 1e-5


@pytest.mark.parametrize("bits", [4, 6, 8])
def test_quantised_layout_computes_what_mlx_lm_computes(tmp_path, load, bits):
    import mlx.nn as nn

    theirs = converted()
    nn.quantize(
        theirs,
        group_size=64,
        bits=bits,
        class_predicate=lambda path, module: (
            hasattr(module, "to_quantized")
            and ({"group_size": 64, "bits": 8} if "mlp.gate.gate" in path else True)
        ),
    )
    config = tiny_step.CONFIG | {"num_nextn_predict_layers": 0}
    folder = save_converted(tmp_path / "quantised", theirs, config)

    model, _ = load(folder)

    assert mx.abs(logits(model) - theirs(TOKENS[None])[0]).max().item() < 1e-4


def test_layer_lists_cut_to_the_trunk_load_to_the_same_model(tmp_path, tiny, load):
    config = {
        name: value[:5] if isinstance(value, list) and len(value) == 8 else value
        for name, value in tiny_step.CONFIG.items()
    }
    model, heads = load(tiny_step.save(tmp_path / "cut", config, tiny_step.weights()))

    assert mx.array_equal(logits(model), logits(tiny[0]))
    assert len(heads) == 3


def test_heads_are_found_without_their_fields_in_the_config(tmp_path, nano_folder):
    folder = shutil.copytree(nano_folder, tmp_path / "nano")
    config = json.loads((folder / "config.json").read_text())
    del config["num_nextn_predict_layers"]
    (folder / "config.json").write_text(json.dumps(config))

    engine = open_nano(folder, 3)

    assert engine.info.mtp_depth == 3
    assert answer(engine, CODE[:1], max_tokens=20) == answer(
        open_nano(nano_folder, 0), CODE[:1], max_tokens=20
    )


def test_the_text_tower_of_step_37_loads_to_the_same_model(tmp_path, tiny, load):
    tensors = {
        (name.replace("model.", "model.language_model.", 1)): value
        for name, value in tiny_step.weights().items()
    }
    tensors["vision_model.patch.weight"] = np.zeros((3, 3), np.float32)
    config = {"model_type": "step3p7", "text_config": tiny_step.CONFIG}
    model, _ = load(tiny_step.save(tmp_path / "step37", config, tensors))

    assert mx.array_equal(logits(model), logits(tiny[0]))


def test_shards_load_to_the_same_model(tmp_path, tiny, load):
    folder = save_shards(tmp_path / "shards")

    model, _ = load(folder)

    assert mx.array_equal(logits(model), logits(tiny[0]))


def test_fp8_blocks_are_dequantised(tmp_path, load):
    tensors = tiny_step.weights()
    name = "model.layers.0.self_attn.q_proj.weight"
    shape = tensors[name].shape
    codes = np.array(mx.to_fp8(mx.array(tensors[name])))
    scale = np.full((1, 1), 0.5, np.float32)
    folder = tiny_step.save(
        tmp_path / "fp8",
        tensors=tensors | {name: codes, f"{name}_scale_inv": scale},
    )
    mark_as_fp8(folder / "model.safetensors", name)
    expected = mx.from_fp8(mx.array(codes), mx.float32) * 0.5
    plain = tiny_step.save(
        tmp_path / "plain", tensors=tensors | {name: np.array(expected).reshape(shape)}
    )

    assert mx.allclose(logits(load(folder)[0]), logits(load(plain)[0]), atol=1e-5)


def mark_as_fp8(path, name):
    """Say in the header that the bytes of a tensor are e4m3 (numpy has no such type)."""
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    assert header[name]["dtype"] == "U8"
    header[name]["dtype"] = "F8_E4M3"
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data[8 + size :])


def save_shards(folder):
    names = sorted(tiny_step.weights())
    halves = {"a.safetensors": names[::2], "b.safetensors": names[1::2]}
    folder.mkdir()
    for file, part in halves.items():
        tensors = {name: tiny_step.weights()[name] for name in part}
        save_file(tensors, folder / file, {"format": "pt"})
    weight_map = {name: file for file, part in halves.items() for name in part}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))
    (folder / "config.json").write_text(json.dumps(tiny_step.CONFIG))
    return folder


def refusal(load, folder):
    with pytest.raises(AppError) as caught:
        load(folder)
    assert caught.value.kind in (ErrorKind.MODEL_INVALID, ErrorKind.MODEL_UNSUPPORTED)
    return caught.value.message


def test_a_missing_tensor_is_named(tmp_path, load):
    tensors = tiny_step.weights()
    del tensors["model.layers.3.moe.router_bias"]

    assert "model.layers.3.moe.router_bias is missing" in refusal(
        load, tiny_step.save(tmp_path / "m", tensors=tensors)
    )


def test_an_unknown_tensor_is_named(tmp_path, load):
    tensors = tiny_step.weights() | {"model.layers.1.extra.weight": np.zeros(3, np.float32)}

    assert "model.layers.1.extra.weight is unknown" in refusal(
        load, tiny_step.save(tmp_path / "m", tensors=tensors)
    )


def test_a_tensor_of_the_wrong_shape_is_named(tmp_path, load):
    tensors = tiny_step.weights()
    tensors["lm_head.weight"] = tensors["lm_head.weight"][:100]

    said = refusal(load, tiny_step.save(tmp_path / "m", tensors=tensors))

    assert "lm_head.weight has shape (100, 64) instead of (256, 64)" in said


def test_a_tensor_of_the_wrong_type_is_named(tmp_path, load):
    tensors = tiny_step.weights()
    tensors["model.norm.weight"] = tensors["model.norm.weight"].astype(np.int64)

    said = refusal(load, tiny_step.save(tmp_path / "m", tensors=tensors))

    assert "model.norm.weight has type I64" in said


@pytest.mark.parametrize("kept", [0, 5, 100, 20_000, -1])
def test_a_truncated_file_is_refused(tmp_path, tiny_folder, load, kept):
    folder = shutil.copytree(tiny_folder, tmp_path / "cut")
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:kept])

    assert "cut off" in refusal(load, folder)


def test_a_missing_shard_is_named(tmp_path, load):
    folder = save_shards(tmp_path / "shards")
    (folder / "b.safetensors").unlink()

    assert "b.safetensors is missing" in refusal(load, folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hidden_size": None}, "hidden_size is None"),
        ({"moe_top_k": 9}, "moe_top_k is 9 of 8 experts"),
        ({"rope_theta": [1e4] * 3}, "rope_theta has 3 entries for 5 layers"),
        ({"moe_layers_enum": "2,3,40"}, "moe_layers_enum names a layer that does not exist"),
        ({"moe_router_activation": "softmax"}, "moe_router_activation 'softmax'"),
        ({"rope_scaling": {"rope_type": "yarn", "factor": 2.0}}, "rope_scaling of type 'yarn'"),
        ({"layer_types": ["linear_attention"] * 8}, "the layer type 'linear_attention'"),
    ],
)
def test_a_config_that_cannot_be_run_is_refused_in_words(tmp_path, load, change, said):
    folder = tiny_step.save(tmp_path / "m", tensors=tiny_step.weights())
    (folder / "config.json").write_text(json.dumps(tiny_step.CONFIG | change))

    assert said in refusal(load, folder)


def test_a_config_without_a_field_is_refused_with_its_name(tmp_path, load):
    folder = tiny_step.save(tmp_path / "m", tensors=tiny_step.weights())
    config = {key: value for key, value in tiny_step.CONFIG.items() if key != "sliding_window"}
    (folder / "config.json").write_text(json.dumps(config))

    assert "config.json has no sliding_window" in refusal(load, folder)


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("model.layers.4.mlp.switch_mlp.up_proj.scales", "model.layers.4.moe.up_proj.scales"),
        ("model.layers.4.mlp.gate.gate.weight", "model.layers.4.moe.gate.weight"),
        ("model.layers.4.mlp.gate.router_bias", "model.layers.4.moe.router_bias"),
        ("language_model.model.layers.4.mlp.up_proj.weight", "model.layers.4.mlp.up_proj.weight"),
        ("language_model.lm_head.weight", "lm_head.weight"),
        ("model.language_model.norm.weight", "model.norm.weight"),
    ],
)
def test_names_of_other_layouts_become_the_published_ones(name, published):
    assert published_name(name) == published
