"""E-books: the chapters of an EPUB in the order of its spine."""

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote

from app.documents.readers.bounded_zip import BoundedZip, open_archive
from app.documents.readers.encoding import declared_encoding, decode_all
from app.documents.readers.html import html_blocks
from app.documents.readers.office_xml import attribute, events
from app.documents.readers.sections import Block, cut_unit
from app.documents.readers.source import DAMAGED, Source, Unreadable
from app.documents.values import Page

_FONT_OBFUSCATION = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_PROTECTED_BOOK = "It is locked by its seller (DRM), so only their own program opens it."
_PAGE_TYPES = {"application/xhtml+xml", "text/html", "application/x-dtbook+xml", ""}


def read(source: Source) -> Iterator[Page]:
    archive = open_archive(source)
    _refuse_locked(archive)
    chapters = _chapters(archive)
    source.start("epub", 0)
    number = 1
    for path in chapters:
        data = archive.read(path)
        text = decode_all(data, source.notice, declared=declared_encoding(data))
        blocks = list(html_blocks(text))
        for page in cut_unit(_joined(blocks), _title(blocks), number):
            if page.text.strip():
                yield page
                number = page.number + 1


def _chapters(archive: BoundedZip) -> list[str]:
    package = _package(archive)
    folder = posixpath.dirname(package)
    items: dict[str, str] = {}
    spine: list[str] = []
    for event, name, element in events(archive.read(package), has_dtd=True):
        if event != "start":
            continue
        if name == "item" and attribute(element, "media-type") in _PAGE_TYPES:
            path = posixpath.normpath(posixpath.join(folder, unquote(attribute(element, "href"))))
            items[attribute(element, "id")] = path
        elif name == "itemref":
            spine.append(attribute(element, "idref"))
    # Each once: a spine may name the same chapter without end.
    paths = dict.fromkeys(items[identity] for identity in spine if identity in items)
    return [path for path in paths if path in archive]


def _package(archive: BoundedZip) -> str:
    for event, name, element in events(archive.read("META-INF/container.xml"), has_dtd=True):
        if event == "start" and name == "rootfile":
            return posixpath.normpath(attribute(element, "full-path"))
    raise Unreadable(DAMAGED)


def _refuse_locked(archive: BoundedZip) -> None:
    locks = "META-INF/encryption.xml"
    if locks not in archive:
        return
    for event, name, element in events(archive.read(locks), has_dtd=True):
        algorithm = attribute(element, "Algorithm")
        is_lock = event == "start" and name == "EncryptionMethod"
        if is_lock and algorithm not in _FONT_OBFUSCATION:
            raise Unreadable(_PROTECTED_BOOK)


def _joined(blocks: list[Block]) -> str:
    return "".join(block.separator + block.text for block in blocks).strip("\n")


def _title(blocks: list[Block]) -> str:
    return next((" ".join(block.text.split())[:120] for block in blocks if block.level), "")
