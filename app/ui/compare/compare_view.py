"""Side by side: the prompt on top, its answers in columns, and below how they compare."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.chat.differences import Excerpt
from app.ui.compare.column import CompareColumn
from app.ui.compare.results import ResultModel
from app.ui.conversation.composer_field import ComposerField
from app.ui.theme import Theme
from app.ui.widgets.banner import BannerStack
from app.ui.widgets.card import words
from app.ui.widgets.number import Number
from app.ui.widgets.tall_area import TallArea

_LARGEST_SEED = 2**32 - 2


class CompareView(TallArea):
    """Shows values and emits what the user did."""

    run_requested = Signal(str)
    stop_requested = Signal()
    column_requested = Signal()

    def __init__(self, results: ResultModel, banners: BannerStack, theme: Theme) -> None:
        super().__init__()
        self._theme, self._is_running = theme, False
        self.field = ComposerField()
        self.field.setAccessibleName(self.tr("Prompt for all columns"))
        self.field.setPlaceholderText(self.tr("Prompt for all columns"))
        self.field.submit_requested.connect(self._on_clicked)
        self.field.textChanged.connect(self._on_written)
        self.run = QPushButton()
        self.run.setProperty("kind", "primary")
        self.run.clicked.connect(self._on_clicked)
        self.seed = Number(self.tr("Seed"), 0, _LARGEST_SEED, 1)
        self.add = QPushButton(self.tr("Add a column"))
        self.add.clicked.connect(self.column_requested)
        self.note = words("", "caption")
        self.table = self._table(results)
        self.difference = words("", "secondary")
        self.difference.setTextFormat(Qt.TextFormat.RichText)
        self.difference.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._columns = QHBoxLayout()
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._columns.setSpacing(12)
        self._lay_out(banners)
        self.set_running(False)
        self.set_theme(theme)

    def show_columns(self, columns: Sequence[CompareColumn]) -> None:
        """From left to right; what is no longer among them is taken out."""
        while self._columns.count():
            self._columns.takeAt(0)
        for column in columns:
            self._columns.addWidget(column, 1)
        self._fit()

    def set_running(self, is_running: bool) -> None:
        self._is_running = is_running
        self.run.setText(self.tr("Stop") if is_running else self.tr("Compare"))
        self.seed.setEnabled(not is_running)
        self._on_written()

    def show_difference(self, said: str, excerpts: Sequence[tuple[str, Excerpt]] = ()) -> None:
        """A sentence, and what stands around the place in each answer; plain text comes in."""
        accent = self._theme.color("accent").name()
        lines = [escape(said)]
        for name, found in excerpts:
            mark = escape(found.mark) or "∎"
            lines.append(
                f"{escape(name)}: {escape(found.before)}<b style='color:{accent};"
                f"text-decoration:underline'>{mark}</b>{escape(found.after)}"
            )
        self.difference.setText("<br>".join(lines))
        plain = [f"{name}: {e.before}[{e.mark}]{e.after}" for name, e in excerpts]
        self.difference.setAccessibleName("\n".join([said, *plain]))
        self.difference.setVisible(bool(said))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.field.set_max_height(theme.size("body") * 9)
        self.table.setFont(theme.font("secondary"))
        self.table.horizontalHeader().setFont(theme.font("caption", is_strong=True))
        self._fit()

    def _fit(self) -> None:
        """The table is as high as its rows, the columns scroll sideways where they are many."""
        row = self._theme.size("row") * 5 // 6
        self.table.verticalHeader().setDefaultSectionSize(row)
        self.table.horizontalHeader().setFixedHeight(row)
        self.table.resizeColumnsToContents()
        is_wide = self.table.horizontalHeader().length() > self.table.viewport().width()
        bar = self.table.horizontalScrollBar().sizeHint().height() if is_wide else 0
        rows = self.table.model().rowCount()
        self.table.setFixedHeight((rows + 1) * row + bar + 4)

    def _table(self, results: ResultModel) -> QTableView:
        table = QTableView()
        table.setObjectName("results")
        table.setModel(results)
        table.setAccessibleName(self.tr("Speed and length of the answers"))
        table.setShowGrid(False)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.horizontalHeader().setHighlightSections(False)
        table.verticalHeader().hide()
        results.dataChanged.connect(self._fit)
        results.modelReset.connect(self._fit)
        return table

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _lay_out(self, banners: BannerStack) -> None:
        frame = QFrame()
        frame.setObjectName("composer")
        row = QHBoxLayout(frame)
        row.setContentsMargins(12, 8, 8, 8)
        row.addWidget(self.field, 1)
        row.addWidget(self.run, 0, Qt.AlignmentFlag.AlignBottom)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(words(self.tr("Seed"), "caption"))
        tools.addWidget(self.seed)
        tools.addStretch()
        tools.addWidget(self.add)
        holder = QWidget()
        holder.setLayout(self._columns)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(24, 0, 24, 16)
        column.setSpacing(12)
        column.addLayout(self._head())
        column.addWidget(banners)
        column.addWidget(frame)
        column.addLayout(tools)
        column.addWidget(_Sideways(holder), 1)
        column.addWidget(self.table)
        column.addWidget(self.difference)
        self.setWidget(inner)

    def _head(self) -> QHBoxLayout:
        title = words(self.tr("Side by side"), "title")
        title.setWordWrap(False)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(title)
        row.addWidget(self.note, 1)
        return row

    def _on_written(self) -> None:
        self.run.setEnabled(self._is_running or bool(self.field.toPlainText().strip()))

    def _on_clicked(self) -> None:
        if self._is_running:
            self.stop_requested.emit()
        elif self.field.toPlainText().strip():
            self.run_requested.emit(self.field.toPlainText())


class _Sideways(QScrollArea):
    """Scrolls to the sides alone: it is as high as what it holds needs, and higher."""

    def __init__(self, holder: QWidget) -> None:
        super().__init__()
        self.setObjectName("pageScroll")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(holder)

    def minimumSizeHint(self) -> QSize:
        bar = self.horizontalScrollBar().sizeHint().height()
        least, holder = self.widget().minimumSizeHint(), self.widget()
        wrapped = holder.heightForWidth(max(least.width(), self.width()))  # -1: nothing wraps
        return QSize(0, max(least.height(), wrapped) + bar)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt has it watch what it holds: a column that grew needs more of the page."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
