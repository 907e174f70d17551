"""Reads the XML inside office files as a stream: no entities, no DTD, bounded depth."""

import io
import posixpath
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as DefusedTree

from app.documents.readers.bounded_zip import BoundedZip
from app.documents.readers.source import DAMAGED, Unreadable

_MAX_DEPTH = 500
FORBIDDEN = "It tries to draw in other files or to expand without end, so it was not opened."


def events(data: bytes, *, has_dtd: bool = False) -> Iterator[tuple[str, str, Element]]:
    """("start" or "end", name without its namespace, element); emptied after its end.

    has_dtd: formats that may name a document type; entities are refused all the same.
    """
    depth = 0
    parents: list[Element] = []
    try:
        for event, element in DefusedTree.iterparse(
            io.BytesIO(data), events=("start", "end"), forbid_dtd=not has_dtd
        ):
            name = local_name(element.tag)
            if event == "start":
                depth += 1
                if depth > _MAX_DEPTH:
                    raise Unreadable(DAMAGED)
                parents.append(element)
                yield "start", name, element
                continue
            depth -= 1
            yield "end", name, element
            parents.pop()
            element.clear()
            if parents:
                parents[-1].remove(element)
    except DefusedXmlException as error:
        raise Unreadable(FORBIDDEN) from error
    except (ParseError, ValueError, LookupError) as error:
        raise Unreadable(DAMAGED) from error


def local_name(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str:
    """The value of an attribute in whatever namespace; "" where there is none."""
    for key, value in element.attrib.items():
        if local_name(key) == name:
            return str(value)
    return ""


def relations(archive: BoundedZip, part: str) -> dict[str, str]:
    """Where the relations of a part of an OOXML file lead, inside the archive only."""
    folder, file = posixpath.split(part)
    path = f"{folder}/_rels/{file}.rels"
    found: dict[str, str] = {}
    if path not in archive:
        return found
    for event, name, element in events(archive.read(path)):
        if event == "end" and name == "Relationship":
            target = attribute(element, "Target")
            if attribute(element, "TargetMode") != "External":
                joined = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
                found[attribute(element, "Id")] = posixpath.normpath(joined)
    return found
