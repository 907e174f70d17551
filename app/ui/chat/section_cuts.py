"""Where a section of markdown is cut into blocks, by the tokens of markdown-it.

Code inside a list gets a block of its own, with its Copy button, like code outside; what follows
it in the list is shown further to the right, as far as the list had indented it.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from app.ui.chat.source_lines import WHITE

if TYPE_CHECKING:  # not needed before a conversation is shown: the window opens without it
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


class BlockKind(StrEnum):
    PROSE = "prose"
    PLAIN = "plain"  # too long to be worth parsing: shown as it is
    CODE = "code"
    TABLE = "table"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Cut:
    """A block begins at ``line``; ``depth`` is how many lists it is indented by."""

    line: int
    kind: BlockKind
    info: str = ""
    depth: int = 0
    number: int | None = None  # that its numbered list begins with
    is_inside: bool = False  # the list around it goes on from the block before


@dataclass(slots=True)
class _OpenList:
    next_number: int | None  # None: bullets
    item_line: int = -1


@dataclass(slots=True)
class _Walk:
    """What is known while going through the tokens."""

    cuts: list[Cut] = field(default_factory=list)
    lists: list[_OpenList] = field(default_factory=list)
    quotes: int = 0
    depth: int = 0  # of the block that is being collected
    is_after_code: bool = False  # inside a list


def parse(source: str) -> "list[Token]":
    """The block tokens of a section."""
    # markdown-it would count a lone carriage return as a line; here only "\n" ends one.
    return parser().parse(source.replace("\r", " "))


@cache
def parser() -> "MarkdownIt":
    """Blocks only: what is inside a paragraph is Qt's to parse."""
    from markdown_it import MarkdownIt

    commonmark = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    return commonmark.enable("table").disable(["html_block", "inline", "text_join"])


def cuts_of(tokens: "list[Token]") -> list[Cut]:
    """Where blocks begin; neighbours that are prose are one block."""
    walk = _Walk()
    for token in tokens:
        _keep_count(token, walk)
        if token.nesting < 0 or token.map is None or token.type == "inline":
            continue
        if token.level == 0:
            _cut_top(token, walk)
        elif walk.lists and not walk.quotes:
            _cut_inside(token, walk)
        if token.type in ("ordered_list_open", "bullet_list_open"):
            _open_list(token, walk)
        elif token.type == "list_item_open":
            _count_item(token, walk)
    return walk.cuts


def _keep_count(token: "Token", walk: _Walk) -> None:
    if token.type == "blockquote_close":
        walk.quotes -= 1
    elif token.type in ("bullet_list_close", "ordered_list_close"):
        walk.lists.pop()
    elif token.type == "blockquote_open" and token.level:
        walk.quotes += 1


def _cut_top(token: "Token", walk: _Walk) -> None:
    kind = _KIND_OF_TOKEN.get(token.type, BlockKind.PROSE)
    line = token.map[0] if token.map else 0
    last = walk.cuts[-1] if walk.cuts else None
    is_more = last is not None and last.kind is kind is BlockKind.PROSE and last.depth == 0
    if not is_more:
        walk.cuts.append(Cut(line, kind, token.info.strip(WHITE)))
    walk.depth, walk.is_after_code = 0, False
    if token.type == "blockquote_open":
        walk.quotes += 1


def _cut_inside(token: "Token", walk: _Walk) -> None:
    line, depth = (token.map[0] if token.map else 0), len(walk.lists)
    if token.type == "fence" and line != walk.lists[-1].item_line:
        walk.cuts.append(Cut(line, BlockKind.CODE, token.info.strip(WHITE), depth, None, True))
        walk.is_after_code = True
        return
    number = None
    if token.type == "list_item_open":
        depth -= 1
        number = walk.lists[-1].next_number
    if walk.is_after_code or depth < walk.depth:
        walk.cuts.append(Cut(line, BlockKind.PROSE, "", depth, number, True))
        walk.depth, walk.is_after_code = depth, False


def _open_list(token: "Token", walk: _Walk) -> None:
    if token.type == "ordered_list_open":
        start = token.attrGet("start")
        walk.lists.append(_OpenList(1 if start is None else int(start)))
    elif token.type == "bullet_list_open":
        walk.lists.append(_OpenList(None))


def _count_item(token: "Token", walk: _Walk) -> None:
    if walk.lists and token.map is not None:
        last = walk.lists[-1]
        last.item_line = token.map[0]
        if last.next_number is not None:
            last.next_number += 1


def number_after(tokens: "list[Token]") -> int | None:
    """The number that the next item would have, if the source ends with a numbered list."""
    tops = [token for token in tokens if token.level == 0 and token.nesting > 0]
    if not tops or tops[-1].type != "ordered_list_open":
        return None
    after = tokens[tokens.index(tops[-1]) :]
    items = sum(token.type == "list_item_open" and token.level == 1 for token in after)
    start = tops[-1].attrGet("start")
    return (1 if start is None else int(start)) + items


_KIND_OF_TOKEN = {
    "fence": BlockKind.CODE,
    "code_block": BlockKind.CODE,
    "table_open": BlockKind.TABLE,
    "hr": BlockKind.RULE,
}
