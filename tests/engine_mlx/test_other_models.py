"""Architectures of mlx-lm run behind the same loop, with n-gram drafts where caches can rewind."""

import json
import shutil

import mlx.core as mx
import mlx.utils
import pytest

from app.engine.errors import AppError, ErrorKind
from tests.engine_contract import EngineContract
from tests.engine_mlx.running import CODE, PROSE, answer, open_nano

LLAMA = {
    "model_type": "llama",
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "intermediate_size": 128,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "rms_norm_eps": 1e-5,
    "vocab_size": 2560,
    "max_position_embeddings": 600,
    "rope_theta": 10000.0,
    "tie_word_embeddings": False,
}
# Sliding windows in mlx-lm's rotating caches.
GEMMA = {
    "model_type": "gemma3_text",
    "hidden_size": 64,
    "num_hidden_layers": 4,
    "intermediate_size": 128,
    "num_attention_heads": 4,
    "num_key_value_heads": 1,
    "head_dim": 32,
    "rms_norm_eps": 1e-6,
    "vocab_size": 2560,
    "sliding_window": 32,
    "sliding_window_pattern": 2,
    "max_position_embeddings": 600,
}


def save(folder, config, tokenizer_from):
    """Random weights of mlx-lm's own class."""
    from mlx_lm.utils import _get_classes

    shutil.copytree(tokenizer_from, folder, ignore=shutil.ignore_patterns("model.*", "config.json"))
    model_class, args_class = _get_classes(config)
    mx.random.seed(1)
    model = model_class(args_class.from_dict(config))
    tensors = dict(mlx.utils.tree_flatten(model.parameters()))
    wide = {
        name: mx.random.normal(value.shape) * 0.3 if value.ndim > 1 else value
        for name, value in tensors.items()
    }
    mx.save_safetensors(str(folder / "model.safetensors"), wide, {"format": "mlx"})
    (folder / "config.json").write_text(json.dumps(config | {"eos_token_id": [1]}))
    return folder


@pytest.fixture(scope="module", params=[LLAMA, GEMMA], ids=["llama", "gemma3"])
def folder(request, tmp_path_factory, nano_folder):
    config = request.param
    return save(tmp_path_factory.mktemp("m") / config["model_type"], config, nano_folder)


@pytest.fixture(scope="module")
def engine(folder):
    return open_nano(folder, None, context_length=600)


class TestOtherModels(EngineContract):
    """Random models of two kinds."""

    keeps_no_states = "states of models that run through mlx-lm are kept in memory only"


def test_ngram_drafts_do_not_change_the_text(folder):
    prompts = [*CODE[:3], *PROSE[:2], "one two three one two three one two"]

    plain = answer(open_nano(folder, 0), prompts, max_tokens=80)
    drafted = answer(open_nano(folder, 3), prompts, max_tokens=80)

    assert plain == drafted


def test_a_known_prefix_is_not_computed_again(folder):
    engine = open_nano(folder, 0)
    prompt = "".join(CODE)

    first = answer(engine, [prompt], max_tokens=8)
    again = answer(engine, [prompt], max_tokens=8)

    assert first == again


def test_an_unknown_architecture_is_refused_by_name(tmp_path, nano_folder):
    folder = shutil.copytree(nano_folder, tmp_path / "unknown")
    (folder / "config.json").write_text(json.dumps({"model_type": "never_heard_of"}))

    with pytest.raises(AppError, match="never_heard_of") as caught:
        open_nano(folder, None)

    assert caught.value.kind is ErrorKind.MODEL_UNSUPPORTED


def test_a_folder_without_a_config_is_refused(tmp_path):
    with pytest.raises(AppError) as caught:
        open_nano(tmp_path, None)

    assert caught.value.kind is ErrorKind.MODEL_NOT_FOUND


@pytest.mark.parametrize("text", ["", "{", "[]", "3"])
def test_a_damaged_config_is_refused(tmp_path, nano_folder, text):
    folder = shutil.copytree(nano_folder, tmp_path / "damaged")
    (folder / "config.json").write_text(text)

    with pytest.raises(AppError, match="damaged"):
        open_nano(folder, None)


@pytest.mark.parametrize("text", [None, "{}", "x"])
def test_a_damaged_tokenizer_is_refused(tmp_path, nano_folder, text):
    folder = shutil.copytree(nano_folder, tmp_path / "damaged")
    (folder / "tokenizer.json").unlink()
    if text is not None:
        (folder / "tokenizer.json").write_text(text)

    with pytest.raises(AppError, match="tokenizer"):
        open_nano(folder, None)
