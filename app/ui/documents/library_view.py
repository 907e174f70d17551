"""The documents page: what is in the library, and what can be done with what is selected."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.storage.documents_rows import Document
from app.ui.conversation.composer_field import local_files
from app.ui.documents.collection_picker import CollectionPicker, with_key
from app.ui.documents.library_delegate import LibraryDelegate
from app.ui.documents.library_model import LibraryModel
from app.ui.icons import icon
from app.ui.palette.entries import Entry
from app.ui.palette.entry_delegate import EntryDelegate
from app.ui.palette.entry_model import ENTRY_ROLE, EntryModel
from app.ui.theme import Theme
from app.ui.widgets.balanced_label import BalancedLabel
from app.ui.widgets.banner import BannerStack
from app.ui.widgets.card import words
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.search_field import SearchField


class LibraryView(QWidget):
    """Emits what the user asks for, with the ids of the selected documents."""

    files_requested = Signal()
    folder_requested = Signal()
    files_dropped = Signal(object)  # list of Path
    searched = Signal(str)
    asked = Signal(str, object)  # what to do, list of ids
    hit_chosen = Signal(object)  # Entry

    def __init__(self, model: LibraryModel, banners: BannerStack, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAcceptDrops(True)
        self.documents = model
        self._found_nothing = False
        self.hits = EntryModel(is_grouped=False)
        self.list = self._list(model, LibraryDelegate(theme))
        self.list.setAccessibleName(self.tr("Documents"))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.activated.connect(self._on_activated)
        delete = QShortcut(QKeySequence.StandardKey.Delete, self.list)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._on_delete)
        self.list.selectionModel().selectionChanged.connect(self._on_selected)
        self.found = self._list(self.hits, EntryDelegate(theme))
        self.found.setAccessibleName(self.tr("Passages found"))
        self.found.clicked.connect(self._on_hit)
        self.found.activated.connect(self._on_hit)
        self._stack = QStackedWidget()
        for part in (self._empty(), self.list, self.found):
            self._stack.addWidget(part)
        self._column = QWidget()
        column = QVBoxLayout(self._column)
        column.setContentsMargins(0, 0, 0, 16)
        column.setSpacing(12)
        column.addWidget(words(self.tr("Documents"), "title"))
        column.addWidget(banners)
        column.addLayout(self._tools())
        column.addWidget(self._actions())
        column.addWidget(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 0, 24, 0)
        row.addStretch(0)
        row.addWidget(self._column, 1)
        row.addStretch(0)
        self.set_theme(theme)
        self._on_selected()

    @property
    def selected(self) -> list[Document]:
        return [self.documents.document(index) for index in sorted(self.list.selectedIndexes())]

    def show_what_there_is(self) -> None:
        """The list, the hits of a search, or what to do when there is nothing."""
        has_any = bool(self.documents.rowCount() or self.search.text().strip())
        self._say_where_is_searched()
        self.add.setVisible(has_any)  # where there is nothing, the page itself has the button
        if self.search.text().strip():
            self._stack.setCurrentWidget(self.found)
        elif self.documents.rowCount():
            self._stack.setCurrentWidget(self.list)
        else:
            self._stack.setCurrentIndex(0)
        self._on_selected()
        is_uniform = not self.documents.has_failed  # what is wrong may take several lines
        if is_uniform != self.list.uniformItemSizes():
            self.list.setUniformItemSizes(is_uniform)
            self.list.scheduleDelayedItemsLayout()

    def show_hits(self, query: str, entries: Sequence[Entry]) -> None:
        self.found.itemDelegate().query = query
        self.hits.show_entries(entries)
        self._found_nothing = bool(query) and not entries
        self._on_selected()

    def _say_where_is_searched(self) -> None:
        in_all = self.picker.current is None
        name = self.tr("Search in all documents") if in_all else self.tr("Search this collection")
        self.search.setPlaceholderText(name)
        self.search.setAccessibleName(name)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._column.setMaximumWidth(theme.size("column"))
        for part in (self.search, self.picker):
            part.set_theme(theme)
        size = theme.size("icon_large")
        self._picture.setPixmap(icon("documents", theme.color("muted"), size).pixmap(size, size))
        for view in (self.list, self.found):
            view.itemDelegate().theme = theme
            view.viewport().update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.selected and self._stack.currentWidget() is self.list:
            self._menu(event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files: list[Path] = local_files(event.mimeData())
        self.files_dropped.emit(files)
        event.acceptProposedAction()

    def _list(self, model: LibraryModel | EntryModel, delegate: object) -> QListView:
        view = QListView()
        view.setObjectName("libraryList")
        view.setModel(model)
        view.setItemDelegate(delegate)
        delegate.setParent(view)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setMouseTracking(True)
        view.setUniformItemSizes(isinstance(model, LibraryModel))
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return view

    def _empty(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        sentence = BalancedLabel(
            self.tr("Drop files or folders here. They are read on this computer and stay on it."),
            "secondary",
        )
        button = QPushButton(self.tr("Add files"))
        button.setProperty("kind", "primary")
        button.clicked.connect(self.files_requested)
        self._picture = QLabel()
        column.addStretch(2)
        column.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignCenter)
        column.addSpacing(12)
        column.addWidget(sentence)
        column.addSpacing(12)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(3)
        return page

    def _tools(self) -> QHBoxLayout:
        self.search = SearchField(self.tr("Search in all documents"))
        self.search.textChanged.connect(self.searched)
        self.add = QPushButton(self.tr("Add files"))
        self.add.clicked.connect(self.files_requested)
        self.folder = QPushButton(self.tr("Watch a folder"))
        self.folder.clicked.connect(self.folder_requested)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        for part in (self.add, self.folder):
            row.addWidget(part)
        return row

    def _actions(self) -> QWidget:
        self.count = QLabel()
        self.count.setProperty("kind", "caption")
        self._buttons: dict[str, QPushButton] = {}
        actions = QWidget()
        flow = FlowLayout(actions)
        self.picker = CollectionPicker(self._theme)
        flow.addWidget(self.picker)
        flow.addWidget(self.count)
        for what, name in self._commands():
            button = QPushButton(name)
            button.setProperty("kind", "plain")
            button.setProperty("what", what)
            button.clicked.connect(self._on_action)
            self._buttons[what] = button
            flow.addWidget(button)
        return actions

    def _commands(self) -> list[tuple[str, str]]:
        return [
            ("ask", self.tr("Ask about")),
            ("open", self.tr("Open")),
            ("warm", self.tr("Read ahead")),
            ("pause", self.tr("Pause")),
            ("resume", self.tr("Resume")),
            ("collect", self.tr("Put into a collection")),
            ("take_out", self.tr("Take out of this collection")),
            ("remove", self.tr("Remove")),
        ]

    def _possible(self) -> set[str]:
        """What can be done with what is selected."""
        chosen = self.selected
        if not chosen or self._stack.currentWidget() is not self.list:
            return set()
        readable = [found for found in chosen if found.state in ("text ready", "indexed")]
        possible = {"remove", "collect"}
        if self.picker.current is not None:
            possible.add("take_out")
        if len(readable) == len(chosen):
            possible |= {"ask", "warm"}
        if len(chosen) == 1 and readable:
            possible.add("open")
        unfinished = [f for f in chosen if f.state in ("imported", "text ready")]
        if any(found.is_paused for found in unfinished):
            possible.add("resume")
        if any(not found.is_paused for found in unfinished):
            possible.add("pause")
        return possible

    def _menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        possible, deleting = self._possible(), self._by_delete()
        key = QKeySequence(QKeySequence.StandardKey.Delete)
        for what, name in self._commands():
            if what in possible:
                action = menu.addAction(with_key(name, key) if what == deleting else name)
                action.setProperty("what", what)
                action.triggered.connect(self._on_action)
        menu.popup(place)

    def _on_selected(self, *_: object) -> None:
        possible = self._possible()
        for what, button in self._buttons.items():
            button.setVisible(what in possible)
        chosen = len(self.selected) if possible else 0
        total, hits = self.documents.rowCount(), self.hits.rowCount()
        if self._stack.currentWidget() is self.found:
            found = self.tr("%n passage(s) found", "", hits) if hits else ""
            nothing = self.tr("No passage found. Try other words.")
            self.count.setText(nothing if self._found_nothing else found)
        elif chosen:
            self.count.setText(self.tr("%n selected", "", chosen))
        else:
            self.count.setText(self.tr("%n document(s)", "", total) if total else "")

    def _on_action(self) -> None:
        self.asked.emit(self.sender().property("what"), [found.id for found in self.selected])

    def _by_delete(self) -> str | None:
        """Out of the collection that is shown; out of the library where all of it is."""
        possible = self._possible()
        return next((what for what in ("take_out", "remove") if what in possible), None)

    def _on_delete(self) -> None:
        what = self._by_delete()
        if what is not None:
            self.asked.emit(what, [found.id for found in self.selected])

    def _on_activated(self, index: QModelIndex) -> None:
        if self.documents.document(index).state in ("text ready", "indexed"):
            self.asked.emit("open", [self.documents.document(index).id])

    def _on_hit(self, index: QModelIndex) -> None:
        self.hit_chosen.emit(index.data(ENTRY_ROLE))
