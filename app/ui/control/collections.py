"""Collections of documents: put into, taken out of, renamed and deleted, each with its undo."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QInputDialog

from app.documents.desk import DocumentDesk
from app.documents.library import Collection, DeletedCollection, Library
from app.errors import AppError
from app.ui.background import Background
from app.ui.pages.page_frame import PageFrame

_UNDO = "collection"


class CollectionsControl(QObject):
    """Asks for names over the documents page and changes the library on a worker thread."""

    changed = Signal()
    shown = Signal(object)  # the collection to show now, None for all documents
    failed = Signal(object)  # AppError

    def __init__(self, desk: DocumentDesk, frame: PageFrame, sends: Background) -> None:
        super().__init__()
        self._desk, self._frame, self._sends = desk, frame, sends
        self._known: dict[int, Collection] = {}
        self._undo: Callable[[Library], int] | None = None
        frame.toast.undone.connect(self._on_undone)

    def show_collections(self, collections: Sequence[Collection]) -> None:
        """What there is now, as last read."""
        self._known = {found.id: found for found in collections}

    def put(self, ids: list[int]) -> None:
        """Into one that there is, or into a new one."""
        dialog = self._dialog(self.tr("Put into a collection"), self.tr("Put"))
        if self._known:
            dialog.setComboBoxItems([found.name for found in self._known.values()])
            dialog.setComboBoxEditable(True)
        dialog.textValueSelected.connect(partial(self._on_put, ids))
        dialog.open()

    def take_out(self, ids: list[int], collection_id: int) -> None:
        self._run(
            partial(_take_out, ids, collection_id),
            partial(self._on_taken_out, ids, collection_id),
        )

    def rename(self, collection_id: int) -> None:
        dialog = self._dialog(self.tr("Rename collection"), self.tr("Rename"))
        dialog.setTextValue(self._name_of(collection_id))
        dialog.textValueSelected.connect(partial(self._on_name, collection_id))
        dialog.open()

    def delete(self, collection_id: int) -> None:
        """At once, for it can be undone; its documents stay."""
        self._run(partial(_delete, collection_id), self._on_deleted)

    def _dialog(self, title: str, verb: str) -> QInputDialog:
        dialog = QInputDialog(self._frame)
        dialog.setWindowTitle(title)
        dialog.setLabelText(self.tr("Name of the collection"))
        dialog.setOkButtonText(verb)
        dialog.setCancelButtonText(self.tr("Cancel"))
        return dialog

    def _run(self, work: Callable[[Library], object], on_done: Callable[..., None]) -> None:
        self._sends.run(partial(_with_library, self._desk, work), on_done, self._on_failed)

    def _on_put(self, ids: list[int], name: str) -> None:
        if name.strip():
            self._run(partial(_put, ids, name), partial(self._on_in, name.strip()))

    def _on_in(self, name: str, _: object) -> None:
        self._tell(self.tr("Put into “{name}”").format(name=name))
        self.changed.emit()

    def _on_taken_out(self, ids: list[int], collection_id: int, _: object) -> None:
        words = self.tr("%n document(s) taken out of “{name}”", "", len(ids))
        name = self._name_of(collection_id)
        self._tell(words.format(name=name), partial(_put_back, ids, collection_id))
        self.changed.emit()

    def _on_name(self, collection_id: int, name: str) -> None:
        if name.strip():
            self._run(
                partial(_rename, collection_id, name),
                partial(self._on_renamed, collection_id, name.strip()),
            )

    def _on_renamed(self, collection_id: int, name: str, is_renamed: bool | None) -> None:
        former = self._name_of(collection_id)
        if is_renamed is False:
            words = self.tr("There is already a collection called “{name}”")
            self._tell(words.format(name=name))
        elif is_renamed and name != former:
            words = self.tr("“{former}” is now called “{name}”").format(former=former, name=name)
            self._tell(words, partial(_name_back, collection_id, former))
        self.changed.emit()

    def _on_deleted(self, deleted: DeletedCollection | None) -> None:
        if deleted is not None:
            words = self.tr("“{name}” is deleted; its documents stay")
            self._tell(words.format(name=deleted.name), partial(_restore, deleted))
        self.shown.emit(None)

    def _on_undone(self, what: str) -> None:
        if what == _UNDO and self._undo is not None:
            self._run(self._undo, self._on_undo_done)
            self._undo = None

    def _on_undo_done(self, collection_id: int) -> None:
        """What came back is what one wants to see."""
        self.shown.emit(collection_id)

    def _on_failed(self, error: AppError) -> None:
        self.failed.emit(error)

    def _tell(self, words: str, undo: Callable[[Library], int] | None = None) -> None:
        """``undo`` returns the collection that it is about."""
        self._undo = undo
        self._frame.toast.show_text(words, undo=_UNDO if undo is not None else "")

    def _name_of(self, collection_id: int) -> str:
        found = self._known.get(collection_id)
        return found.name if found is not None else ""


def _with_library(desk: DocumentDesk, work: Callable[[Library], object]) -> object:
    return work(desk.library())


def _put(ids: list[int], name: str, library: Library) -> None:
    """Into the collection of that name, made when there is none."""
    library.put(ids, library.create_collection(name))


def _take_out(ids: list[int], collection_id: int, library: Library) -> None:
    library.take_out(ids, collection_id)


def _put_back(ids: list[int], collection_id: int, library: Library) -> int:
    library.put(ids, collection_id)
    return collection_id


def _rename(collection_id: int, name: str, library: Library) -> bool | None:
    """None where another process has deleted it, which shows by itself."""
    with suppress(LookupError):
        return library.rename_collection(collection_id, name)
    return None


def _name_back(collection_id: int, name: str, library: Library) -> int:
    _rename(collection_id, name, library)
    return collection_id


def _delete(collection_id: int, library: Library) -> DeletedCollection | None:
    with suppress(LookupError):
        return library.delete_collection(collection_id)
    return None


def _restore(deleted: DeletedCollection, library: Library) -> int:
    return library.restore_collection(deleted)
