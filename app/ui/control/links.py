"""Links in answers: nothing opens before the user has seen where it leads."""

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from app.ui.appearance import Appearance
from app.ui.widgets.banner import BannerStack, Notice
from app.ui.widgets.link_dialog import LinkDialog, web_address

BANNER = "link"
_SHOWN = 200  # characters of an address that is refused


class LinkControl(QObject):
    """Between the transcript and the system's browser."""

    def __init__(self, window: QWidget, banners: BannerStack, appearance: Appearance) -> None:
        super().__init__()
        self._window, self._banners, self._appearance = window, banners, appearance

    def ask(self, untrusted_url: str) -> None:
        """Show the whole address and open it if the user says so; only http and https."""
        url = web_address(untrusted_url)
        if url is None:
            self._banners.show_notice(BANNER, self._refusal(untrusted_url))
            return
        dialog = LinkDialog(url, self._appearance.theme, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.confirmed.connect(self._on_confirmed)
        dialog.open()

    def _on_confirmed(self, url: QUrl) -> None:
        QDesktopServices.openUrl(url)

    def _refusal(self, untrusted_url: str) -> Notice:
        shown = "".join(c if c.isprintable() else "�" for c in untrusted_url[:_SHOWN])
        return Notice(
            "warn",
            self.tr("This link was not opened"),
            self.tr("Only web addresses (http and https) are opened. It says: {url}").format(
                url=shown
            ),
        )
