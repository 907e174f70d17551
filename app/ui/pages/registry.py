"""The pages of the window, in the order of the sidebar. A page is imported on its first visit."""

from PySide6.QtCore import QT_TRANSLATE_NOOP

from app.ui.pages.page import Page, PageEntry, PageTools


def _make_settings(tools: PageTools) -> Page:
    from app.ui.control.settings_page import SettingsControl

    return SettingsControl(tools)


PAGES = (
    PageEntry(
        "settings",
        QT_TRANSLATE_NOOP("Pages", "Settings"),
        "settings",
        ("Ctrl+5", "Ctrl+,"),
        _make_settings,
    ),
)
