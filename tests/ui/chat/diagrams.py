"""A diagram to show, and one who draws when a test says so."""

from concurrent.futures import Future

from PySide6.QtGui import QColor, QImage

from app.diagrams.job import DiagramJob
from app.ui.chat.diagram_pictures import DiagramPicture

SOURCE = "flowchart TD\n    A[Start] --> B[Landing]\n"
FENCE = f"```mermaid\n{SOURCE}```\n"


class Drawer:
    """Draws when it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[DiagramJob, Future[DiagramPicture | None]]] = []

    def draw(self, job: DiagramJob) -> "Future[DiagramPicture | None]":
        result: Future[DiagramPicture | None] = Future()
        self.asked.append((job, result))
        return result

    @property
    def waited_for(self) -> "list[Future[DiagramPicture | None]]":
        return [result for _, result in self.asked if not result.done()]

    def answer(self, picture: DiagramPicture | None) -> None:
        for result in self.waited_for:
            result.set_result(picture)


def picture(width: int = 300, height: int = 500, letters: int = 14) -> DiagramPicture:
    """Red, so high and so wide with letters of 14 pixels."""
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(200, 0, 0, 128))
    return DiagramPicture(image, width / letters, height / letters)
