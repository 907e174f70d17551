"""What the transcript asks of every widget that shows a row."""

from typing import Protocol

from PySide6.QtWidgets import QWidget

from app.ui.chat.rows import Row
from app.ui.chat.style import Style


class BlockWidget(Protocol):
    """A QWidget that can show one row after another; ``pooled`` ones are hidden and empty."""

    def set_style(self, style: Style) -> None: ...

    def show_row(self, row: Row, width: int) -> int:
        """Show the row in ``width`` pixels; returns the height that it needs."""

    def widget(self) -> QWidget: ...
