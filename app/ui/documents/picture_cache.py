"""Pictures of pages, the least recently shown dropped first."""

from collections import OrderedDict

from PySide6.QtGui import QImage

BUDGET_BYTES = 96 * 1024 * 1024


class PictureCache:
    """One picture a page, with the pixels per point at which it was made."""

    def __init__(self, budget_bytes: int = BUDGET_BYTES) -> None:
        self._budget = budget_bytes
        self._pictures: OrderedDict[int, tuple[QImage, float]] = OrderedDict()
        self.size_bytes = 0

    def put(self, number: int, picture: QImage, scale: float) -> None:
        former = self._pictures.pop(number, None)
        if former is not None:
            self.size_bytes -= former[0].sizeInBytes()
        self._pictures[number] = (picture, scale)
        self.size_bytes += picture.sizeInBytes()
        while self.size_bytes > self._budget and len(self._pictures) > 1:
            _, (dropped, _) = self._pictures.popitem(last=False)
            self.size_bytes -= dropped.sizeInBytes()

    def get(self, number: int) -> QImage | None:
        found = self._pictures.get(number)
        if found is None:
            return None
        self._pictures.move_to_end(number)
        return found[0]

    def scale_of(self, number: int) -> float:
        """0 where there is no picture."""
        found = self._pictures.get(number)
        return 0.0 if found is None else found[1]

    def clear(self) -> None:
        self._pictures.clear()
        self.size_bytes = 0
