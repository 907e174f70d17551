"""Asks for the pictures that are wanted now, and withdraws what is no longer wanted."""

from collections.abc import Iterable
from concurrent.futures import CancelledError, Future
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.documents.page_server import PageServer, Picture
from app.errors import AppError


class PagePictures(QObject):
    """Pages come before thumbnails. Signals arrive on the GUI thread."""

    arrived = Signal(int, object, float)  # page, QImage, the scale that was asked for
    failed = Signal(int, object)  # page, AppError
    _came = Signal(int, float, object)

    def __init__(self, server: PageServer, *, are_thumbnails: bool = False) -> None:
        super().__init__()
        self._server, self._is_urgent = server, not are_thumbnails
        self._asked: dict[int, tuple[float, Future[Picture]]] = {}
        self._came.connect(self._on_came)

    def want(self, numbers: Iterable[int], scale: float) -> None:
        """Exactly these, at this many pixels per point; whatever else was asked for is dropped."""
        wanted = list(numbers)
        for number in [n for n, (at, _) in self._asked.items() if n not in wanted or at != scale]:
            self._asked.pop(number)[1].cancel()
        for number in wanted:
            if number not in self._asked:
                future = self._server.submit_picture(number, scale, is_urgent=self._is_urgent)
                self._asked[number] = (scale, future)
                future.add_done_callback(partial(self._on_done, number, scale))

    def close(self) -> None:
        asked, self._asked = self._asked, {}
        for _, future in asked.values():
            future.cancel()

    def _on_done(self, number: int, scale: float, future: "Future[Picture]") -> None:
        """On a thread of the server: the pixels are copied there."""
        try:
            picture = future.result()
        except CancelledError:
            return
        except AppError as error:
            self._came.emit(number, scale, error)
            return
        image = QImage(
            picture.data,
            picture.width,
            picture.height,
            picture.stride,
            QImage.Format.Format_RGB32,
        )
        self._came.emit(number, scale, image.copy())

    def _on_came(self, number: int, scale: float, found: object) -> None:
        asked = self._asked.get(number)
        if asked is None or asked[0] != scale:
            return
        del self._asked[number]
        if isinstance(found, AppError):
            self.failed.emit(number, found)
        else:
            self.arrived.emit(number, found, scale)
