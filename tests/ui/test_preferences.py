"""What was chosen is in the settings file, whenever the window is closed."""

from app.settings import Settings, load
from app.ui.control.preferences import Preferences


def test_what_is_changed_just_before_the_end_is_kept(qapp, paths):
    preferences = Preferences(paths, Settings())

    for percent in (110, 125, 150, 175, 200, 90):
        preferences.keep(text_percent=percent)
    preferences.close(30)

    assert load(paths.settings).text_percent == 90
