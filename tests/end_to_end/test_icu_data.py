"""What the frozen app leaves out of ICU's data, and that Qt does not miss it."""

import importlib.util
import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import PySide6
import pytest

ROOT = Path(__file__).parents[2]
SORT = """
from PySide6.QtCore import QCollator, QLocale
words = ["北京", "上海", "啊", "Öl", "Zebra", "a10", "a2", "äb", "ä", "z", "B", "b", "a"]
for name in ("C", "en_US", "zh_CN", "de_DE", "sv_SE", "ja_JP"):
    collator = QCollator(QLocale(name))
    collator.setNumericMode(True)
    print(name, sorted(words, key=collator.sortKey), QLocale(name).toUpper("straße i"))
maps = open("/proc/self/maps").read().split()
print(*{word for word in maps if "libicudata" in word})
"""


@pytest.fixture(scope="module")
def icu_data() -> ModuleType:
    spec = importlib.util.spec_from_file_location("icu_data", ROOT / "packaging" / "icu_data.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _package(entries: dict[str, bytes]) -> bytes:
    header = struct.pack("<H2s", 32, b"\xda\x27").ljust(32, b"\0")
    names, start = b"", 4 + 8 * len(entries) + sum(len(name) + 1 for name in entries)
    table, data = struct.pack("<I", len(entries)), b""
    for name, content in entries.items():
        at = 4 + 8 * len(entries) + len(names)
        table += struct.pack("<II", at, start + len(data))
        names += name.encode() + b"\0"
        data += content
    return header + table + names + data


def _entries(package: bytes) -> dict[str, bytes]:
    header, count = struct.unpack_from("<H", package)[0], struct.unpack_from("<I", package, 32)[0]
    table = [struct.unpack_from("<II", package, 36 + 8 * n) for n in range(count)]
    found = {}
    for (name, start), end in zip(table, [*(s for _, s in table[1:]), None], strict=True):
        text = package[header + name : package.index(b"\0", header + name)].decode()
        found[text] = package[header + start : None if end is None else header + end]
    return found


def test_only_what_qt_never_asks_for_is_left_out(icu_data: ModuleType):
    kept = {
        "icudt73l/cnvalias.icu": b"aliases",
        "icudt73l/coll/de.res": b"sorting of German",
        "icudt73l/coll/root.res": b"sorting",
        "icudt73l/en.res": b"English",
        "icudt73l/nfc.nrm": b"normal forms",
        "icudt73l/pool.res": b"words",
        "icudt73l/root.res": b"root",
        "icudt73l/zh_Hans.res": b"Chinese",
    }
    lost = dict.fromkeys(
        (
            *("icudt73l/af.res", "icudt73l/brkitr/cjdict.dict", "icudt73l/curr/zh.res"),
            *("icudt73l/de_AT.res", "icudt73l/ibm-37.cnv", "icudt73l/zone/en.res"),
        ),
        b"x",
    )

    found = _entries(icu_data.without_unused(_package(dict(sorted((kept | lost).items())))))

    assert list(found) == sorted(kept)
    assert all(found[name].startswith(content) for name, content in kept.items())


def test_a_library_without_icu_data_stays_as_it_is(icu_data: ModuleType, tmp_path: Path):
    library = tmp_path / "libicudata.so.73"
    library.write_bytes(b"\x7fELF, but nothing of the kind")

    assert icu_data.slimmed(library, tmp_path / "build") == library


@pytest.mark.skipif(
    sys.platform != "linux" or not shutil.which("cc"),
    reason="only Qt for Linux brings ICU, and a compiler makes the library anew",
)
def test_qt_sorts_as_before_with_a_sixth_of_the_data(icu_data: ModuleType, tmp_path: Path):
    libraries = Path(PySide6.__file__).parent / "Qt" / "lib"
    library = next(libraries.glob("libicudata.so.*"))

    made = icu_data.slimmed(library, tmp_path)
    said = [
        subprocess.run(
            [sys.executable, "-c", SORT],
            env=os.environ | {"LD_LIBRARY_PATH": str(folder)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        for folder in (libraries, tmp_path)
    ]

    assert made.stat().st_size < library.stat().st_size / 5
    assert said[0][-1] == str(library.resolve())
    assert said[1][-1] == str(made)
    assert said[0][:-1] == said[1][:-1]
