"""The documents do not fit: the user chooses how they are read, and sees what each way reads."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QShowEvent, QTextLayout
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.documents.citation import ReadingMode
from app.ui.chat.proof_words import coverage
from app.ui.theme import Theme
from app.ui.widgets.dialog_size import dialog_width, fit_height
from app.ui.widgets.line_field import LineField

if TYPE_CHECKING:  # it brings the whole reading of documents with it
    from app.documents.plan import ReadingOption, ReadingPlan

_MARGIN = 24
_RANGE = re.compile(r"(\d+)\s*(?:[-–—]\s*(\d+))?")


class CoverageDialog(QDialog):
    """Nothing is read before one is chosen; Cancel gives the message back."""

    chosen = Signal(str, object)  # ReadingMode, list of (first, last)

    def __init__(self, plan: "ReadingPlan", theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("This is too long to read at once"))
        self.setFixedWidth(dialog_width(theme, parent))
        self._group = QButtonGroup(self)
        self._modes: dict[int, ReadingMode] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(12)
        column.addWidget(_label(self.windowTitle(), "title"))
        words = self.tr(
            "It needs {tokens} tokens, and the model has room for {room}. Choose how it is read."
        )
        said = words.format(tokens=f"{plan.tokens:,}", room=f"{plan.room:,}")
        column.addWidget(_label(said, "secondary"))
        for option in plan.options:
            if option.mode != "whole":
                self._add(column, option, theme)
        self.pages = LineField()
        self.pages.setPlaceholderText(self.tr("Pages, such as 1-12, 40"))
        self.pages.setAccessibleName(self.tr("Pages"))
        self.pages.textChanged.connect(self._on_changed)
        column.addWidget(self.pages)
        column.addLayout(self._buttons())
        self._group.buttons()[0].setChecked(True)
        self._group.buttonToggled.connect(self._on_changed)
        self._on_changed()

    def _add(self, column: QVBoxLayout, option: "ReadingOption", theme: Theme) -> None:
        titles = {
            "passes": self.tr("Read everything, in %n pass(es)", "", option.passes),
            "passages": self.tr("Search, and read the passages that fit the question"),
            "pages": self.tr("Read chosen pages"),
        }
        left = theme.size("icon") * 2 // 3 + 15  # of the words
        button = QRadioButton()
        button.ensurePolished()
        button.setAccessibleName(titles[option.mode])
        room = self.width() - 2 * _MARGIN - left - 4
        button.setText(_in_lines(titles[option.mode], button.font(), room))
        button.setEnabled(option.fits or option.mode == "pages")
        choice = QVBoxLayout()
        choice.setSpacing(0)
        choice.addWidget(button)
        if option.mode != "pages":
            hint = _label(self._would_read(option), "caption")
            hint.setContentsMargins(left, 0, 0, 0)
            choice.addWidget(hint)
        column.addLayout(choice)
        self._group.addButton(button, len(self._modes))
        self._modes[len(self._modes)] = option.mode

    def _would_read(self, option: "ReadingOption") -> str:
        found = option.coverage
        if option.mode == "passes" and found.pages_read == found.pages_total:
            return self.tr("All %n page(s).", "", found.pages_total)
        return coverage(found)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.read = QPushButton(self.tr("Read"))
        self.read.setProperty("kind", "primary")
        self.read.setDefault(True)
        self.read.clicked.connect(self._on_read)
        row.addWidget(cancel)
        row.addWidget(self.read)
        return row

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        fit_height(self)

    @property
    def mode(self) -> ReadingMode:
        return self._modes[max(0, self._group.checkedId())]

    def _on_changed(self, *_: object) -> None:
        is_pages = self.mode == "pages"
        self.pages.setVisible(is_pages)
        self.read.setEnabled(not is_pages or bool(page_ranges(self.pages.text())))
        if self.isVisible():
            fit_height(self)

    def _on_read(self) -> None:
        ranges = page_ranges(self.pages.text()) if self.mode == "pages" else []
        self.chosen.emit(self.mode, ranges)
        self.accept()


def page_ranges(text: str) -> Sequence[tuple[int, int]]:
    """ "1-12, 40" as pairs of first and last; empty for anything that is not pages."""
    ranges = []
    for part in filter(None, (piece.strip() for piece in re.split("[,;，；、]", text))):
        found = _RANGE.fullmatch(part)
        if found is None:
            return []
        first, last = int(found[1]), int(found[2] or found[1])
        if not 1 <= first <= last:
            return []
        ranges.append((first, last))
    return ranges


def _in_lines(text: str, font: QFont, width: int) -> str:
    """Broken where it is wider: a radio button does not wrap its words."""
    layout, lines = QTextLayout(text, font), []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        lines.append(text[line.textStart() : line.textStart() + line.textLength()].strip())
    layout.endLayout()
    return "\n".join(lines)


def _label(text: str, kind: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("kind", kind)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
