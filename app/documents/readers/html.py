"""Web pages: what a browser would show as text; nothing is run and nothing fetched."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from app.documents.readers.encoding import declared_encoding, decode_all
from app.documents.readers.sections import Block, cut_sections
from app.documents.readers.source import EXPANDS, Source, Unreadable
from app.documents.values import Page

MAX_BYTES = 128 << 20
_HIDDEN = {
    *("script", "style", "noscript", "template", "head", "svg", "math", "iframe", "object"),
    *("select", "textarea", "button", "canvas", "audio", "video", "rp", "rt"),
}
_BLOCKS = {
    *("address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl"),
    *("dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5"),
    *("h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary"),
    *("table", "tbody", "tfoot", "thead", "tr", "ul", "caption"),
}
_TIGHT = {
    "li",
    "tr",
    "dt",
    "dd",
    "div",
    "tbody",
    "thead",
    "tfoot",
}  # one line break before, not an empty line
_KEPT_SPACE = "\ufdd0"  # a code that Unicode keeps free for such use
_SPACES = re.compile(r"[ \t\r\n\f]+")


def read(source: Source) -> Iterator[Page]:
    source.start("html", 0)
    if source.size_bytes > MAX_BYTES:
        raise Unreadable(EXPANDS)
    data = source.file.read()
    text = decode_all(data, source.notice, declared=declared_encoding(data))
    yield from cut_sections(html_blocks(text))


def html_blocks(markup: str) -> Iterator[Block]:
    """Paragraphs, headings and table rows of a page."""
    root = LexborHTMLParser(markup).root
    if root is None:
        return
    text: list[str] = []
    level, separator = 0, "\n"
    for is_start, node, name in _walk(root):
        if name == "-text":
            if _is_preformatted(node):
                text.append((node.text_content or "").replace(" ", _KEPT_SPACE))
            else:
                text.append(_flat(node))
        elif name == "br":
            text.append("\n" if is_start else "")
        elif name in ("td", "th"):
            text.append("" if is_start else "\t")
        elif name in _BLOCKS:
            if "".join(text).strip():
                yield Block(_tidy("".join(text)), level, separator)
                separator = "\n"
            text, level = [], _level(name) if is_start else 0
            separator = separator if name in _TIGHT else "\n\n"
    if "".join(text).strip():
        yield Block(_tidy("".join(text)), level, separator)


def _walk(root: LexborNode) -> Iterator[tuple[bool, LexborNode, str]]:
    """(is a start, node, its name) in the order of the text; no recursion, however deep it is."""
    stack: list[tuple[bool, LexborNode, str]] = [(True, root, root.tag or "")]
    while stack:
        is_start, node, name = stack.pop()
        yield is_start, node, name
        if not is_start or name == "-text":
            continue
        stack.append((False, node, name))
        children = []
        child = node.child
        while child is not None:
            tag = child.tag or ""
            if tag not in _HIDDEN and not tag.startswith(("-comment", "-doctype")):
                children.append((True, child, tag))
            child = child.next
        stack += reversed(children)


def _is_preformatted(node: LexborNode) -> bool:
    parent, steps = node.parent, 0
    while parent is not None and steps < 4:
        if parent.tag == "pre":
            return True
        parent, steps = parent.parent, steps + 1
    return False


def _flat(node: LexborNode) -> str:
    return _SPACES.sub(" ", node.text_content or "")


def _tidy(text: str) -> str:
    """Without spaces beside line breaks and tabs at the ends of rows."""
    text = re.sub(r" *\n *", "\n", text).strip(" \t\n") if "\n" in text else text.strip()
    return text.replace(_KEPT_SPACE, " ")


def _level(name: str) -> int:
    return int(name[1]) if len(name) == 2 and name[0] == "h" and name[1].isdecimal() else 0
