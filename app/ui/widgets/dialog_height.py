"""Makes a dialog exactly as high as its words need at its width."""

from PySide6.QtWidgets import QDialog


def fit_height(dialog: QDialog) -> None:
    """Qt gives a dialog at most two thirds of the screen, and words that wrap too much or little.

    To be called when it is shown: before that, labels do not know their font.
    """
    dialog.layout().activate()
    dialog.setFixedHeight(dialog.layout().totalHeightForWidth(dialog.width()))
