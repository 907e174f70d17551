"""Makes a dialog as wide as its window allows, and exactly as high as its words need then."""

from PySide6.QtWidgets import QDialog, QWidget

from app.ui.theme import Theme

_BESIDE = 16  # pixels that are left of the window


def dialog_width(theme: Theme, parent: QWidget | None) -> int:
    """Text that is large makes a dialog wide, but never wider than what it stands over."""
    width = theme.size("dialog")
    return width if parent is None else min(width, parent.window().width() - 2 * _BESIDE)


def fit_height(dialog: QDialog) -> None:
    """Qt gives a dialog at most two thirds of the screen, and words that wrap too much or little.

    To be called when it is shown: before that, labels do not know their font.
    """
    dialog.layout().activate()
    dialog.setFixedHeight(dialog.layout().totalHeightForWidth(dialog.width()))
