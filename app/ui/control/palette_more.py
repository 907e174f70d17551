"""What else the palette finds: models on this computer and documents of the library."""

from app.errors import AppError
from app.models.found import find_models
from app.ui.palette.entries import Entry, entry
from app.ui.services import Services


def found_elsewhere(services: Services) -> list[Entry]:
    """On a worker thread: it walks folders. Without a library that can be read, models alone."""
    entries = [
        entry("model", found.name, found.path) for found in find_models(services.paths.models)
    ]
    desk = services.documents
    if desk is None or not desk.has_library:
        return entries
    try:
        documents = desk.library().documents()
    except AppError:  # the documents page says so
        return entries
    return [*entries, *(entry("document", found.name, found.id) for found in documents)]
