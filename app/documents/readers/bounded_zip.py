"""Opens archives that office files are made of, and stops at sizes that no honest one has."""

import zipfile
import zlib
from typing import BinaryIO

from app.documents.job import Limits
from app.documents.readers.source import DAMAGED, EXPANDS, PROTECTED, Source, Unreadable

_CHUNK_BYTES = 1 << 18
# Deflate packs at most 1,032 to 1. Spreadsheets with empty rows reach 150 to 1, text 10 to 1.
_MAX_RATIO = 200
_FREE_BYTES = 32 << 20  # an entry this small may have any ratio
_ENCRYPTED = 0x1


class BoundedZip:
    """Entries by name, in memory, all together at most ``limits.expansion_bytes``.

    Names are only looked up, never written to, so that ``../`` in them means nothing. Archives
    inside the archive are never opened.
    """

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._left_bytes = limits.expansion_bytes
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Unreadable(DAMAGED) from error
        entries = self._zip.infolist()
        claimed_bytes = sum(entry.file_size for entry in entries)
        if len(entries) > limits.archive_entries or claimed_bytes > limits.expansion_bytes:
            raise Unreadable(EXPANDS)
        self.names = {entry.filename: entry for entry in entries}

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def read(self, name: str) -> bytes:
        """All of one entry. Raises Unreadable for one that is missing, damaged or too large."""
        return b"".join(self._chunks(name))

    def check(self) -> None:
        """Unpack everything once, for readers that open the archive themselves."""
        for name in self.names:
            for _ in self._chunks(name):
                pass

    def _chunks(self, name: str) -> "list[bytes]":
        entry = self.names.get(name)
        if entry is None:
            raise Unreadable(DAMAGED)
        if entry.flag_bits & _ENCRYPTED:
            raise Unreadable(PROTECTED)
        chunks, size_bytes = [], 0
        try:
            with self._zip.open(entry) as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    size_bytes += len(chunk)
                    self._left_bytes -= len(chunk)
                    ratio = size_bytes / max(entry.compress_size, 1)
                    if self._left_bytes < 0 or (size_bytes > _FREE_BYTES and ratio > _MAX_RATIO):
                        raise Unreadable(EXPANDS)
                    chunks.append(chunk)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise Unreadable(DAMAGED) from error
        except (ValueError, RuntimeError) as error:
            raise Unreadable(DAMAGED) from error
        return chunks


def open_archive(source: Source) -> BoundedZip:
    source.file.seek(0)
    return BoundedZip(source.file, source.limits)
