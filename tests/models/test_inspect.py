"""A header tells what a model is and what it needs, and no header can do harm."""

import json
import random
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.engine import sizes
from app.engine.errors import AppError, ErrorKind
from app.models.inspect import inspect
from app.models.locate import starter_path
from tests.data.ghost_step import GHOST_LAYERS, write_ghost
from tests.reference.bert import CLS, MEAN, random_bert

NANO_STEP = Path(__file__).parent.parent / "data" / "nano-step-q8_0.gguf"
GB = 1e9


@pytest.fixture(scope="module")
def ghost(tmp_path_factory):
    """Step 3.5 Flash with its real tensor shapes and no weights: a sparse file."""
    path = tmp_path_factory.mktemp("ghost") / "step-3.5-flash-q4_k.gguf"
    write_ghost(path)
    return path


def test_the_starter_is_described():
    facts = inspect(starter_path())

    assert facts.architecture == "llama"
    assert facts.context_length == 8192
    assert (len(facts.layers), facts.heads, facts.width) == (30, 9, 576)
    assert facts.vocabulary == 49152
    assert facts.quantisation == "Q4_1"
    assert facts.chat_template
    assert facts.mtp_depth == facts.experts == facts.window == 0
    assert 134e6 < facts.parameters < 136e6


def test_a_step_model_is_described():
    facts = inspect(NANO_STEP)

    assert facts.architecture == "step35"
    assert (facts.experts, facts.experts_used, facts.window) == (8, 2, 64)
    assert facts.mtp_depth == 3
    assert [layer.is_sliding for layer in facts.layers] == [False, True, True, True] * 2
    assert [layer.is_mtp for layer in facts.layers] == [False] * 5 + [True] * 3


def test_the_real_model_has_its_published_size(ghost):
    facts = inspect(ghost)

    assert len(facts.layers) == GHOST_LAYERS
    assert facts.parameters == pytest.approx(199.4e9, rel=0.002)
    assert facts.mtp_depth == 3
    assert ghost.stat().st_blocks * 512 < 4e6


@pytest.mark.parametrize(
    ("context", "full", "with_window", "q8_full", "everything"),
    [
        (4096, 0.20, 0.27, 0.11, 0.75),
        (32768, 1.61, 1.68, 0.86, 6.04),
        (65536, 3.22, 3.29, 1.71, 12.1),
        (131072, 6.44, 6.51, 3.42, 24.2),
        (262144, 12.88, 12.95, 6.85, 48.3),
    ],
)
def test_the_kv_cache_of_the_real_model_is_as_computed_by_hand(
    ghost, context, full, with_window, q8_full, everything
):
    facts = inspect(ghost)

    assert facts.kv_bytes(context, 0) / GB == pytest.approx(full, rel=0.03)
    assert facts.kv_bytes(context, 512) / GB == pytest.approx(with_window, rel=0.02)
    assert facts.kv_bytes(context, 0, "q8_0") / GB == pytest.approx(q8_full, rel=0.04)
    assert facts.kv_bytes(context) / GB == pytest.approx(everything, rel=0.01)


def test_a_long_context_never_takes_what_a_full_window_cache_would(ghost):
    memory = inspect(ghost).memory(262_144)

    assert memory.kv_cache < 15 * GB


@pytest.fixture(scope="module")
def reported(ghost):
    """What llama.cpp says that the caches of the real model take, opened as the engine opens it.

    Loaded without allocating anything; by context length and type: MiB of each cache.
    """
    code = """
import json, re, sys
from app.engine.protocol import EngineOptions
from app.models.placement import Placement
from engine_gguf import bindings, processor
from engine_gguf.model import _context_params
processor.load_processor_code(128)
llama, lines, found = bindings.llama, [], []
callback = llama.llama_log_callback(lambda _, text, __: lines.append(text.decode()))
llama.llama_log_set(callback, None)
params = llama.llama_model_default_params()
params.no_alloc, params.use_extra_bufts = True, False
params.load_mode = llama.llama_load_mode_from_str(b"none")
model = llama.llama_model_load_from_file(sys.argv[1].encode(), params)
window = llama.llama_model_n_swa(model)
for length in (4096, 32768, 65536, 131072, 262144):
    for kv_type in ("f16", "q8_0"):
        lines.clear()
        placement = Placement(kv_type=kv_type)
        options = EngineOptions(context_length=length, threads=1)
        context = llama.llama_init_from_model(
            model, _context_params(length, window, placement, options)
        )
        assert context
        sizes = [re.search(r"size = +([0-9.]+) MiB \\( *\\d+ cells", line) for line in lines]
        found.append((length, kv_type, [float(size[1]) for size in sizes if size]))
        llama.llama_free(context)
print(json.dumps(found))
"""
    told = subprocess.run(
        [sys.executable, "-c", code, str(ghost)],
        capture_output=True, text=True, timeout=100, check=True,
    )  # fmt: skip
    rows = json.loads(told.stdout.splitlines()[-1])
    return {(length, kv_type): sizes for length, kv_type, sizes in rows}


