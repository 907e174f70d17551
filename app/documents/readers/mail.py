"""E-mail: a page per message with its headers and text; attachments are named, not opened."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage, MIMEPart
from typing import BinaryIO

from app.documents.readers.html import html_blocks
from app.documents.readers.sections import cut_unit
from app.documents.readers.source import Source
from app.documents.values import Page

MAX_MESSAGE_BYTES = 64 << 20
_MAX_NESTING = 5
_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_MBOX_START = re.compile(rb"From [^\r\n]+\d{4}\r?\n\Z")


def read(source: Source) -> Iterator[Page]:
    source.start("email", 0)
    number = 1
    for data in _messages(source.file):
        message = email.message_from_bytes(data, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        for text, label in _texts(message):
            for page in cut_unit(text, label, number):
                yield page
                number = page.number + 1


def _messages(file: BinaryIO) -> Iterator[bytes]:
    """The one message of an .eml file, or every message of a mailbox."""
    file.seek(0)
    kept: list[bytes] = []
    size, is_mailbox, was_empty = 0, False, True
    while line := file.readline(1 << 20):
        if was_empty and line.startswith(b"From ") and (_MBOX_START.match(line) or is_mailbox):
            if kept:
                yield b"".join(kept)
            kept, size, is_mailbox = [], 0, True
            continue
        was_empty = not line.strip()
        size += len(line)
        if size <= MAX_MESSAGE_BYTES:
            kept.append(line)
    if kept:
        yield b"".join(kept)


def _texts(message: EmailMessage, nesting: int = 0) -> Iterator[tuple[str, str]]:
    """(text, label) of a message and of the messages inside it."""
    subject = _header(message, "Subject")
    headers = [(name, _header(message, name)) for name in _HEADERS]
    lines = [f"{name}: {value}" for name, value in headers if value]
    attached = [_name(part) for part in message.iter_attachments()] if _is_multi(message) else []
    if attached:
        lines.append(f"Attachments: {', '.join(attached)}")
    text = f"{chr(10).join(lines)}\n\n{_body(message)}".strip()
    yield text, f"Attached: {subject}" if nesting else subject
    if _is_multi(message) and nesting < _MAX_NESTING:
        for part in message.iter_attachments():
            if part.get_content_type() == "message/rfc822":
                inner = part.get_payload(0)
                if isinstance(inner, EmailMessage):
                    yield from _texts(inner, nesting + 1)


def _is_multi(message: EmailMessage) -> bool:
    return message.is_multipart() and message.get_content_maintype() == "multipart"


def _body(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None or part.get_content_maintype() != "text":
        return ""
    text = _content(part).replace("\r\n", "\n")
    if part.get_content_subtype() != "html":
        return text
    return "".join(block.separator + block.text for block in html_blocks(text)).strip("\n")


def _content(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError, AssertionError, TypeError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _name(part: MIMEPart) -> str:
    return (part.get_filename() or part.get_content_type()).replace("\n", " ")


def _header(message: EmailMessage, name: str) -> str:
    """A header as people read it; one that breaks the rules is shown as it stands."""
    try:
        value = message.get(name)
    except (ValueError, IndexError, AttributeError, TypeError):  # the standard parser's own slips
        return ""
    return " ".join(str(value).split()) if value else ""
