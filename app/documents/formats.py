"""The kinds of files that can be read, told by their content first and by their name second."""

import re
import zipfile
from pathlib import PurePath
from typing import BinaryIO, Literal

# fmt: off
Kind = Literal[
    "pdf", "docx", "pptx", "xlsx", "xls", "ods", "odt", "odp", "epub",
    "html", "markdown", "text", "rtf", "csv", "code", "email", "picture",
]
# fmt: on

# Told by content as well; the suffix only says what was to be expected.
_BINARY_SUFFIXES: dict[str, Kind] = {
    ".pdf": "pdf",
    **dict.fromkeys((".docx", ".docm", ".dotx"), "docx"),
    **dict.fromkeys((".pptx", ".pptm", ".ppsx"), "pptx"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xltx", ".xlsb"), "xlsx"),
    ".xls": "xls",
    ".ods": "ods",
    ".odt": "odt",
    ".odp": "odp",
    ".epub": "epub",
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp"), "picture"),
}
# Text of one sort or another: only the suffix tells a program from a letter.
_TEXT_SUFFIXES: dict[str, Kind] = {
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    **dict.fromkeys((".md", ".markdown"), "markdown"),
    **dict.fromkeys((".txt", ".text", ".log", ".rst", ".tex", ".srt", ".vtt"), "text"),
    ".rtf": "rtf",
    **dict.fromkeys((".csv", ".tsv"), "csv"),
    **dict.fromkeys((".eml", ".mbox"), "email"),
    **dict.fromkeys(
        (
            *(".py", ".pyi", ".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".go", ".rs", ".java"),
            *(".js", ".mjs", ".ts", ".tsx", ".jsx", ".kt", ".swift", ".rb", ".php", ".pl", ".r"),
            *(".jl", ".lua", ".scala", ".hs", ".ml", ".m", ".sql", ".sh", ".bash", ".ps1", ".bat"),
            *(".json", ".jsonl", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".xml", ".css", ".vue"),
            *(".cmake", ".tf", ".proto", ".diff", ".patch", ".f90", ".asm", ".v", ".vhdl", ".zig"),
        ),
        "code",
    ),
}
SUPPORTED_SUFFIXES = frozenset(_BINARY_SUFFIXES) | frozenset(_TEXT_SUFFIXES)
# What a folder is searched for: few pictures have text, so each has to be chosen by itself.
FOLDER_SUFFIXES = frozenset(
    suffix for suffix in SUPPORTED_SUFFIXES if _BINARY_SUFFIXES.get(suffix) != "picture"
)

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_PICTURE_MAGIC = re.compile(
    rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|II\*\x00|MM\x00\*|RIFF.{4}WEBP", re.DOTALL
)
_HEAD_BYTES = 4096
_ODF_TYPES: dict[str, Kind] = {
    "application/epub+zip": "epub",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_MAIN_PARTS: dict[str, Kind] = {
    "word/document.xml": "docx",
    "ppt/presentation.xml": "pptx",
    "xl/workbook.xml": "xlsx",
    "xl/workbook.bin": "xlsx",
    "META-INF/container.xml": "epub",
}
_MAIL_HEADER = re.compile(
    rb"\A(?:From [^\n]+\n)?(?:(?:Return-Path|Received|From|To|Subject|Date|Message-ID|MIME-Version|"
    rb"Delivered-To|X-[\w-]+): [^\n]*\n(?:[ \t][^\n]*\n)*){2}",
    re.IGNORECASE,
)
_HTML_START = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html\b)",
    re.IGNORECASE | re.DOTALL,
)


def expected_kind(name: str) -> Kind | None:
    """What the name promises; None for a suffix that is not known."""
    suffix = PurePath(name).suffix.lower()
    return _BINARY_SUFFIXES.get(suffix) or _TEXT_SUFFIXES.get(suffix)


def find_kind(file: BinaryIO, name: str) -> Kind | None:
    """What the file is; None for a binary file that is not known."""
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(_ZIP_MAGIC):
        return _kind_of_archive(file)
    if head.startswith(OLE_MAGIC):
        return "xls"
    if _PICTURE_MAGIC.match(head):
        return "picture"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    return _kind_of_text(head, name)


def _kind_of_text(head: bytes, name: str) -> Kind | None:
    expected = _TEXT_SUFFIXES.get(PurePath(name).suffix.lower())
    if _HTML_START.match(head) and expected not in ("code", "markdown"):
        return "html"
    if expected == "rtf":  # says so in its first characters, or is none
        expected = None
    if expected is None and _MAIL_HEADER.match(head.replace(b"\r\n", b"\n")):
        return "email"
    if expected == "html" and b"<" not in head:
        return "text"
    return expected or "text"


def _kind_of_archive(file: BinaryIO) -> Kind | None:
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            media_type = _media_type(archive) if "mimetype" in names else ""
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return None
    finally:
        file.seek(0)
    if media_type in _ODF_TYPES:
        return _ODF_TYPES[media_type]
    return next((kind for entry, kind in _MAIN_PARTS.items() if entry in names), None)


def _media_type(archive: zipfile.ZipFile) -> str:
    with archive.open("mimetype") as entry:
        return entry.read(100).decode("ascii", "replace").strip()
