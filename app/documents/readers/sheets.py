"""Spreadsheets: a page per sheet, cells with tabs between them, as values and not as formulas."""

import datetime
import io
from collections.abc import Iterator

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, load_workbook

from app.documents.formats import OLE_MAGIC
from app.documents.readers.bounded_zip import open_archive
from app.documents.readers.odf import refuse_protected
from app.documents.readers.sections import UNIT_CHARACTERS
from app.documents.readers.source import DAMAGED, EXPANDS, PROTECTED, Source, Unreadable
from app.documents.values import Page

MAX_BYTES = 256 << 20
_OLD_WORD = (
    "It is of an old Office format. Open it in its own program, save it as .docx, .xlsx or .pptx, "
    "and add that."
)
_MAX_CELL = 20_000


def read_xlsx(source: Source) -> Iterator[Page]:
    open_archive(source).check()
    yield from _read(source, "xlsx")


def read_ods(source: Source) -> Iterator[Page]:
    archive = open_archive(source)
    refuse_protected(archive)
    archive.check()
    yield from _read(source, "ods")


def read_ole(source: Source) -> Iterator[Page]:
    """Old Excel files; other old Office files and protected new ones are kept in the same way."""
    head = source.file.read(1 << 20)
    assert head.startswith(OLE_MAGIC)
    if "EncryptedPackage".encode("utf-16-le") in head + _tail(source):
        raise Unreadable(PROTECTED)
    try:
        yield from _read(source, "xls")
    except Unreadable as error:
        raise Unreadable(_OLD_WORD if str(error) == DAMAGED else str(error)) from error


def _tail(source: Source) -> bytes:
    source.file.seek(max(source.size_bytes - (1 << 20), 0))
    return source.file.read()


def _read(source: Source, kind: str) -> Iterator[Page]:
    if source.size_bytes > MAX_BYTES:
        raise Unreadable(EXPANDS)
    source.file.seek(0)
    workbook = _open(source.file.read())
    source.start(kind, 0)
    number = 1
    for name in workbook.sheet_names:
        for page in _pages(name, _rows(workbook, name), number):
            yield page
            number = page.number + 1


def _open(data: bytes) -> CalamineWorkbook:
    try:
        return load_workbook(io.BytesIO(data))
    except PasswordError as error:
        raise Unreadable(PROTECTED) from error
    except (CalamineError, OSError, ValueError) as error:
        raise Unreadable(DAMAGED) from error


def _rows(workbook: CalamineWorkbook, name: str) -> Iterator[tuple[int, str]]:
    """(row number, its cells) of every row that is not empty."""
    try:
        sheet = workbook.get_sheet_by_name(name)
        first = sheet.start[0] + 1 if sheet.start else 1
        for number, row in enumerate(sheet.iter_rows(), 1):
            text = "\t".join(_cell(value) for value in row).rstrip("\t")
            if text.strip():
                yield max(number, first), text
    except (CalamineError, ValueError):
        return  # a chart, or a sheet that is damaged: the others are still there


def _pages(name: str, rows: Iterator[tuple[int, str]], number: int) -> Iterator[Page]:
    """One page for a sheet; a long one goes on, with the numbers of its rows."""
    kept: list[str] = []
    size = first = last = 0
    is_long = False
    for row, text in rows:
        if kept and size + len(text) > UNIT_CHARACTERS:
            is_long = True
            yield Page(number, "\n".join(kept), f"Sheet {name}, rows {first}-{last}")
            number, kept, size = number + 1, [], 0
        first = first if kept else row
        kept.append(text)
        last, size = row, size + len(text) + 1
    if kept:
        rows_label = f", rows {first}-{last}" if is_long else ""
        yield Page(number, "\n".join(kept), f"Sheet {name}{rows_label}")


def _cell(value: object) -> str:
    """A value as it would be read aloud: whole numbers without a point, dates as ISO 8601."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ", "seconds")
    return " ".join(str(value)[:_MAX_CELL].split())