@pytest.mark.parametrize("kv_type", ["f16", "q8_0"])
@pytest.mark.parametrize("context", [4096, 32_768, 65_536, 131_072, 262_144])
def test_llama_cpp_reports_the_kv_cache_that_was_predicted(ghost, reported, context, kv_type):
    facts = inspect(ghost)

    cells = sizes.cells(context)
    kept = sizes.window_cells(cells, 512, sizes.sequences(has_window=True), sizes.CHUNK_TOKENS)
    full = facts.kv_bytes(cells, 0, kv_type) / 2**20
    window = facts.kv_bytes(0, kept, kv_type) / 2**20
    assert reported[context, kv_type] == pytest.approx([full, window], abs=0.01)
    predicted = facts.memory(context, kv_type).kv_cache - facts._mtp_kv_bytes(kv_type)
    assert sum(reported[context, kv_type]) == pytest.approx(predicted / 2**20, abs=0.02)


def test_the_engine_never_asks_for_a_full_window_cache(reported):
    """It would take 46,080 MiB at 256K."""
    assert sum(reported[262_144, "f16"]) < 14_500


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("context", [512, 1024, 2048, 4096])
@pytest.mark.parametrize("model", ["starter", "nano-step"])
def test_the_prediction_is_near_what_a_worker_takes(model, context):
    path = starter_path() if model == "starter" else NANO_STEP
    code = """
import sys
from pathlib import Path
from app.engine.memory import resident_bytes
from app.engine.protocol import *
from engine_gguf import open_engine
options = EngineOptions(context_length=int(sys.argv[2]), threads=1, cache_memory_bytes=0)
engine = open_engine(Path(sys.argv[1]), options, lambda _: None)
text = "door " * 5
while engine.count_tokens(text) < int(sys.argv[2]) - 40:  # cells never used take no memory
    text += "door " * 5
prompt = (PromptPart(text),)
engine.submit(GenerateRequest("a", prompt, SamplingParams(temperature=0), 16))
while not any(isinstance(event, Finished) for event in engine.step()):
    pass
print(resident_bytes())
"""
    told = subprocess.run(
        [sys.executable, "-c", code, str(path), str(context)],
        capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip

    predicted = inspect(path).memory(context).total
    print(f"{model} at {context}: predicted / measured {predicted / int(told.stdout):.3f}")
    assert predicted == pytest.approx(int(told.stdout), rel=0.05)


def test_more_context_takes_more_memory():
    facts = inspect(starter_path())

    found = [facts.memory(length).total for length in (512, 1024, 2048, 4096)]
    assert found == sorted(found)
    assert facts.memory(10**9) == facts.memory(8192)


def kind_of_failure(path):
    try:
        inspect(path).memory(4096)
    except AppError as error:
        return error.kind
    return None


def test_three_hundred_damaged_headers_are_refused_or_read_quickly(tmp_path):
    data = NANO_STEP.read_bytes()
    header_bytes = 90_000
    chance = random.Random(4)
    path = tmp_path / "mutated.gguf"
    begin = time.monotonic()
    kinds = set()

    for _ in range(300):
        mutated = bytearray(data[:header_bytes])
        for _ in range(chance.choice((1, 3, 30))):
            at = chance.randrange(len(mutated))
            mutated[at : at + 8] = chance.choice(
                (b"\xff" * 8, bytes(8), chance.randbytes(8), struct.pack("<Q", 2**62))
            )
        del mutated[header_bytes:]
        path.write_bytes(bytes(mutated) + data[header_bytes:])
        kinds.add(kind_of_failure(path))

    assert kinds <= {None, ErrorKind.MODEL_INVALID}
    assert time.monotonic() - begin < 60


@pytest.mark.parametrize("kept", [0, 3, 24, 5_000, 80_000, 1_000_000])
def test_a_cut_file_is_refused(tmp_path, kept):
    path = tmp_path / "cut.gguf"
    path.write_bytes(NANO_STEP.read_bytes()[:kept])

    with pytest.raises(AppError, match=r"cut off|not a GGUF"):
        inspect(path)


def test_a_claim_of_endless_lists_is_refused_at_once(tmp_path):
    key = b"tokens"
    field = struct.pack("<Q", len(key)) + key + struct.pack("<IIQ", 9, 8, 2**60)
    path = tmp_path / "huge.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + field)

    with pytest.raises(AppError, match="longer than the file"):
        inspect(path)


def test_a_missing_part_of_a_split_model_is_named(tmp_path):
    path = tmp_path / "big-00001-of-00003.gguf"
    path.write_bytes(NANO_STEP.read_bytes())

    with pytest.raises(AppError, match="big-00002-of-00003"):
        inspect(path)


def test_the_parts_of_a_split_model_are_read_as_one(tmp_path):
    for part in (1, 2):
        (tmp_path / f"twice-0000{part}-of-00002.gguf").write_bytes(NANO_STEP.read_bytes())

    facts = inspect(tmp_path / "twice-00001-of-00002.gguf")

    assert len(facts.files) == 2
    assert facts.weights_bytes == 2 * inspect(NANO_STEP).weights_bytes


def test_layer_bytes_add_up_to_all_but_the_shared_tensors():
    facts = inspect(NANO_STEP)

    shared = sum(one.size_bytes for one in facts.tensors if not one.name.startswith("blk."))
    assert sum(facts.layer_bytes()) + shared == facts.weights_bytes


@pytest.mark.parametrize("pooling", [MEAN, CLS])
def test_an_embedding_model_is_known_from_its_header(tmp_path, pooling):
    path = tmp_path / "bert.gguf"
    random_bert(pooling).write(path)

    facts = inspect(path)

    assert facts.is_embedding_model
    assert (facts.embedding_size, facts.context_length) == (32, 64)
    assert facts.memory(64).kv_cache == 0


def test_a_chat_model_is_no_embedding_model():
    assert inspect(NANO_STEP).embedding_size == 0
