"""`doorstep models` tells what is on this computer and what a file is, or why not."""

import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.models.locate import starter_path

DATA = Path(__file__).parent / "data"


@pytest.fixture
def told(tmp_path, capsys):
    def run(*words):
        code = main(["models", *map(str, words), "--data-dir", str(tmp_path)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.mark.parametrize("name", ["nano-step-q8_0.gguf", "nano-step"])
def test_a_model_is_described_for_people(told, name):
    code, out, _ = told("inspect", DATA / name)

    assert code == 0
    for word in ("step", "4,096 tokens", "MTP heads", "weights", "KV cache", "compute", "system"):
        assert word in out


def test_a_model_is_described_for_machines(told):
    code, out, _ = told("inspect", starter_path(), "--json", "--context", 4096)

    found = json.loads(out)
    memory = found["memory_bytes"]
    assert code == 0
    assert (found["architecture"], found["layers"], found["heads"]) == ("llama", 30, 9)
    assert found["for_context_length"] == 4096
    assert sum(value for name, value in memory.items() if name != "total") == memory["total"]


def test_a_longer_context_needs_more(told):
    totals = [
        json.loads(told("inspect", starter_path(), "--json", "--context", context)[1])
        for context in (1024, 8192)
    ]

    assert totals[0]["memory_bytes"]["kv_cache"] < totals[1]["memory_bytes"]["kv_cache"]


@pytest.mark.parametrize(
    "words", [("inspect",), ("inspect", "/nowhere.gguf"), ("inspect", "/dev/null")]
)
def test_what_is_no_model_is_said_in_one_sentence(told, words):
    code, out, err = told(*words)

    assert (code, out) == (1, "")
    assert err.startswith("doorstep: ")
    assert "Traceback" not in err


def test_a_truncated_file_is_called_cut_off(told, tmp_path):
    path = tmp_path / "cut.gguf"
    path.write_bytes((DATA / "nano-step-q8_0.gguf").read_bytes()[:50_000])

    assert "cut off or damaged" in told("inspect", path)[2]


@pytest.mark.parametrize("context", ["0", "-1", "many", "99999999999"])
def test_an_impossible_context_is_refused(told, context):
    with pytest.raises(SystemExit) as ended:
        told("inspect", starter_path(), "--context", context)

    assert ended.value.code == 2


def test_models_are_listed(told, tmp_path, monkeypatch):
    for name in ("HF_HUB_CACHE", "HOME", "OLLAMA_MODELS"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "mine.gguf").write_bytes(b"GGUF")

    code, out, _ = told("list", "--json")

    assert code == 0
    assert [one["name"] for one in json.loads(out)] == ["mine"]


def test_without_a_gpu_backend_it_is_said_so(told, monkeypatch):
    monkeypatch.setattr("app.start.library_folders", lambda _: [])

    code, out, _ = told("devices")

    assert code == 0
    assert "run on the processor" in out
