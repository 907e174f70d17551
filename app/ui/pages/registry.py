"""The pages of the window, in the order of the sidebar. A page is imported on its first visit."""

from PySide6.QtCore import QT_TRANSLATE_NOOP

from app.ui.pages.page import Page, PageEntry, PageTools
from app.ui.services import Services


def _make_documents(tools: PageTools) -> Page:
    from app.ui.control.library_page import LibraryPageControl

    return LibraryPageControl(tools)


def _make_models(tools: PageTools) -> Page:
    from app.ui.control.models_page import ModelsControl

    return ModelsControl(tools)


def _make_compare(tools: PageTools) -> Page:
    from app.ui.control.compare_page import CompareControl

    return CompareControl(tools)


def _make_endpoint(tools: PageTools) -> Page:
    from app.ui.control.endpoint_page import EndpointPageControl

    return EndpointPageControl(tools)


def _make_settings(tools: PageTools) -> Page:
    from app.ui.control.settings_page import SettingsControl

    return SettingsControl(tools)


def _make_welcome(tools: PageTools) -> Page:
    from app.ui.control.welcome import WelcomeControl

    return WelcomeControl(tools)


# Not in the sidebar: shown once.
WELCOME = PageEntry("welcome", QT_TRANSLATE_NOOP("Pages", "Welcome"), "mark", (), _make_welcome)

PAGES = (
    PageEntry(
        "documents",
        QT_TRANSLATE_NOOP("Pages", "Documents"),
        "documents",
        ("Ctrl+2",),
        _make_documents,
    ),
    PageEntry(
        "models",
        QT_TRANSLATE_NOOP("Pages", "Models"),
        "models",
        ("Ctrl+3", "Ctrl+Shift+M"),
        _make_models,
    ),
    PageEntry(
        "compare",
        QT_TRANSLATE_NOOP("Pages", "Side by side"),
        "compare",
        ("Ctrl+6",),
        _make_compare,
    ),
    PageEntry(
        "endpoint",
        QT_TRANSLATE_NOOP("Pages", "Endpoint"),
        "endpoint",
        ("Ctrl+4",),
        _make_endpoint,
    ),
    PageEntry(
        "settings",
        QT_TRANSLATE_NOOP("Pages", "Settings"),
        "settings",
        ("Ctrl+5", "Ctrl+,"),
        _make_settings,
    ),
)


def pages_for(services: Services) -> tuple[PageEntry, ...]:
    """Only those for which there is something to show."""
    missing = set()
    if services.endpoint is None:
        missing.add("endpoint")
    if services.documents is None:
        missing.add("documents")
    return tuple(page for page in PAGES if page.key not in missing)
