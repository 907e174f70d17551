"""Errors that a user may see: a kind, a title, and a sentence that says what to do.

They cross the engine socket as three strings. The sentences that engines need are written here;
everything else that can go wrong is worded in ``app.errors``.
"""

from enum import StrEnum


class ErrorKind(StrEnum):
    """What went wrong, for programs; the words for people are in the error itself."""

    BAD_REQUEST = "bad_request"
    CONTEXT_OVERFLOW = "context_overflow"
    ENGINE_BUSY = "engine_busy"
    ENGINE_DIED = "engine_died"
    ENGINE_MISSING = "engine_missing"
    MODEL_NOT_FOUND = "model_not_found"
    MODEL_INVALID = "model_invalid"
    MODEL_UNSUPPORTED = "model_unsupported"
    OUT_OF_MEMORY = "out_of_memory"
    TEMPLATE = "template"
    TOOL_CALL_MISSING = "tool_call_missing"
    ANSWER_INVALID = "answer_invalid"
    PORT_IN_USE = "port_in_use"
    DATA_FOLDER = "data_folder"
    DATABASE = "database"
    SECRETS = "secrets"
    DOCUMENT = "document"
    INTERNAL = "internal"


class AppError(Exception):
    """Something a user can read and act on; never a bug of ours and never with prompt text in it.

    title: a few words, no full stop. message: one or two sentences that say what happened and
    what to do. ``context`` carries numbers for programs, such as prompt_tokens.
    """

    def __init__(
        self, kind: ErrorKind, title: str, message: str, context: dict[str, int] | None = None
    ) -> None:
        super().__init__(f"{title}. {message}")
        self.kind = kind
        self.title = title
        self.message = message
        self.context = context or {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AppError) and (
            self.kind,
            self.title,
            self.message,
            self.context,
        ) == (other.kind, other.title, other.message, other.context)

    __hash__ = Exception.__hash__

    def __reduce__(self) -> tuple[type["AppError"], tuple[ErrorKind, str, str, dict[str, int]]]:
        return AppError, (self.kind, self.title, self.message, self.context)


def bad_request(message: str) -> AppError:
    return AppError(ErrorKind.BAD_REQUEST, "This request cannot be run", message)


def context_overflow(prompt_tokens: int, context_length: int) -> AppError:
    return AppError(
        ErrorKind.CONTEXT_OVERFLOW,
        "The conversation is too long for this model",
        f"It has {prompt_tokens:,} tokens and the model reads at most {context_length:,}. "
        "Start a new chat, shorten the last message, or choose a model with a longer context.",
        {"prompt_tokens": prompt_tokens, "context_length": context_length},
    )


def engine_died(cause: str) -> AppError:
    return AppError(
        ErrorKind.ENGINE_DIED,
        "The engine stopped unexpectedly",
        f"{cause} What was written so far is kept. Try again, or choose a smaller model or "
        "context if it happens repeatedly.",
    )


def engine_not_running() -> AppError:
    return AppError(
        ErrorKind.ENGINE_DIED, "The engine is not running", "Restart it, then try again."
    )


def engine_missing(engine: str) -> AppError:
    return AppError(
        ErrorKind.ENGINE_MISSING,
        f"The {engine} engine is not installed here",
        "Install Doorstep again with all its parts, or choose another engine with --engine.",
    )


def model_invalid(name: str, cause: str) -> AppError:
    return AppError(
        ErrorKind.MODEL_INVALID,
        "This file is not a usable model",
        f"{name}: {cause} Download the model again, or choose another file.",
    )


def model_unsupported(name: str, cause: str) -> AppError:
    return AppError(
        ErrorKind.MODEL_UNSUPPORTED,
        "This model cannot be run here",
        f"{name}: {cause} Choose another model, or a newer version of Doorstep.",
    )


def no_embeddings(name: str) -> AppError:
    return AppError(
        ErrorKind.MODEL_UNSUPPORTED,
        f"{name} makes no embeddings",
        "It writes text. Load an embedding model, such as a GGUF of Qwen3-Embedding, for this.",
    )


def still_loading() -> AppError:
    return AppError(
        ErrorKind.ENGINE_BUSY, "The model is still being loaded", "Try again in a moment."
    )


def keeps_stopping(last: AppError, times: int) -> AppError:
    return AppError(
        ErrorKind.ENGINE_DIED,
        "The engine keeps stopping",
        f"It stopped more than {times} times within a minute, so Doorstep waits. {last.message}",
    )


def only_embeddings(name: str) -> AppError:
    return AppError(
        ErrorKind.MODEL_UNSUPPORTED,
        f"{name} writes no text",
        "It is an embedding model: it turns texts into numbers for search. Load a chat model.",
    )


def text_too_long(tokens: int, limit: int) -> AppError:
    return AppError(
        ErrorKind.CONTEXT_OVERFLOW,
        "A text is too long for this embedding model",
        f"It has {tokens:,} tokens, and the model takes {limit:,}. Cut it into shorter passages.",
        {"prompt_tokens": tokens, "context_length": limit},
    )


def out_of_memory(what: str) -> AppError:
    return AppError(
        ErrorKind.OUT_OF_MEMORY,
        "Not enough memory",
        f"{what} Close other programs, or choose a smaller model or a shorter context.",
    )
