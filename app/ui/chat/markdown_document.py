"""Markdown into a QTextDocument: in the look of the page, with nothing that could be loaded."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import (
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFragment,
    QTextListFormat,
)

from app.ui.chat.citation_marks import DOUBTFUL, cited
from app.ui.chat.style import Style

_FEATURES = (
    QTextDocument.MarkdownFeature.MarkdownDialectGitHub
    | QTextDocument.MarkdownFeature.MarkdownNoHTML
)
_INDENT = 24
_PARAGRAPH_GAP = 12
_ITEM_GAP = 4
_QUOTE_INDENT = 16
# Qt draws its bullets too near to the text; those with this style are drawn by the widget.
_OWN_BULLET = QTextListFormat.Style.ListStyleUndefined
_BOX = QTextFormat.Property.UserProperty.value  # of a task: is it done?
_BULLETS = (
    QTextListFormat.Style.ListDisc,
    QTextListFormat.Style.ListCircle,
    QTextListFormat.Style.ListSquare,
)


def load_markdown(
    document: QTextDocument, source: str, style: Style, first_number: int | None = None
) -> None:
    """Fill the document; its layout must be disabled, so that no image is ever asked for."""
    document.setIndentWidth(_INDENT)
    cursor = _parsed(document, source, style)
    cursor.beginEditBlock()
    block = document.begin()
    while block.isValid():
        _style_block(block, cursor, style)
        _take_bullet(block, cursor)
        block = block.next()
    cursor.endEditBlock()
    if first_number is not None:
        _start_counting_at(document, first_number)


def load_table(document: QTextDocument, source: str, style: Style) -> None:
    """The same for a table, whose cells hold one line each: several times as fast."""
    cursor = _parsed(document, source, style)
    cursor.beginEditBlock()
    cursor.select(QTextCursor.SelectionType.Document)
    cursor.mergeBlockFormat(style.body_line)
    block = document.begin()
    while block.isValid():
        for fragment in list(_fragments(block)):
            _style_fragment(fragment, cursor, style, False)
        block = block.next()
    cursor.endEditBlock()


def quoted_spans(document: QTextDocument) -> list[QRectF]:
    """The bars beside quotes, after the layout."""
    bars: list[QRectF] = []
    layout = document.documentLayout()
    block = document.begin()
    open_bars: dict[int, QRectF] = {}
    while block.isValid():
        top, level = layout.blockBoundingRect(block).top(), _quote_level(block)
        for depth in [depth for depth in open_bars if depth >= level]:
            bar = open_bars.pop(depth)
            bar.setBottom(top - _PARAGRAPH_GAP)
            bars.append(bar)
        for depth in range(level):
            open_bars.setdefault(depth, QRectF(_QUOTE_INDENT * depth, top, 3, 0))
        block = block.next()
    for bar in open_bars.values():
        bar.setBottom(document.size().height())
        bars.append(bar)
    return bars


@dataclass(frozen=True, slots=True)
class Bullet:
    """Where a list item is marked: the middle of the mark, the depth of its list, its box."""

    middle: QPointF
    depth: int
    is_checked: bool | None  # None: no box


def bullets_of(document: QTextDocument) -> list[Bullet]:
    """The marks that the widget draws, after the layout."""
    bullets: list[Bullet] = []
    block = document.begin()
    while block.isValid():
        items = block.textList()
        if items is not None and items.format().style() == _OWN_BULLET:
            line = block.layout().lineAt(0)
            if line.isValid():
                text = line.naturalTextRect().translated(block.layout().position())
                middle = text.bottom() - line.descent() - line.ascent() * 0.36
                box = block.blockFormat().property(_BOX)
                place = QPointF(text.left() - 13, middle)
                bullets.append(Bullet(place, items.format().indent(), box))
        block = block.next()
    return bullets


def _parsed(document: QTextDocument, source: str, style: Style) -> QTextCursor:
    document.setMarkdown(source, _FEATURES)
    cursor = QTextCursor(document)
    if "![" in source:
        _name_images(document, cursor, style)
    return cursor


def _style_block(block: QTextBlock, cursor: QTextCursor, style: Style) -> None:
    form = block.blockFormat()
    level = _quote_level(block)
    is_item = block.textList() is not None
    is_first = block.blockNumber() == 0
    merged = QTextBlockFormat(style.body_line)
    gap = _ITEM_GAP if is_item and _goes_on(block) else _PARAGRAPH_GAP
    if form.headingLevel() and not is_first:
        gap = 2 * _PARAGRAPH_GAP
    merged.setTopMargin(0 if is_first else gap)
    merged.setBottomMargin(0)
    if level:
        merged.setLeftMargin(_QUOTE_INDENT * level)
        merged.setRightMargin(0)
    if form.hasProperty(QTextFormat.Property.BlockCodeFence) or form.nonBreakableLines():
        merged.setNonBreakableLines(False)
        merged.setBackground(style.sunken)
        merged.setTopMargin(_ITEM_GAP if not _is_code(block.previous()) else 0)
    cursor.setPosition(block.position())
    cursor.mergeBlockFormat(merged)
    if form.headingLevel():
        _style_heading(block, cursor, style, form.headingLevel())
    for fragment in list(_fragments(block)):
        _style_fragment(fragment, cursor, style, bool(level))


def _style_heading(block: QTextBlock, cursor: QTextCursor, style: Style, level: int) -> None:
    """Our sizes instead of Qt's steps, which would win over them."""
    for fragment in list(_fragments(block)):
        form = fragment.charFormat()
        form.clearProperty(QTextFormat.Property.FontSizeAdjustment)
        form.merge(style.heading(level))
        _select(cursor, fragment.position(), fragment.length())
        cursor.setCharFormat(form)


