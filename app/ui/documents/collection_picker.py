"""Which collection the documents page shows, and what can be done with it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from app.storage.documents_rows import Collection
from app.ui.icons import icon
from app.ui.theme import Theme
from app.ui.widgets.choice import Choice
from app.ui.widgets.icon_button import IconButton

_MOST_CHARACTERS = 24  # of a name: a long one must not widen the window
_RENAME, _DELETE = Qt.Key.Key_F2, Qt.Key.Key_Delete


class CollectionPicker(QWidget):
    """F2 renames and Del deletes the collection that is shown, while the focus is here."""

    chosen = Signal(object)  # its id, None for all documents
    rename_requested = Signal(int)
    delete_requested = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = Choice(self.tr("Collection"), {}, theme)
        self.choice.picked.connect(self._on_picked)
        self.more = IconButton("more", self.tr("Rename or delete this collection"))
        self.more.setMenu(self._menu())
        self.more.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 4, 0)  # what follows is not part of it
        row.setSpacing(0)
        row.addWidget(self.choice)
        row.addWidget(self.more)
        self.show_collections([], None)
        self.set_theme(theme)

    @property
    def current(self) -> int | None:
        return self.choice.value

    def show_collections(self, collections: Sequence[Collection], current: int | None) -> None:
        names = {found.id: f"{_short(found.name)} ({found.documents})" for found in collections}
        self.choice.set_choices({None: self.tr("All documents"), **names})
        self.choice.show_value(current)
        for number, found in enumerate(collections, 1):
            self.choice.setItemData(number, found.name, Qt.ItemDataRole.ToolTipRole)
        self.setVisible(bool(collections))
        self._show_what_can_be_done()

    def set_theme(self, theme: Theme) -> None:
        self.choice.set_theme(theme)
        self.more.set_theme(theme)
        size, color = theme.size("icon"), theme.color("muted")
        self._rename.setIcon(icon("rename", color, size))
        self._delete.setIcon(icon("trash", color, size))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.current is not None:
            self.more.menu().popup(event.globalPos())

    def event(self, event: QEvent) -> bool:
        """These keys belong to the collection before they rename the chat behind the page."""
        is_ours = event.type() == QEvent.Type.ShortcutOverride and self._is_handled(event.key())
        if is_ours:
            event.accept()
        return is_ours or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._is_handled(event.key()):
            super().keyPressEvent(event)
        elif event.key() == _RENAME:
            self._on_rename()
        else:
            self._on_delete()

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        self._rename = menu.addAction(with_key(self.tr("Rename…"), QKeySequence(_RENAME)))
        self._rename.triggered.connect(self._on_rename)
        self._delete = menu.addAction(with_key(self.tr("Delete collection"), QKeySequence(_DELETE)))
        self._delete.triggered.connect(self._on_delete)
        return menu

    def _is_handled(self, key: int) -> bool:
        return self.current is not None and key in (_RENAME, _DELETE)

    def _show_what_can_be_done(self) -> None:
        self.more.setVisible(self.current is not None)

    def _on_picked(self, collection_id: int | None) -> None:
        self._show_what_can_be_done()
        self.chosen.emit(collection_id)

    def _on_rename(self) -> None:
        self.rename_requested.emit(self.current)

    def _on_delete(self) -> None:
        self.delete_requested.emit(self.current)


def _short(name: str) -> str:
    return name if len(name) <= _MOST_CHARACTERS else name[: _MOST_CHARACTERS - 1] + "…"


def with_key(name: str, key: QKeySequence) -> str:
    """As menus show keys, without making it a key of the whole window."""
    return f"{name}\t{key.toString(QKeySequence.SequenceFormat.NativeText)}"
