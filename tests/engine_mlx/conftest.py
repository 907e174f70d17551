"""Models for the tests: nano-step (trained) and a random tiny one, both in fp32 on the CPU."""

import json
from pathlib import Path

import pytest

from tests.reference import tiny_step

mx = pytest.importorskip("mlx.core")

TESTS = Path(__file__).parents[1]
NANO = TESTS / "data" / "nano-step"


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory):
    return tiny_step.save(tmp_path_factory.mktemp("tiny") / "tiny-step")


@pytest.fixture(scope="session")
def nano_folder():
    return NANO


def load_step(folder):
    """(model, heads) of a folder in fp32."""
    from engine_mlx.config import read_config
    from engine_mlx.model import Model
    from engine_mlx.mtp import mtp_heads
    from engine_mlx.weights import Weights

    config = read_config(folder.name, json.loads((folder / "config.json").read_text()))
    weights = Weights(folder, config, mx.float32)
    model, heads = Model(config, weights), mtp_heads(config, weights)
    weights.check()
    return model, heads


@pytest.fixture(scope="session")
def nano():
    return load_step(NANO)


@pytest.fixture(scope="session")
def tiny(tiny_folder):
    return load_step(tiny_folder)


@pytest.fixture(scope="session")
def load():
    return load_step
