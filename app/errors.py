"""Errors of the app itself, in words. Engine errors are worded in ``app.engine.errors``."""

from pathlib import Path

from app.engine.errors import AppError, ErrorKind

__all__ = ["AppError", "ErrorKind"]


def model_not_found(name: str, models_dir: Path) -> AppError:
    return AppError(
        ErrorKind.MODEL_NOT_FOUND,
        "No such model",
        f"There is no model called {name!r}, neither as a file nor in {models_dir}. "
        "Give the path of a .gguf file, put one into that folder, or use --model starter.",
    )


def model_is_folder(path: Path) -> AppError:
    return AppError(
        ErrorKind.MODEL_NOT_FOUND,
        "This folder is not a model",
        f"{path} has no config.json and is not a .gguf file. Choose a .gguf file, or a folder in "
        "Hugging Face layout.",
    )


def starter_missing() -> AppError:
    return AppError(
        ErrorKind.MODEL_NOT_FOUND,
        "The starter model is not installed",
        "Run `make run` again to install it, or give the path of a .gguf file with --model.",
    )


def port_in_use(port: int) -> AppError:
    return AppError(
        ErrorKind.PORT_IN_USE,
        f"Port {port} is in use",
        "Another program listens there. Stop it, or choose another port.",
    )


def data_folder_unusable(path: Path, cause: str) -> AppError:
    return AppError(
        ErrorKind.DATA_FOLDER,
        "The data folder cannot be used",
        f"{path}: {cause}. Make it writable, or choose another folder with --data-dir.",
    )


def database_too_new(path: Path) -> AppError:
    return AppError(
        ErrorKind.DATABASE,
        f"These {_contents(path)} belong to a newer Doorstep",
        f"{path} was written by a newer version and has been left untouched. "
        "Install that version or a later one, or choose another folder with --data-dir.",
    )


def database_unreadable(path: Path, cause: str) -> AppError:
    return AppError(
        ErrorKind.DATABASE,
        f"The {_contents(path)} cannot be read",
        f"{path}: {cause}. The file has been left untouched. Restore a backup of it, or choose "
        "another folder with --data-dir to start anew.",
    )


def database_locked(path: Path) -> AppError:
    return AppError(
        ErrorKind.DATABASE,
        f"The {_contents(path)} are in use",
        f"Another program holds {path}. Close it, then try again.",
    )


def _contents(database: Path) -> str:
    """What the user would miss with this file."""
    return "documents" if database.name.startswith("documents") else "conversations"


def disk_full(path: Path) -> AppError:
    return AppError(
        ErrorKind.DATABASE,
        "The disk is full",
        f"Nothing more can be saved in {path}. Free some space, then try again.",
    )


def picture_not_saved(path: Path, cause: str) -> AppError:
    return AppError(
        ErrorKind.DATA_FOLDER,
        "The picture could not be saved",
        f"{path}: {cause}. Choose another folder or another name.",
    )


def template_failed(cause: str) -> AppError:
    return AppError(
        ErrorKind.TEMPLATE,
        "The model's chat template cannot be used",
        f"{cause} Choose another model, or a newer version of this one.",
    )


def cannot_continue() -> AppError:
    return AppError(
        ErrorKind.BAD_REQUEST,
        "This answer cannot be continued",
        "It ends in a tool call, and a call cannot be taken up in the middle. Ask for a new answer "
        "instead.",
    )


def cannot_replay() -> AppError:
    return AppError(
        ErrorKind.BAD_REQUEST,
        "This answer cannot be replayed",
        "Its seed is not known: it was edited, or written before seeds were kept. Ask for a new "
        "answer; that one can be replayed.",
    )


def tool_call_missing() -> AppError:
    return AppError(
        ErrorKind.TOOL_CALL_MISSING,
        "The model did not call the tool",
        "A tool call was demanded, and the model ended without one. Ask again, or leave the "
        "choice to the model.",
    )


def answer_not_in_schema() -> AppError:
    return AppError(
        ErrorKind.ANSWER_INVALID,
        "The answer does not follow the schema",
        "The model was asked for JSON of a certain form and wrote something else. Ask again, and "
        "describe the form in the prompt too.",
    )


def document_unreadable(name: str, cause: str) -> AppError:
    """``cause`` is a sentence or two: what is wrong, and what to do where something can be done."""
    return AppError(ErrorKind.DOCUMENT, "The document cannot be read", f"{name}: {cause}")


def document_removed() -> AppError:
    return AppError(
        ErrorKind.DOCUMENT,
        "A document is not there any more",
        "It was removed from the library. Add it again, or ask without it.",
    )


def document_not_ready(name: str, cause: str) -> AppError:
    what = cause or "It is still being read. Ask again when its text is ready."
    return AppError(ErrorKind.DOCUMENT, f"{name} cannot be read yet", what)


def nothing_to_read() -> AppError:
    return AppError(
        ErrorKind.DOCUMENT,
        "There is nothing to read",
        "The documents hold no text. Choose others.",
    )


def pages_not_there() -> AppError:
    return AppError(
        ErrorKind.DOCUMENT,
        "These pages do not exist",
        "None of the chosen pages is in the documents. Choose others.",
    )


def nothing_found() -> AppError:
    return AppError(
        ErrorKind.DOCUMENT,
        "No passage fits the question",
        "The search found none of its words in the documents. Ask with other words, or read the "
        "documents in full or in passes.",
    )


def documents_too_long(tokens: int, room: int, passes: int) -> AppError:
    return AppError(
        ErrorKind.CONTEXT_OVERFLOW,
        "The documents are too long to be read at once",
        f"They have {tokens:,} tokens, and the model has room for {room:,}. Read them in passes "
        f"({passes:,} of them), read only the passages that fit the question, or choose pages.",
    )


def document_not_warmed() -> AppError:
    return AppError(
        ErrorKind.DOCUMENT,
        "The document could not be kept warm",
        "The model read it, but its state is not on disk. See whether the disk is full, then try "
        "again; asking works all the same.",
    )


def pages_not_given(text: str) -> AppError:
    return AppError(
        ErrorKind.BAD_REQUEST,
        "These are no pages",
        f"{text!r} should be a page or a range of pages: --pages 3 or --pages 3-9.",
    )


def only_of_documents() -> AppError:
    return AppError(
        ErrorKind.BAD_REQUEST,
        "There are no documents to read",
        "--mode, --pages and --json are for questions about documents: name them with --document "
        "or --collection.",
    )


def only_one_source() -> AppError:
    return AppError(
        ErrorKind.BAD_REQUEST,
        "Files and a collection cannot be asked together",
        "Choose one of --document and --collection. Files become part of a collection with "
        "doorstep documents add PATH --collection NAME.",
    )
