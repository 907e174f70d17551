"""Chats, archive and trash: what the user does with one conversation or with many."""

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QInputDialog, QWidget

from app.ui.actions import Actions
from app.ui.appearance import Appearance
from app.ui.control.conversation import ConversationControl
from app.ui.control.library import LibraryControl, Shelf
from app.ui.sidebar.sidebar import Sidebar
from app.ui.widgets.confirm_dialog import ConfirmDialog
from app.ui.widgets.toast import Toast

UNDO_TRASH = "trash"
UNDO_ARCHIVE = "archive"


class ShelfControl(QObject):
    """Between the sidebar's list on one side and the library and the page on the other."""

    asked = Signal(object)  # a dialog that now stands open

    def __init__(
        self,
        window: QWidget,
        sidebar: Sidebar,
        toast: Toast,
        library: LibraryControl,
        conversation: ConversationControl,
        appearance: Appearance,
    ) -> None:
        super().__init__()
        self._window, self._sidebar, self._toast = window, sidebar, toast
        self._library, self._conversation = library, conversation
        self._appearance = appearance
        self._last: list[int] = []
        rows = sidebar.conversations
        rows.trash_requested.connect(library.move_to_trash)
        rows.pin_requested.connect(library.pin)
        rows.archive_requested.connect(library.archive)
        rows.file_requested.connect(library.file)
        rows.new_folder_requested.connect(self._on_new_folder)
        rows.selection_changed.connect(sidebar.shelf_bar.set_selected)
        sidebar.shelf_bar.back_requested.connect(self._show_chats)
        sidebar.shelf_bar.restore_requested.connect(self._on_restore)
        sidebar.shelf_bar.delete_requested.connect(self._on_delete)
        toast.undone.connect(self._on_undone)
        library.trashed.connect(self._on_trashed)
        library.archived.connect(self._on_archived)
        library.restored.connect(self._on_restored)

    def connect_actions(self, actions: Actions) -> None:
        actions.trash.triggered.connect(self._on_trash)
        actions.pin.triggered.connect(self._on_pin)
        actions.archive.triggered.connect(self._on_archive)
        actions.new_folder.triggered.connect(self._on_new_folder_here)
        actions.show_trash.triggered.connect(self._show_trash)
        actions.show_archive.triggered.connect(self._show_archive)

    def _show_chats(self) -> None:
        self._sidebar.shelf_bar.hide()
        self._show(Shelf.CHATS)

    def _show_trash(self) -> None:
        self._sidebar.shelf_bar.show_trash()
        self._show(Shelf.TRASH)

    def _show_archive(self) -> None:
        self._sidebar.shelf_bar.show_archive()
        self._show(Shelf.ARCHIVE)

    def _show(self, shelf: Shelf) -> None:
        self._sidebar.conversations.set_shelf(shelf)
        self._sidebar.search.clear()
        self._sidebar.search.setVisible(shelf is Shelf.CHATS)
        self._sidebar.shelf_bar.set_selected(0)
        self._library.show_shelf(shelf)

    def _on_trash(self) -> None:
        if self._conversation.current is not None:
            self._library.move_to_trash([self._conversation.current])

    def _on_pin(self) -> None:
        current = self._library.summary_of(self._conversation.current)
        if current is not None:
            self._library.pin([current.id], not current.is_pinned)

    def _on_archive(self) -> None:
        current = self._library.summary_of(self._conversation.current)
        if current is not None:
            self._library.archive([current.id], not current.is_archived)

    def _on_new_folder_here(self) -> None:
        """With the chats that are selected in the list, or the one on the page."""
        selected = self._sidebar.conversations.selected
        current = self._conversation.current
        if self._library.shelf is Shelf.CHATS and current in selected:
            self._on_new_folder(selected)
        elif current is not None:
            self._on_new_folder([current])

    def _on_trashed(self, ids: list[int], title: str) -> None:
        self._last = ids
        for id_ in ids:
            self._conversation.forget(id_)
        if len(ids) == 1:
            words = self.tr("“{name}” is in the trash").format(name=title or self.tr("New chat"))
        else:
            words = self.tr("{count} chats are in the trash").format(count=len(ids))
        self._toast.show_text(words, undo=UNDO_TRASH)

    def _on_archived(self, ids: list[int]) -> None:
        self._last = ids
        words = self.tr("Archived") if len(ids) == 1 else self.tr("{count} chats archived")
        self._toast.show_text(words.format(count=len(ids)), undo=UNDO_ARCHIVE)

    def _on_undone(self, what: str) -> None:
        if what == UNDO_TRASH:
            self._library.restore(self._last)
        elif what == UNDO_ARCHIVE:
            self._library.archive(self._last, False)

    def _on_restored(self, ids: list[int]) -> None:
        """What was brought back is what one wants to see."""
        if len(ids) == 1:
            self._conversation.open(ids[0])

    def _on_restore(self) -> None:
        ids = self._sidebar.conversations.selected
        if self._library.shelf is Shelf.TRASH:
            self._library.restore(ids)
        else:
            self._library.archive(ids, False)

    def _on_delete(self) -> None:
        ids = self._sidebar.conversations.selected
        if not ids:
            return
        if len(ids) == 1:
            question, verb = self.tr("Delete this chat for good?"), self.tr("Delete 1 chat")
            consequence = self.tr("Its messages are removed from this computer. No undo.")
        else:
            question = self.tr("Delete {count} chats for good?").format(count=len(ids))
            verb = self.tr("Delete {count} chats").format(count=len(ids))
            consequence = self.tr("Their messages are removed from this computer. No undo.")
        dialog = ConfirmDialog(question, consequence, verb, self._appearance.theme, self._window)
        dialog.accepted.connect(partial(self._library.delete_for_good, ids))
        self.asked.emit(dialog)
        dialog.open()

    def _on_new_folder(self, ids: list[int]) -> None:
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(self.tr("New folder"))
        dialog.setLabelText(self.tr("Name of the folder"))
        dialog.setOkButtonText(self.tr("Create folder"))
        dialog.textValueSelected.connect(partial(self._library.file, ids))
        self.asked.emit(dialog)
        dialog.open()
