"""What the transcript itself says, in the user's language; all else in it is the conversation's."""

from PySide6.QtCore import QCoreApplication


def thinking(seconds: int) -> str:
    return _tr("Thinking… {seconds} s").format(seconds=seconds)


def thought(seconds: float) -> str:
    """After the model has thought; 0 where it is not known how long."""
    if not seconds:
        return _tr("Thoughts")
    return _tr("Thought for {seconds} s").format(seconds=max(1, round(seconds)))


def unfoldable(line: str, *, is_open: bool) -> str:
    """What a screen reader calls a line that hides something."""
    said = _tr("{line}, unfolded") if is_open else _tr("{line}, folded")
    return said.format(line=line)


def message_name(role: str, tool: str = "") -> str:
    """What a screen reader calls a message; ``tool`` is the one that a result is of."""
    if role == "tool" and tool:
        return _tr("Result of {tool}").format(tool=tool)
    names = {
        "user": _tr("Your message"),
        "assistant": _tr("Answer"),
        "system": _tr("Instructions"),
    }
    return names.get(role, _tr("Tool result"))


def interrupted() -> str:
    return _tr("Interrupted. What was written is kept.")


def stopped() -> str:
    return _tr("Stopped")


def failed(why: str) -> str:
    return _tr("Failed: {why}").format(why=why or _tr("The answer could not be finished."))


def damaged() -> str:
    return _tr("The text of this message was damaged on disk. This is what is left of it.")


def speed(tokens_per_s: float) -> str:
    return _tr("{speed} tok/s").format(speed=f"{tokens_per_s:.1f}")


def cached(tokens: int, of: int) -> str:
    return _tr("cached {cached} of {total}").format(cached=f"{tokens:,}", total=f"{of:,}")


def show_all(size: str) -> str:
    return _tr("Show all, {size}").format(size=size)


def show_all_rows(count: int) -> str:
    return _tr("Show all {count} rows as text").format(count=f"{count:,}")


def code(language: str, lines: int) -> str:
    """What a screen reader calls a block of code."""
    words = _tr("Code, {language}, {count} lines")
    return words.format(language=language or _tr("plain"), count=lines)


def code_without_language() -> str:
    return _tr("code")


def table(rows: int) -> str:
    return _tr("Table, {count} rows").format(count=rows)


def conversation() -> str:
    return _tr("Conversation")


def copy() -> str:
    return _tr("Copy")


def copied() -> str:
    return _tr("Copied")


def copy_code() -> str:
    return _tr("Copy code")


def diagram(kind: str) -> str:
    """What a screen reader calls the picture of a diagram."""
    return _tr("Diagram: {kind}").format(kind=kind)


def undrawable(language: str) -> str:
    """Above the source of a diagram that is shown as it was written."""
    return _tr("{language} · This diagram could not be drawn.").format(language=language)


def show_source() -> str:
    return _tr("Show source")


def show_diagram() -> str:
    return _tr("Show diagram")


def copy_picture() -> str:
    return _tr("Copy picture")


def save_picture() -> str:
    return _tr("Save picture…")


def called(tool: str) -> str:
    """Above the arguments of a tool call."""
    return _tr("Called {tool}").format(tool=tool)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Transcript", text)
