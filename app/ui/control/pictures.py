"""Pictures of diagrams as files: where to, in which form, and what to say when it fails."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSaveFile, QStandardPaths, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from app.errors import picture_not_saved
from app.ui.control.chat_tools import ChatTools


class PictureControl(QObject):
    """Asks for a name and writes the file off the GUI thread."""

    failed = Signal(object)  # AppError

    def __init__(self, tools: ChatTools) -> None:
        super().__init__()
        self._page, self._reads = tools.page, tools.reads
        tools.page.transcript.save_requested.connect(self._on_requested)

    def _on_requested(self, image: QImage, kind: str) -> None:
        dialog = QFileDialog(self._page, self.tr("Save picture"), _pictures())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("Pictures (*.png)"))
        dialog.setDefaultSuffix("png")
        dialog.selectFile(f"{kind or 'diagram'}.png")
        dialog.fileSelected.connect(partial(self._on_chosen, image))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_chosen(self, image: QImage, path: str) -> None:
        self._reads.run(partial(_save, image, Path(path)), self._on_saved, self.failed.emit)

    def _on_saved(self, path: Path) -> None:
        self._page.toast.show_text(self.tr("Saved as {name}").format(name=path.name))


def _pictures() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)


def _save(image: QImage, path: Path) -> Path:
    """On a worker thread: all of it or nothing; AppError says why nothing."""
    file = QSaveFile(str(path))
    is_written = file.open(QSaveFile.OpenModeFlag.WriteOnly) and image.save(file, "PNG")
    if not (is_written and file.commit()):
        raise picture_not_saved(path, file.errorString())
    return path
