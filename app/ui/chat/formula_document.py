"""Puts formulas and footnote marks back into a document, and text back out of it."""

import re

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextImageFormat,
)

from app.ui.chat.formula_images import FormulaImage, FormulaPainter
from app.ui.chat.formulas import BEGIN, END, Formula, Kind
from app.ui.chat.style import Style

SOURCE = QTextFormat.Property.UserProperty.value + 1  # of a formula, as it was written
_MARK = re.compile(f"{BEGIN}(\\d+){END}")
_SIZE_FACTOR = 1.12  # STIX is smaller than interface fonts
_DISPLAY_FACTOR = 1.25
_GAP = 8  # above and below a displayed formula


def put_back(
    document: QTextDocument,
    formulas: list[Formula],
    style: Style,
    width: int,
    painter: FormulaPainter,
) -> bool:
    """Replace the marks; False when some pictures are still to be painted: do it again later."""
    cursor = QTextCursor(document)
    ratio = max(screen.devicePixelRatio() for screen in QGuiApplication.screens())
    marks = list(_MARK.finditer(document.toPlainText()))
    is_complete = True
    cursor.beginEditBlock()
    for mark in reversed(marks):
        formula = formulas[int(mark[1])]
        cursor.setPosition(mark.start())
        cursor.setPosition(mark.end(), QTextCursor.MoveMode.KeepAnchor)
        if formula.is_note:
            _insert_note(cursor, formula, style)
            continue
        is_display = formula.kind is Kind.DISPLAY
        factor = _DISPLAY_FACTOR if is_display else _SIZE_FACTOR
        size = round(style.body.pixelSize() * factor)
        found = painter.image(
            formula.text, size, style.text.name(), is_display=is_display, ratio=ratio
        )
        is_complete = is_complete and found is not None
        if isinstance(found, FormulaImage):
            _insert_image(cursor, document, formula, found, style, width)
        else:
            cursor.insertText(formula.source, style.code_span)
    cursor.endEditBlock()
    return is_complete


def readable_text(document: QTextDocument) -> str:
    """The text with each formula as it was written."""
    return _readable(document, 0, document.characterCount() - 1)


def readable_selection(cursor: QTextCursor) -> str:
    if "\ufffc" not in cursor.selectedText():
        return cursor.selection().toPlainText()
    return _readable(cursor.document(), cursor.selectionStart(), cursor.selectionEnd())


def _readable(document: QTextDocument, start: int, end: int) -> str:
    parts = []
    block = document.findBlock(start)
    while block.isValid() and block.position() < end:
        iterator = block.begin()
        while not iterator.atEnd():
            fragment = iterator.fragment()
            low = max(start, fragment.position())
            high = min(end, fragment.position() + fragment.length())
            if low < high:
                source = fragment.charFormat().property(SOURCE)
                text = fragment.text()[low - fragment.position() : high - fragment.position()]
                parts.append(source if source else text)
            iterator += 1
        if block.position() + block.length() <= end:
            parts.append("\n")
        block = block.next()
    return "".join(parts).replace("\u2028", "\n")


def _insert_note(cursor: QTextCursor, formula: Formula, style: Style) -> None:
    form = QTextCharFormat(style.missing_image)
    form.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignSuperScript)
    form.setProperty(SOURCE, formula.source)
    cursor.insertText(formula.text, form)


def _insert_image(
    cursor: QTextCursor,
    document: QTextDocument,
    formula: Formula,
    found: FormulaImage,
    style: Style,
    width: int,
) -> None:
    is_display = formula.kind is Kind.DISPLAY
    room = max(80, width - 32)
    scale = min(1.0, room / found.width)
    image = found.image
    if scale < 1:
        image = image.scaledToWidth(
            round(image.width() * scale), Qt.TransformationMode.SmoothTransformation
        )
    name = f"formula:{formula.start}"
    document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name), image)
    form = QTextImageFormat()
    form.setName(name)
    form.setWidth(image.width() * found.width / found.image.width())
    form.setHeight(image.height() * found.width / found.image.width())
    form.setProperty(
        QTextFormat.Property.FontPixelSize,
        _levelling_size(style.body, (found.ascent - found.descent) * scale),
    )
    form.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
    form.setProperty(QTextFormat.Property.ImageAltText, found.speech)
    form.setToolTip(found.speech[:300])
    form.setProperty(SOURCE, formula.source)
    cursor.insertImage(form)
    if is_display and len(cursor.block().text()) == 1:
        block = QTextBlockFormat()
        block.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        block.setTopMargin(cursor.blockFormat().topMargin() + _GAP)
        block.setBottomMargin(_GAP)
        cursor.mergeBlockFormat(block)


def _levelling_size(font: QFont, difference: float) -> int:
    """The size of a font with which Qt has a picture's line ``difference`` below its middle.

    Qt has half an x more of a picture above the line than below it
    (QTextDocumentLayout::resizeInlineObject), and takes the x of the picture's own font.
    """
    return max(1, round(2 * difference * font.pixelSize() / QFontMetricsF(font).xHeight()))
