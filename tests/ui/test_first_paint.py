from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.ui.first_paint import FirstPaint


def test_it_comes_once_when_the_window_has_been_painted(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    came = []
    FirstPaint(window).came.connect(lambda: came.append(window.isVisible()))

    window.show()
    qtbot.waitUntil(lambda: bool(came))
    window.repaint()
    QApplication.processEvents()

    assert came == [True]


def test_it_comes_for_a_window_that_nobody_sees(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    came = []
    FirstPaint(window).came.connect(lambda: came.append(True))

    QApplication.sendEvent(window, QEvent(QEvent.Type.Show))

    qtbot.waitUntil(lambda: came == [True])
