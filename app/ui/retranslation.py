"""Words what a window shows anew when its language changes: texts that were set once and stay.

A text is known again by what it was in the language before, in the context of the widget's class or
of what it is in. Texts with values in them are worded anew by who shows the values.
"""

import json
from collections.abc import Iterator, Mapping

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QMenu, QPlainTextEdit, QWidget

from app.paths import resources

Known = Mapping[str, Mapping[str, str]]  # by context: what is shown, and its source

_OF_ALL = ("toolTip", "accessibleName", "accessibleDescription")
_OF_KINDS = {
    QLabel: ("text",),
    QAbstractButton: ("text",),
    QLineEdit: ("placeholderText",),
    QPlainTextEdit: ("placeholderText",),
    QMenu: ("title",),
}


def known_texts() -> dict[str, dict[str, str]]:
    """What every static text is in the language that is in force."""
    file = resources() / "translations" / "texts.json"
    texts: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))
    return {
        context: {QCoreApplication.translate(context, source): source for source in sources}
        for context, sources in texts.items()
    }


def retranslate(root: QWidget, before: Known) -> None:
    """Word everything below ``root`` in the language in force; ``before`` is of the last one."""
    for widget in (root, *root.findChildren(QWidget)):
        names = [name for kind, of in _OF_KINDS.items() if isinstance(widget, kind) for name in of]
        _reword(widget, (*names, *_OF_ALL), before)
    for action in root.findChildren(QAction):
        _reword(action, ("text", "toolTip"), before)


def _reword(thing: QObject, names: tuple[str, ...], before: Known) -> None:
    contexts = list(_contexts(thing))
    for name in names:
        shown = thing.property(name)
        if shown:
            text = _text_now(shown, contexts, before)
            if text is not None and text != shown:
                thing.setProperty(name, text)


def _text_now(shown: str, contexts: list[str], before: Known) -> str | None:
    for context in contexts:
        source = before.get(context, {}).get(shown)
        if source is not None:
            return QCoreApplication.translate(context, source)
    elsewhere = {
        QCoreApplication.translate(context, texts[shown])
        for context, texts in before.items()
        if shown in texts
    }
    return elsewhere.pop() if len(elsewhere) == 1 else None


def _contexts(thing: QObject) -> Iterator[str]:
    """Its class, then those of what it is in, from the inside out."""
    while thing is not None:
        yield from (kind.__name__ for kind in type(thing).__mro__ if kind.__module__[:4] == "app.")
        thing = thing.parent()
