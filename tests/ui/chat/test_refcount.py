"""PySide6 6.12 lost a reference to None with each call, until Python 3.11 ended itself."""

import gc
import sys

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QLabel


def test_20_000_label_updates_do_not_change_the_references_to_none(qtbot):
    label = QLabel()
    qtbot.addWidget(label)
    label.show()
    loop = QEventLoop()
    timer = QTimer()
    timer.setInterval(0)
    updates = iter(range(20_000))

    def update() -> None:
        for number in updates:
            label.setText(str(number))
            label.resize(100 + number % 50, 20)
            if number % 20 == 0:
                return
        loop.quit()

    timer.timeout.connect(update)
    gc.collect()  # what other tests left behind refers to None, too
    before = sys.getrefcount(None)
    timer.start()
    loop.exec()
    timer.stop()

    assert abs(sys.getrefcount(None) - before) <= 100