def _style_fragment(
    fragment: QTextFragment, cursor: QTextCursor, style: Style, is_quoted: bool
) -> None:
    form = fragment.charFormat()
    if form.isAnchor() and cited(form.anchorHref()) is not None:
        merged = style.citation(is_doubtful=fragment.text().endswith(DOUBTFUL))
    elif form.isAnchor():
        merged = style.link
    elif form.fontFixedPitch():
        merged = style.code_span
    elif is_quoted:
        merged = style.missing_image
    else:
        return
    _select(cursor, fragment.position(), fragment.length())
    cursor.mergeCharFormat(merged)


def _name_images(document: QTextDocument, cursor: QTextCursor, style: Style) -> None:
    """Put the name of each image in its place, as a link to where it is."""
    found: list[tuple[int, int, QTextCharFormat]] = []
    block = document.begin()
    while block.isValid():
        found.extend(
            (fragment.position(), fragment.length(), fragment.charFormat())
            for fragment in _fragments(block)
            if fragment.charFormat().isImageFormat()
        )
        block = block.next()
    for position, length, form in reversed(found):
        _select(cursor, position, length)
        link = QTextCharFormat(style.link)
        link.setAnchor(True)
        link.setAnchorHref(form.toImageFormat().name())
        name = form.property(QTextFormat.Property.ImageAltText) or "image"
        cursor.insertText(f"[{name}]", link)


def _take_bullet(block: QTextBlock, cursor: QTextCursor) -> None:
    """Keep Qt from drawing the mark of a bulleted item."""
    items = block.textList()
    if items is None:
        return
    marks, mark = QTextBlockFormat.MarkerType, block.blockFormat().marker()
    if mark != marks.NoMarker:
        form = block.blockFormat()
        form.setMarker(marks.NoMarker)
        form.setProperty(_BOX, mark == marks.Checked)
        cursor.setPosition(block.position())
        cursor.setBlockFormat(form)
    form_of_list = items.format()
    if form_of_list.style() in _BULLETS:
        form_of_list.setStyle(_OWN_BULLET)
        items.setFormat(form_of_list)


def _start_counting_at(document: QTextDocument, number: int) -> None:
    numbered = document.begin().textList()
    if numbered is None:
        return
    form: QTextListFormat = numbered.format()
    form.setStart(number)
    numbered.setFormat(form)


def _goes_on(block: QTextBlock) -> bool:
    """Is the item before one of the same list, or of one inside or around it?"""
    before, items = block.previous().textList(), block.textList()
    if before is None or items is None:
        return False
    is_beside = before.format().indent() == items.format().indent()
    return before.objectIndex() == items.objectIndex() or not is_beside


def _quote_level(block: QTextBlock) -> int:
    return int(block.blockFormat().property(QTextFormat.Property.BlockQuoteLevel) or 0)


def _is_code(block: QTextBlock) -> bool:
    return block.isValid() and block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeFence)


def _fragments(block: QTextBlock) -> Iterator[QTextFragment]:
    iterator = block.begin()
    while not iterator.atEnd():
        yield iterator.fragment()
        iterator += 1


def _select(cursor: QTextCursor, position: int, length: int) -> None:
    cursor.setPosition(position)
    cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
