"""Settings survive damaged files, wrong values and older or newer versions."""

import json
import os

import pytest

from app import settings
from app.settings import Settings


@pytest.fixture
def path(tmp_path):
    return tmp_path / "settings.json"


def write(path, **values) -> None:
    path.write_text(json.dumps(values), encoding="utf-8")


def test_without_a_file_the_defaults_hold(path):
    assert settings.load(path) == Settings()


def test_what_is_saved_is_loaded(path):
    chosen = Settings(
        model="/models/模型.gguf",
        engine="gguf",
        context_length=4096,
        kv_type="q8_0",
        mtp="off",
        temperature=0.0,
        top_p=1.0,
        keep_prefixes_on_disk=True,
        endpoint_enabled=True,
        endpoint_port=0,
        theme="dark",
        endpoint_lan=True,
        text_percent=200,
        density="compact",
        language="zh_CN",
        announce="sentences",
        is_welcomed=True,
        titles_by_model=False,
        closes_to_tray=False,
        shortcuts={"new_chat": "Ctrl+N; Ctrl+Alt+N", "rename": ""},
    )

    settings.save(path, chosen)

    assert settings.load(path) == chosen


def test_the_defaults_are_in_range():
    assert Settings().checked() == Settings()


WRONG = [
    *[("model", value) for value in ["", None, 1, [], {}]],
    *[("engine", value) for value in ["", None, 1]],
    *[
        ("context_length", value)
        for value in [255, 1_048_577, -1, "8192", None, True, False, 8192.5]
    ],
    *[("temperature", value) for value in [-0.1, 2.1, "1", None, False, float("nan")]],
    *[("top_p", value) for value in [-0.1, 1.1, "1", None, True, float("inf")]],
    *[("keep_prefixes_on_disk", value) for value in [0, 1, "true", None]],
    *[("endpoint_enabled", value) for value in [0, 1, "true", None]],
    *[("endpoint_port", value) for value in [-1, 65536, "80", None, True, 80.5]],
    *[("endpoint_lan", value) for value in [0, 1, "true", None]],
    *[("theme", value) for value in ["blue", "", None, 1, [], {}]],
    *[("text_percent", value) for value in [79, 201, "100", None, True, 99.5]],
    *[
        (name, value)
        for name in ("kv_type", "mtp", "density", "language", "announce")
        for value in ["blue", "", None, 1, [], {}]
    ],
    *[(name, value) for name in ("is_welcomed", "closes_to_tray") for value in [0, "no", None]],
    *[("shortcuts", value) for value in [None, [], "F2", {"rename": 2}, {"rename": ["F2"]}]],
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_alone_falls_back_to_its_default(path, name: str, value):
    good = {"model": "m.gguf", "context_length": 512, "theme": "dark"}
    good.pop(name, None)
    write(path, **good, **{name: value})

    loaded = settings.load(path)

    assert getattr(loaded, name) == getattr(Settings(), name)
    assert all(getattr(loaded, kept) == wanted for kept, wanted in good.items())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("context_length", value) for value in [0, 256, 1_048_576]],
        *[("temperature", value) for value in [0, 2, 0.0, 1.5]],
        *[("top_p", value) for value in [0, 1]],
        *[("endpoint_port", value) for value in [0, 65535]],
    ],
)
def test_the_ends_of_a_range_belong_to_it(path, name: str, value):
    write(path, **{name: value})

    assert getattr(settings.load(path), name) == value


def test_options_of_a_newer_version_are_ignored(path):
    write(path, theme="dark", telepathy=True)

    assert settings.load(path) == Settings(theme="dark")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"1", b"\xff\xfe{}", b'{"theme": ', b"\0" * 100, b"[" * 100_000],
    ids=["empty", "cut", "list", "null", "number", "not UTF-8", "half", "zeros", "deep"],
)
def test_a_damaged_file_is_set_aside_and_the_defaults_hold(path, content: bytes):
    path.write_bytes(content)

    assert settings.load(path) == Settings()
    assert not path.exists()
    assert (path.parent / "settings.damaged").read_bytes() == content


def test_a_file_with_a_byte_order_mark_is_read(path):
    path.write_bytes(b'\xef\xbb\xbf{"theme": "dark"}')

    assert settings.load(path) == Settings(theme="dark")


def test_a_folder_in_place_of_the_file_is_no_crash(path):
    path.mkdir()

    assert settings.load(path) == Settings()


def test_a_damaged_file_that_cannot_be_moved_is_no_crash(path, monkeypatch: pytest.MonkeyPatch):
    path.write_bytes(b"{")

    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", fail)

    assert settings.load(path) == Settings()


def test_a_crash_while_saving_leaves_the_old_file(path, monkeypatch: pytest.MonkeyPatch):
    settings.save(path, Settings(theme="dark"))

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        settings.save(path, Settings(theme="light"))

    assert settings.load(path) == Settings(theme="dark")


def test_saving_leaves_no_other_file(path):
    settings.save(path, Settings())
    settings.save(path, Settings(theme="dark"))

    assert [found.name for found in path.parent.iterdir()] == ["settings.json"]
