import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from app.ui.widgets.banner import Banner


@pytest.fixture
def asked(open_rig, tmp_path, monkeypatch):
    """The window, after it was asked to save a picture: its dialog for the file."""
    monkeypatch.setenv("HOME", str(tmp_path))
    rig = open_rig()
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(0x1F6F5C)
    rig.page.transcript.save_requested.emit(image, "flowchart")
    dialog = rig.page.findChild(QFileDialog)
    dialog.hide()
    return rig, dialog


def test_the_name_that_is_proposed_says_what_it_is(asked):
    _, dialog = asked

    (proposed,) = dialog.selectedFiles()

    assert proposed.endswith("flowchart.png")
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave


def test_a_picture_is_saved_where_the_user_wants_it(asked, tmp_path):
    rig, dialog = asked

    dialog.fileSelected.emit(str(tmp_path / "steps.png"))
    rig.wait_until(lambda: rig.page.toast.isVisible())

    saved = QImage(str(tmp_path / "steps.png"))
    assert (saved.width(), saved.height()) == (40, 30)


def test_it_is_said_when_a_picture_cannot_be_saved(asked, tmp_path):
    rig, dialog = asked
    nowhere = tmp_path / "no such folder" / "steps.png"

    dialog.fileSelected.emit(str(nowhere))
    rig.wait_until(lambda: rig.page.banners.findChild(Banner) is not None)

    assert not nowhere.exists()
    assert "steps.png" in rig.page.banners.findChild(Banner).accessibleName()
