"""Takes from ICU's data what Qt never asks for: it brings 31 MB, of which it uses the sorting.

Qt has its own names of languages, regions, currencies and units, its own breaks between words and,
but on Windows, no text in old encodings; zones of time are shown by nobody here.
"""

import re
import struct
import subprocess
import tempfile
from pathlib import Path

# In the package "icudt73l": folders by name, converters, and whole locales but these.
_UNUSED = re.compile(
    r"icudt\d+l/(?:(?:brkitr|curr|lang|rbnf|region|translit|unit|zone)/.*"
    r"|[^/]*\.cnv|(?!en|zh)[a-z]{2,3}(?:_[^/]*)?\.res)"
)
_SYMBOL = re.compile(rb"icudt\d+_dat(?=\0)")
_SOURCE = """
.section .rodata
.balign 16
.globl {symbol}
.type {symbol}, %object
{symbol}:
.incbin "data"
.size {symbol}, . - {symbol}
.section .note.GNU-stack, "", %progbits
"""


def slimmed(library: Path, folder: Path) -> Path:
    """The library with less in it, in the folder; itself where there is no compiler."""
    content = library.read_bytes()
    symbol = _SYMBOL.search(content)
    start = content.find(b"\xda\x27") - 2
    if symbol is None or start < 0:
        return library
    made = folder / library.name
    with tempfile.TemporaryDirectory() as build:
        (Path(build) / "data").write_bytes(without_unused(content[start:]))
        (Path(build) / "data.s").write_text(_SOURCE.format(symbol=symbol[0].decode()))
        options = ["-shared", "-nostdlib", f"-Wl,-soname,{library.name}"]
        command = ["cc", *options, "-o", str(made.absolute()), "data.s"]
        try:
            subprocess.run(command, cwd=build, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"ICU's data stays as large as it is: {error}")
            return library
    return made


def without_unused(package: bytes) -> bytes:
    """A package of ICU's with fewer entries ("CmnD", ucmndata.h): header, table, names, data.

    What follows the package is taken for a part of its last entry, which does no harm.
    """
    header = struct.unpack_from("<H", package)[0]
    count = struct.unpack_from("<I", package, header)[0]
    table = [struct.unpack_from("<II", package, header + 4 + 8 * n) for n in range(count)]
    ends = [*(start for _, start in table[1:]), len(package) - header]
    kept: list[tuple[bytes, bytes]] = []
    for (name_at, start), end in zip(table, ends, strict=True):
        name = package[header + name_at : package.index(b"\0", header + name_at)]
        if not _UNUSED.fullmatch(name.decode("ascii")):
            kept.append((name + b"\0", package[header + start : header + end]))
    return package[:header] + _packed(kept)


def _packed(entries: list[tuple[bytes, bytes]]) -> bytes:
    names = b"".join(name for name, _ in entries)
    name_at = 4 + 8 * len(entries)
    start = _rounded(name_at + len(names))
    table, data = [struct.pack("<I", len(entries))], []
    for name, content in entries:
        padded = content.ljust(_rounded(len(content)), b"\0")
        table.append(struct.pack("<II", name_at, start))
        data.append(padded)
        name_at, start = name_at + len(name), start + len(padded)
    head = b"".join(table) + names
    return head.ljust(_rounded(len(head)), b"\0") + b"".join(data)


def _rounded(size: int) -> int:
    return (size + 15) // 16 * 16
