"""MTP layers taken from the hub's shards work beside a model that came without them."""

import json
import shutil

import mlx.core as mx
import pytest

from app.engine.errors import AppError
from app.engine.protocol import GenerateRequest
from engine_mlx.addon import extract_addon
from engine_mlx.weights import ADDON_FILE
from tests.engine_contract import run, text_of
from tests.engine_mlx.running import CODE, GREEDY, as_parts, open_nano
from tests.reference import tiny_step


@pytest.fixture
def without_mtp(nano_folder, tmp_path):
    """nano-step as mlx-lm converts it: norms with their 1, quantised, no layers 5 to 7."""
    import mlx.nn as nn
    import mlx.utils
    from mlx_lm.models import step3p5

    config = json.loads((nano_folder / "config.json").read_text())
    theirs = step3p5.Model(step3p5.ModelArgs.from_dict(config))
    tensors = mx.load(str(nano_folder / "model.safetensors"))
    wide = {name: value.astype(mx.float32) for name, value in tensors.items()}
    theirs.load_weights(list(theirs.sanitize(wide).items()))
    nn.quantize(theirs, group_size=64, bits=8)
    folder = tmp_path / "nano-8bit"
    shutil.copytree(nano_folder, folder, ignore=shutil.ignore_patterns("model.safetensors"))
    flat = dict(mlx.utils.tree_flatten(theirs.parameters()))
    mx.save_safetensors(str(folder / "model.safetensors"), flat, {"format": "mlx"})
    return folder


def answer_of(engine):
    request = GenerateRequest("a", as_parts(CODE[0]), GREEDY, max_tokens=60)
    events = run(engine, request)["a"]
    return text_of(events), events[-1].drafts


def test_a_model_without_mtp_says_so_and_runs(without_mtp):
    engine = open_nano(without_mtp, None)

    assert engine.info.mtp_depth == 0
    assert "no layers for multi-token prediction" in engine.info.notices[0]
    assert answer_of(engine)[0]


@pytest.mark.parametrize("bits", [4, 8])
def test_an_addon_is_picked_up_and_its_drafts_are_right(without_mtp, nano_folder, bits):
    text, _ = answer_of(open_nano(without_mtp, 0))

    extract_addon([nano_folder / "model.safetensors"], without_mtp, bits)
    engine = open_nano(without_mtp, 3)

    drafted_text, drafts = answer_of(engine)
    assert engine.info.mtp_depth == 3
    assert ADDON_FILE in engine.info.notices[0]
    assert drafted_text == text
    # nano-step's own heads get 0.85 to 0.93 of such drafts right; 4 bits cost some of that.
    assert sum(drafts.accepted) > 0.5 * sum(drafts.drafted)


def test_hub_tensors_beside_a_converted_trunk_get_their_norms_completed(without_mtp, nano_folder):
    tensors = mx.load(str(nano_folder / "model.safetensors"))
    mtp = {
        name: value
        for name, value in tensors.items()
        if name.split(".")[2:3] >= ["5"] and name.startswith("model.layers.")
    }
    mx.save_safetensors(str(without_mtp / "mtp-of-the-hub.safetensors"), mtp, {"format": "pt"})

    _, drafts = answer_of(open_nano(without_mtp, 3))

    assert sum(drafts.accepted) > 0.7 * sum(drafts.drafted)


def test_an_addon_of_another_model_is_refused(without_mtp, tmp_path):
    other = tiny_step.save(tmp_path / "other")
    addon = extract_addon([other / "model.safetensors"], other)
    shutil.copy(addon, without_mtp / ADDON_FILE)

    with pytest.raises(AppError, match="belong to another model"):
        open_nano(without_mtp, None)


def test_shards_without_mtp_layers_are_refused(without_mtp):
    with pytest.raises(AppError, match="do not hold the MTP layers"):
        extract_addon([without_mtp / "model.safetensors"], without_mtp)


def test_shards_of_another_model_are_refused(without_mtp, tmp_path):
    other = tiny_step.save(tmp_path / "other")

    with pytest.raises(AppError, match="another model"):
        extract_addon([other / "model.safetensors"], without_mtp)
