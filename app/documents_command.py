"""``doorstep documents``: what a user does with the library, also beside the window."""

import json
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.documents.desk import DocumentDesk
from app.documents.library import Document, Library
from app.engine.client import EngineClient
from app.engine.errors import bad_request
from app.engine.launch import MachineChoices, WorkerSpec
from app.paths import Paths

_SNIPPET_CHARACTERS = 240


def add_documents(
    paths: Paths, files: Sequence[Path], collection: str | None, *, is_waiting: bool
) -> int:
    """Add files and watch folders; 1 when some file could not be read, which is said.

    Where no other process reads and indexes, this one does it before it ends.
    """
    with closing(Library.open(paths)) as library:
        collection_id = library.create_collection(collection) if collection else None
        missing = [file for file in files if not file.exists()]
        folders = [file for file in files if file.is_dir()]
        for file in missing:
            print(f"doorstep: there is no file {file}", file=sys.stderr)
        ids = library.add([file for file in files if file not in missing], collection_id)
        does_work = library.indexes_here()
        if does_work and folders:
            library.reconcile()
        if does_work or is_waiting:
            if folders:
                ids = [document.id for document in library.documents()]
            library.wait(ids)
        documents = [library.document(document_id) for document_id in dict.fromkeys(ids)]
        for document in documents:
            _say(document)
        for folder in folders:
            print(f"{folder.absolute()}: watched from now on")
    return 1 if missing or any(document.error for document in documents) else 0


def list_documents(paths: Paths, collection: str | None, *, is_json: bool) -> int:
    with closing(Library.open(paths, is_indexing=False)) as library:
        documents = library.documents(_collection_id(library, collection))
        if is_json:
            print(json.dumps([_as_json(document) for document in documents], ensure_ascii=False))
            return 0
        width = max((len(document.name) for document in documents), default=0)
        for document in documents:
            pages = f"{document.pages_done} of {document.pages} pages" if document.pages else ""
            words = document.error or pages
            print(f"{document.id:5}  {document.name:{width}}  {_state(document):10}  {words}")
    return 0


def remove_documents(paths: Paths, names: Sequence[str]) -> int:
    """With their older versions. Names, paths, numbers as listed, or the beginning of a sha256."""
    with closing(_desk(paths)) as desk:
        library = desk.library()
        chosen = chosen_documents(library, names)
        library.remove([document.id for document in chosen])
        for document in chosen:
            print(f"{document.name}: removed")
    return 0


def pause_documents(paths: Paths, names: Sequence[str]) -> int:
    """Whoever reads them, in whichever process, stops within a second or so."""
    with closing(Library.open(paths, is_indexing=False)) as library:
        chosen = chosen_documents(library, names)
        library.pause([document.id for document in chosen])
        for document in chosen:
            _say(library.document(document.id))
    return 0


def resume_documents(paths: Paths, names: Sequence[str]) -> int:
    """From the page they stopped at; as with ``add``, here where no other process reads."""
    with closing(Library.open(paths)) as library:
        chosen = chosen_documents(library, names)
        ids = [document.id for document in chosen]
        library.resume(ids)
        if library.indexes_here():
            library.wait(ids)
        documents = [library.document(document_id) for document_id in ids]
        for document in documents:
            _say(document)
    return 1 if any(document.error for document in documents) else 0


def unwatch_folders(paths: Paths, folders: Sequence[Path]) -> int:
    """Their documents stay."""
    with closing(Library.open(paths, is_indexing=False)) as library:
        watched = {folder.path: folder.id for folder in library.folders()}
        for folder in folders:
            if folder.absolute() not in watched:
                raise bad_request(
                    f"{folder} is not watched. "
                    + (f"Watched: {', '.join(map(str, watched))}." if watched else "No folder is.")
                )
        for folder in folders:
            library.remove_folder(watched[folder.absolute()])
            print(f"{folder.absolute()}: no longer watched; its documents stay")
    return 0


def search_documents(
    paths: Paths, query: str, collection: str | None, limit: int, *, is_json: bool
) -> int:
    """By words; 1 when nothing was found."""
    with closing(Library.open(paths, is_indexing=False)) as library:
        passages = library.search(
            query, collection_id=_collection_id(library, collection), limit=limit
        )
        names = {document.id: document.name for document in library.documents()}
        if is_json:
            rows = [
                {"document": names.get(passage.place.document_id, ""), **asdict(passage)}
                for passage in passages
            ]
            print(json.dumps(rows, ensure_ascii=False))
            return 0 if passages else 1
        for passage in passages:
            name = names.get(passage.place.document_id, "")
            text = " ".join(passage.text.split())
            rest = "…" if len(text) > _SNIPPET_CHARACTERS else ""
            print(f"{name}, page {passage.place.page}\n    {text[:_SNIPPET_CHARACTERS]}{rest}")
    if not passages:
        print("Nothing was found.", file=sys.stderr)
    return 0 if passages else 1


def _desk(paths: Paths) -> DocumentDesk:
    """The library with the warm states of its documents; the engine is never started."""
    nothing = WorkerSpec("app.engine.scripted", Path())
    return DocumentDesk(paths, EngineClient(nothing, MachineChoices(paths.engine_choices)))


def chosen_documents(
    library: Library, names: Sequence[str], collection_id: int | None = None
) -> list[Document]:
    """Each once. Raises AppError for one that is not there, or not clear."""
    known = {document.id for document in library.documents(collection_id)}
    chosen: dict[int, Document] = {}
    for name in names:
        found = [document for document in library.find(name) if document.id in known]
        if not found:
            where = " in this collection" if collection_id is not None else ""
            raise bad_request(
                f"There is no document {name!r}{where}. `doorstep documents list` names them all."
            )
        if len(found) > 1:
            raise bad_request(
                f"{len(found)} documents are called {name!r}. Give the number that "
                "`doorstep documents list` shows, or the path."
            )
        chosen[found[0].id] = found[0]
    return list(chosen.values())


def collection_id_of(library: Library, name: str) -> int:
    """Raises AppError where there is none of this name."""
    for collection in library.collections():
        if collection.name == name:
            return collection.id
    raise bad_request(
        f"There is no collection called {name!r}. `doorstep documents collections` names them all."
    )


def _collection_id(library: Library, name: str | None) -> int | None:
    return None if name is None else collection_id_of(library, name)


def _say(document: Document) -> None:
    if document.error:
        print(f"{document.name}: {document.error}", file=sys.stderr)
        return
    pages = "1 page" if document.pages == 1 else f"{document.pages} pages"
    print(f"{document.name}: {_state(document)}{f', {pages}' if document.pages else ''}")
    for notice in document.notices:
        print(f"    {notice}")


def _state(document: Document) -> str:
    return "paused" if document.is_paused else document.state


def _as_json(document: Document) -> dict[str, Any]:
    return {**asdict(document), "path": str(document.path)}
