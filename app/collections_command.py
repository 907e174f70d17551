"""``doorstep documents collections``: lists, renames, empties and deletes collections."""

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict

from app.documents.library import Library
from app.documents_command import chosen_documents, collection_id_of
from app.engine.errors import bad_request
from app.paths import Paths


def list_collections(paths: Paths, *, is_json: bool) -> int:
    with closing(Library.open(paths, is_indexing=False)) as library:
        collections = library.collections()
    if is_json:
        print(json.dumps([asdict(collection) for collection in collections], ensure_ascii=False))
        return 0
    for collection in collections:
        print(f"{collection.documents:5}  {collection.name}")
    return 0


def rename_collection(paths: Paths, name: str, new_name: str) -> int:
    if not new_name.strip():
        raise bad_request("A collection needs a name.")
    with closing(Library.open(paths, is_indexing=False)) as library:
        if not library.rename_collection(collection_id_of(library, name), new_name):
            raise bad_request(f"There is already a collection called {new_name!r}.")
    print(f"{name}: called {new_name} from now on")
    return 0


def delete_collection(paths: Paths, name: str) -> int:
    with closing(Library.open(paths, is_indexing=False)) as library:
        library.delete_collection(collection_id_of(library, name))
    print(f"{name}: deleted; its documents stay")
    return 0


def take_out_documents(paths: Paths, collection: str, names: Sequence[str]) -> int:
    """Out of the collection; they stay in the library."""
    with closing(Library.open(paths, is_indexing=False)) as library:
        collection_id = collection_id_of(library, collection)
        chosen = chosen_documents(library, names, collection_id)
        library.take_out([document.id for document in chosen], collection_id)
    for document in chosen:
        print(f"{document.name}: taken out of {collection}")
    return 0
