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
        "Another program listens there. Stop it, or choose another port with --port "
        "(0 takes any free one).",
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
        "These conversations belong to a newer Doorstep",
        f"{path} was written by a newer version and has been left untouched. "
        "Install that version or a later one, or choose another folder with --data-dir.",
    )


def database_unreadable(path: Path, cause: str) -> AppError:
    return AppError(
        ErrorKind.DATABASE,
        "The conversations cannot be read",
        f"{path}: {cause}. The file has been left untouched. Restore a backup of it, or choose "
        "another folder with --data-dir to start anew.",
    )


def database_locked(path: Path) -> AppError:
    return AppError(
        ErrorKind.DATABASE,
        "The conversations are in use",
        f"Another program holds {path}. Close it, then try again.",
    )


def disk_full(path: Path) -> AppError:
    return AppError(
        ErrorKind.DATABASE,
        "The disk is full",
        f"Nothing more can be saved in {path}. Free some space, then try again.",
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
        "It was written before Doorstep kept the seed of each answer. Ask for a new answer; that "
        "one can be replayed.",
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
