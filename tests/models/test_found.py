"""Models of other programs are found where those programs keep them, and nothing is written."""

import json
import os

import pytest

from app.models.found import Places, find_models

SHA = "ab" * 32


@pytest.fixture
def places(tmp_path):
    return Places(tmp_path / "hub", (tmp_path / "lmstudio",), (tmp_path / "ollama",))


def file(path, size=10):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(size))
    return path


def folder_model(path):
    file(path / "config.json")
    file(path / "model.safetensors", 30)
    return path


def ollama_model(top, name, digest=f"sha256:{SHA}", kind="application/vnd.ollama.image.model"):
    manifest = {"layers": [{"mediaType": kind, "digest": digest}]}
    path = top / "manifests" / "registry.ollama.ai" / name
    file(path).write_text(json.dumps(manifest), encoding="utf-8")
    return path


def found(tmp_path, places):
    return {(one.name, one.source, one.format) for one in find_models(tmp_path / "mine", places)}


def test_doorsteps_own_folder_comes_first(tmp_path, places):
    file(tmp_path / "lmstudio" / "owner" / "b" / "b.gguf")
    file(tmp_path / "mine" / "z.gguf")

    models = find_models(tmp_path / "mine", places)

    assert [one.name for one in models] == ["z", "b"]
    assert [one.source for one in models] == ["doorstep", "lmstudio"]


def test_a_split_model_is_one_model_with_the_size_of_all_parts(tmp_path, places):
    for number in (1, 2, 3):
        file(tmp_path / "mine" / f"big-0000{number}-of-00003.gguf")

    (model,) = find_models(tmp_path / "mine", places)

    assert model.path.name == "big-00001-of-00003.gguf"
    assert model.size_bytes == 30


def test_a_folder_with_weights_is_a_model(tmp_path, places):
    folder_model(tmp_path / "mine" / "step-4bit")

    assert found(tmp_path, places) == {("step-4bit", "doorstep", "folder")}


def test_the_newest_snapshot_of_a_hugging_face_repository_is_found(tmp_path, places):
    snapshots = tmp_path / "hub" / "models--owner--step" / "snapshots"
    folder_model(snapshots / "old")
    newest = folder_model(snapshots / "new")
    os.utime(snapshots / "old", (1, 1))

    (model,) = find_models(tmp_path / "mine", places)

    assert (model.name, model.path) == ("owner/step", newest)


def test_a_gguf_in_the_hugging_face_cache_is_found_through_its_link(tmp_path, places):
    repository = tmp_path / "hub" / "models--owner--step"
    blob = file(repository / "blobs" / SHA)
    link = repository / "snapshots" / "commit" / "step-q4.gguf"
    link.parent.mkdir(parents=True)
    link.symlink_to(blob)

    assert found(tmp_path, places) == {("step-q4", "huggingface", "gguf")}


def test_ollamas_manifests_lead_to_their_blobs(tmp_path, places):
    blob = file(tmp_path / "ollama" / "blobs" / f"sha256-{SHA}", 70)
    ollama_model(tmp_path / "ollama", "library/qwen3/8b")

    (model,) = find_models(tmp_path / "mine", places)

    assert (model.name, model.path, model.size_bytes) == ("qwen3:8b", blob, 70)


@pytest.mark.parametrize("digest", ["sha256:../../etc/passwd", "sha256:" + "A" * 64, 7, None])
def test_a_manifest_that_points_elsewhere_is_not_followed(tmp_path, places, digest):
    ollama_model(tmp_path / "ollama", "library/qwen3/8b", digest)

    assert found(tmp_path, places) == set()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"layers": 3}', "[" * 100_000])
def test_a_damaged_manifest_is_passed_over(tmp_path, places, text):
    ollama_model(tmp_path / "ollama", "library/a/b").write_text(text, encoding="utf-8")

    assert found(tmp_path, places) == set()


def test_one_file_in_two_places_is_told_once(tmp_path, places):
    real = file(tmp_path / "lmstudio" / "owner" / "a" / "a.gguf")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.gguf").symlink_to(real)

    (model,) = find_models(tmp_path / "mine", places)

    assert model.source == "doorstep"


def test_picture_readers_beside_a_model_are_no_models(tmp_path, places):
    file(tmp_path / "lmstudio" / "o" / "m" / "mmproj-model-f16.gguf")

    assert found(tmp_path, places) == set()


def test_folders_that_are_not_there_hold_nothing(tmp_path, places):
    assert find_models(tmp_path / "nowhere", places) == []


def test_a_ring_of_links_ends(tmp_path, places):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "again").symlink_to(tmp_path / "mine")

    assert find_models(tmp_path / "mine", places) == []


def test_the_variables_of_other_programs_count(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "h"))
    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path / "o"))

    places = Places.default()

    assert places.huggingface == tmp_path / "h"
    assert places.ollama[0] == tmp_path / "o"
