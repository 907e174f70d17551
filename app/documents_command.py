"""``doorstep documents``: adds, lists, removes and searches documents, also beside the window."""

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
            print(f"{document.id:5}  {document.name:{width}}  {document.state:10}  {words}")
    return 0


def remove_documents(paths: Paths, names: Sequence[str]) -> int:
    """With their older versions. Names, paths, numbers as listed, or the beginning of a sha256."""
    with closing(_desk(paths)) as desk:
        library = desk.library()
        chosen: dict[int, Document] = {}
        for name in names:
            found = library.find(name)
            if not found:
                raise bad_request(
                    f"There is no document {name!r}. `doorstep documents list` names them all."
                )
            if len(found) > 1:
                raise bad_request(
                    f"{len(found)} documents are called {name!r}. Give the number that "
                    "`doorstep documents list` shows, or the path."
                )
            chosen[found[0].id] = found[0]
        library.remove(list(chosen))
        for document in chosen.values():
            print(f"{document.name}: removed")
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


def _collection_id(library: Library, name: str | None) -> int | None:
    if name is None:
        return None
    for collection in library.collections():
        if collection.name == name:
            return collection.id
    raise bad_request(f"There is no collection called {name!r}.")


def _say(document: Document) -> None:
    if document.error:
        print(f"{document.name}: {document.error}", file=sys.stderr)
        return
    pages = "1 page" if document.pages == 1 else f"{document.pages} pages"
    print(f"{document.name}: {document.state}{f', {pages}' if document.pages else ''}")
    for notice in document.notices:
        print(f"    {notice}")


def _as_json(document: Document) -> dict[str, Any]:
    return {**asdict(document), "path": str(document.path)}
