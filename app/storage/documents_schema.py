"""The tables of the document library, in a file of its own beside the conversations'."""

from app.storage.schema import Schema

# A table of its own: it is dropped and made anew when the index is damaged. ``porter`` lets a
# question's "configured" find "configure"; Chinese is indexed by character (app.storage.search).
CREATE_PASSAGE_SEARCH = """
CREATE VIRTUAL TABLE passage_search USING fts5(
    text,                    -- app.storage.search.searchable() of the passage
    heading,                 -- the same of the document's name and the page's label
    content = '',            -- the index only; pages.text holds the text
    contentless_delete = 1,  -- lets a row be deleted without knowing its former text
    tokenize = 'porter unicode61 remove_diacritics 2'
);
"""

_CREATE_1 = f"""
CREATE TABLE collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE
);

-- folders that are watched
CREATE TABLE folders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL UNIQUE,                -- os.fsencode(): names need not be UTF-8
    collection_id INTEGER REFERENCES collections (id) ON DELETE SET NULL
);

-- one row per content: the same bytes under two names are one document
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,     -- never used twice: old citations name it
    sha256 TEXT UNIQUE,                       -- NULL for a file that could not even be copied
    name TEXT NOT NULL,                       -- never changed: it is in the index
    path BLOB NOT NULL,                       -- where it came from last
    suffix TEXT NOT NULL,                     -- of the stored copy: ".pdf"
    kind TEXT NOT NULL DEFAULT '',
    size_bytes INTEGER NOT NULL,
    state TEXT NOT NULL,                      -- DocumentState
    is_paused INTEGER NOT NULL DEFAULT 0,
    is_removed INTEGER NOT NULL DEFAULT 0,    -- 1: out of sight, its rows are being deleted
    pages INTEGER NOT NULL DEFAULT 0,         -- 0 while not known
    pages_done INTEGER NOT NULL DEFAULT 0,    -- pages 1 to this one are stored
    pages_indexed INTEGER NOT NULL DEFAULT 0, -- pages 1 to this one have their passages
    characters INTEGER NOT NULL DEFAULT 0,
    ocr_pages INTEGER NOT NULL DEFAULT 0,
    passages INTEGER NOT NULL DEFAULT 0,
    notices TEXT NOT NULL DEFAULT '[]',       -- JSON list of sentences
    error TEXT NOT NULL DEFAULT '',
    added_at REAL NOT NULL,                   -- unix seconds, to show, never to sort by
    version INTEGER NOT NULL DEFAULT 1,       -- of the file it came from, counted from 1
    newer_id INTEGER REFERENCES documents (id) ON DELETE SET NULL -- what that file became
);
CREATE INDEX documents_path ON documents (path);
CREATE INDEX documents_newer ON documents (newer_id) WHERE newer_id IS NOT NULL;

-- the files that a document is known by
CREATE TABLE sources (
    path BLOB PRIMARY KEY,
    document_id INTEGER REFERENCES documents (id) ON DELETE CASCADE,
                                              -- NULL: the user removed it, the folder keeps it
    folder_id INTEGER REFERENCES folders (id) ON DELETE SET NULL,
    size_bytes INTEGER NOT NULL,              -- with mtime_ns: whether it changed since
    mtime_ns INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sources_document ON sources (document_id);
CREATE INDEX sources_folder ON sources (folder_id);

CREATE TABLE collected (
    collection_id INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    PRIMARY KEY (collection_id, document_id)
) WITHOUT ROWID;
CREATE INDEX collected_document ON collected (document_id);

CREATE TABLE pages (
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES documents (id),
    number INTEGER NOT NULL,                  -- from 1
    label TEXT NOT NULL,
    width REAL NOT NULL,                      -- points
    height REAL NOT NULL,
    is_ocr INTEGER NOT NULL,
    text BLOB NOT NULL,                       -- app.storage.documents_pages.packed()
    words BLOB,                               -- the same of JSON, where OCR found words
    UNIQUE (document_id, number)
);

CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,     -- never used twice: vectors in memory name it
    document_id INTEGER NOT NULL REFERENCES documents (id),
    page INTEGER NOT NULL,
    start INTEGER NOT NULL,                   -- characters of the page's text
    end INTEGER NOT NULL
);
CREATE INDEX passages_document ON passages (document_id, id);

{CREATE_PASSAGE_SEARCH}

CREATE TABLE embedders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,                -- the identity of the model
    knows_chinese INTEGER                     -- what a probe found; NULL before it
);

CREATE TABLE vectors (
    id INTEGER PRIMARY KEY AUTOINCREMENT,     -- rises: who has read up to n asks for more than n
    embedder_id INTEGER NOT NULL REFERENCES embedders (id) ON DELETE CASCADE,
    passage_id INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
    vector BLOB NOT NULL,                     -- float16, little endian, of length 1
    UNIQUE (passage_id, embedder_id)
);

-- how many passages of a document have a vector of a model
CREATE TABLE embedded (
    embedder_id INTEGER NOT NULL REFERENCES embedders (id) ON DELETE CASCADE,
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    passages INTEGER NOT NULL,
    PRIMARY KEY (embedder_id, document_id)
) WITHOUT ROWID;

-- one row: what has to be done to the index, and with what it was made
CREATE TABLE upkeep (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    unicode TEXT NOT NULL,                    -- another Unicode version splits words otherwise
    repaired_to INTEGER,                      -- NULL, or the index is being made anew: up to here
    is_merge_due INTEGER NOT NULL DEFAULT 0   -- words of removed passages are still in its pages
);
INSERT INTO upkeep (only, unicode) VALUES (1, '');
"""

DOCUMENTS = Schema(version=1, create=_CREATE_1)
