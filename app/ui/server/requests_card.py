"""The requests of the endpoint, newest first, and what is known of the one that is chosen."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from app.server.inspector import RequestRecord
from app.ui.server.request_words import request_caption, request_details, request_title
from app.ui.theme import Theme
from app.ui.widgets.card import Card, words
from app.ui.widgets.fact_list import FactList, FactRow
from app.ui.widgets.setting_row import SettingRow
from app.ui.widgets.switch import Switch

_SHOWN = 12
_TONES = {"failed": "danger", "writing": "ok", "reading": "ok", "waiting": "warn"}


class RequestsCard(Card):
    """Nothing is watched, and no prompt kept, until the user asks for it."""

    watched = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self.set_title(self.tr("Requests"))
        self._records: dict[str, RequestRecord] = {}
        self._chosen = ""
        self.switch = Switch(self.tr("Watch requests"), theme)
        self.switch.clicked.connect(self.watched)
        row = SettingRow(
            self.tr("Watch requests"),
            self.tr("Keeps their prompts in memory while it is on, and forgets them afterwards."),
            self.switch,
        )
        self.state = words("", "secondary")
        self.list = FactList(theme)
        self.list.setAccessibleName(self.tr("Requests, newest first"))
        self.list.chosen.connect(self._on_chosen)
        self._details = QGridLayout()
        self._details.setHorizontalSpacing(24)
        self._details.setVerticalSpacing(6)
        self._details.setColumnStretch(1, 1)
        for part in (row, self.state, self.list):
            self.column.addWidget(part)
        self.column.addLayout(self._details)
        self.show_records([], is_on=False)

    def show_records(self, records: Sequence[RequestRecord], *, is_on: bool) -> None:
        """Oldest first, as they came."""
        self.switch.setChecked(is_on)
        newest = list(records)[: -_SHOWN - 1 : -1]
        self._records = {str(record.id): record for record in newest}
        self.state.setText(self.tr("No request yet.") if is_on else "")
        self.state.setVisible(is_on and not records)
        self.list.setVisible(bool(records))
        rows = [
            FactRow(
                key,
                request_title(record),
                request_caption(record),
                self.tr("prefix missed") if record.miss is not None else "",
                "warn" if record.miss is not None else _TONES.get(record.state, "muted"),
            )
            for key, record in self._records.items()
        ]
        self.list.show_rows(rows, self._chosen)
        self._show_details()

    def set_theme(self, theme: Theme) -> None:
        self.switch.set_theme(theme)
        self.list.set_theme(theme)

    def _on_chosen(self, key: str) -> None:
        self._chosen = key
        self._show_details()

    def _show_details(self) -> None:
        while (item := self._details.takeAt(0)) is not None:
            item.widget().hide()
            item.widget().deleteLater()
        record = self._records.get(self._chosen)
        details = request_details(record) if record is not None else ()
        for number, (name, value) in enumerate(details):
            said = words(name, "caption")
            said.setWordWrap(False)
            said.setContentsMargins(0, 1, 0, 0)  # on a line with what is larger beside it
            self._details.addWidget(said, number, 0, Qt.AlignmentFlag.AlignTop)
            label = words(value, "value")
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setAccessibleName(f"{name}: {value}")
            self._details.addWidget(label, number, 1)
