"""Collects what users read from the source into resources/translations, and compiles it.

Run by `make translations`. What is translated already stays; what is no longer said goes. Qt's own
lupdate reads no helper functions and no errors, which are plain English in rooms without Qt.
"""

import ast
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
FORMS = {"zh_CN": 1, "en": 2}  # plural forms; English has entries for plurals alone
ERRORS = "Errors"  # the context of what is said outside app/ui

_ERROR_MODULES = ("app/errors.py", "app/engine/errors.py")
# Beside errors: sentences that the window shows as they come.
_SENTENCE_MODULES = (
    "app/clients.py",
    "app/start.py",
    "app/window.py",
    "app/engine/backends.py",
    "app/engine/client.py",
    "app/engine/depth.py",
    "app/engine/launch.py",
    "app/models/data_check.py",
    "app/models/gguf_header.py",
    "app/models/placement.py",
    "engine_gguf/drafting.py",
    "engine_gguf/heads.py",
    "engine_mlx/decode.py",
    "engine_mlx/load.py",
)
_SENTENCE_FOLDER = "app/documents/"
# What sentences put in: words, the table _NAMES of modules, what functions return.
_NOUNS = ("conversations", "documents")
_NOUN_TABLES = ("app/documents/extractor.py", "app/documents/readers/encoding.py")
_NOUN_FUNCTIONS = {
    "app/documents/quotes.py": "_pages_words",
    "app/documents/extract.py": "name_pages",
}
_NOT_SHOWN = ("app/serve.py", "app/ask.py", "app/bench.py", "app/keys_command.py")
_NOT_SHOWN += (
    "app/documents/citation.py",
    "app/documents_command.py",
    "app/collections_command.py",
    "app/requests_command.py",
    "app/connect.py",
    "app/mtp_addon.py",
    "engine_mlx/addon.py",
)


@dataclass(frozen=True, slots=True)
class Text:
    """``source`` is English; in the context Errors its placeholders are {0}, {1} and so on."""

    context: str
    source: str
    is_plural: bool
    where: str


def collect(root: Path = ROOT) -> list[Text]:
    """Every text once, in the order of the source."""
    found: dict[tuple[str, str], Text] = {}
    for path in sorted((root / "app" / "ui").rglob("*.py")):
        for text in _window_texts(path.relative_to(root).as_posix(), _parsed(path)):
            found.setdefault((text.context, text.source), text)
    for text in (*_error_texts(root), *_noun_texts(root)):
        found.setdefault((text.context, text.source), text)
    return list(found.values())


def _window_texts(where: str, tree: ast.Module) -> Iterator[Text]:
    helper = _helper_context(tree)
    yield from _texts_in(tree, where, "", helper)


def _texts_in(node: ast.AST, where: str, class_: str, helper: str) -> Iterator[Text]:
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.ClassDef) else class_
        if isinstance(child, ast.Call):
            yield from _said(child, where, inner, helper)
        yield from _texts_in(child, where, inner, helper)


def _said(call: ast.Call, where: str, class_: str, helper: str) -> Iterator[Text]:
    match call.func:
        case ast.Attribute(attr="tr"):
            context, rest = class_, call.args
        case ast.Name(id="_tr") if helper:
            context, rest = helper, call.args
        case ast.Attribute(attr="translate") | ast.Name(id="QT_TRANSLATE_NOOP") if call.args:
            if not isinstance(call.args[0], ast.Constant):
                return
            context, rest = str(call.args[0].value), call.args[1:]
        case _:
            return
    for source in _constants(rest[0]) if rest else ():
        yield Text(context, source, "%n" in source, f"{where}:{call.lineno}")


def _constants(node: ast.expr) -> list[str]:
    """The string, or both strings of a choice; nothing for what is known only while running."""
    match node:
        case ast.Constant(value=str(value)):
            return [value]
        case ast.IfExp(body=body, orelse=orelse):
            return [*_constants(body), *_constants(orelse)]
    return []


def _helper_context(tree: ast.Module) -> str:
    """The context that the module's function ``_tr`` looks in."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "_tr":
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and isinstance(call.args[0], ast.Constant):
                    return str(call.args[0].value)
    return ""


def _error_texts(root: Path) -> Iterator[Text]:
    factories = {
        node.name
        for module in _ERROR_MODULES
        for node in _parsed(root / module).body
        if isinstance(node, ast.FunctionDef)
    }
    for folder in ("app", "engine_gguf", "engine_mlx"):
        for path in sorted((root / folder).rglob("*.py")):
            where = path.relative_to(root).as_posix()
            if where.startswith("app/ui/") or where in _NOT_SHOWN:
                continue
            yield from _errors_in(_parsed(path), where, factories)


def _noun_texts(root: Path) -> Iterator[Text]:
    for noun in _NOUNS:
        yield Text(ERRORS, noun, False, "app/errors.py")
    for where in _NOUN_TABLES:
        for node in _parsed(root / where).body:
            target = getattr(node, "target", None) or getattr(node, "targets", [None])[0]
            if isinstance(target, ast.Name) and target.id == "_NAMES":
                for value in node.value.values:
                    yield from _nouns(value, where)
    for where, name in _NOUN_FUNCTIONS.items():
        for node in _parsed(root / where).body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                for found in ast.walk(node):
                    if isinstance(found, ast.Return) and found.value is not None:
                        for part in _choices(found.value):
                            yield from _nouns(part, where)


def _nouns(node: ast.expr, where: str) -> Iterator[Text]:
    template = _template(node, [0])
    if template is not None:
        yield Text(ERRORS, template, False, f"{where}:{node.lineno}")


def _choices(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.IfExp):
        return [*_choices(node.body), *_choices(node.orelse)]
    return [node]


def _errors_in(tree: ast.Module, where: str, factories: set[str]) -> Iterator[Text]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            is_error = node.func.id == "AppError"
            values = node.args[1:3] if is_error else node.args
            if is_error or node.func.id in factories:
                for value in (*values, *(word.value for word in node.keywords)):
                    yield from _templates(value, where)
    if where in _SENTENCE_MODULES or where.startswith(_SENTENCE_FOLDER):
        yield from _sentences(tree, where)


def _sentences(node: ast.AST, where: str) -> Iterator[Text]:
    """Strings that end as sentences do, whole; docstrings stand for themselves and are none."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        template = _template(child, [0]) if isinstance(child, ast.expr) else None
        if template is None:
            yield from _sentences(child, where)
        elif template.endswith("."):
            yield from _templates(child, where)


def _templates(node: ast.expr, where: str) -> Iterator[Text]:
    for part in _choices(node):
        template = _template(part, [0])
        if template and " " in template and any(c.isalpha() for c in _literal(template)):
            yield Text(ERRORS, template.strip(), False, f"{where}:{part.lineno}")


def _template(node: ast.expr, count: list[int]) -> str | None:
    """Text with {0}, {1} for what is put in while running; None when it is not a text at all."""
    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.JoinedStr(values=values):
            return "".join(_template(value, count) or "" for value in values)
        case ast.FormattedValue():
            count[0] += 1
            return f"{{{count[0] - 1}}}"
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            parts = [_template(left, count), _template(right, count)]
            return None if None in parts else "".join(parts)
    return None


def _literal(template: str) -> str:
    return "".join(part for part in template if part not in "{}0123456789")


def static_texts(texts: list[Text]) -> dict[str, list[str]]:
    """By context, what is shown as it stands: found again when the language changes."""
    found: dict[str, list[str]] = {}
    for text in texts:
        if text.context != ERRORS and not text.is_plural and "{" not in text.source:
            found.setdefault(text.context, []).append(text.source)
    return found


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), path.name)


def known(path: Path) -> dict[tuple[str, str], list[str]]:
    """The translations in a .ts file by context and source: one form, or one per plural form."""
    if not path.exists():
        return {}
    found = {}
    for context in ET.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            forms = [form.text or "" for form in translation.iter("numerusform")]
            key = (context.findtext("name", ""), message.findtext("source", ""))
            found[key] = forms or [translation.text or ""]
    return found


def write(path: Path, language: str, texts: list[Text]) -> int:
    """Write the catalogue and return how many translations it lacks."""
    before, missing = known(path), 0
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<!DOCTYPE TS>"]
    lines.append(f'<TS version="2.1" language="{language}" sourcelanguage="en">')
    for context in sorted({text.context for text in texts}):
        lines += ["<context>", f"    <name>{escape(context)}</name>"]
        for text in (text for text in texts if text.context == context):
            forms = before.get((text.context, text.source), [])
            wanted = FORMS[language] if text.is_plural else 1
            forms = (forms + [""] * wanted)[:wanted]
            missing += not all(forms)
            lines += _message(text, forms)
        lines.append("</context>")
    path.write_text("\n".join([*lines, "</TS>", ""]), encoding="utf-8")
    return missing


def _message(text: Text, forms: list[str]) -> Iterator[str]:
    unfinished = "" if all(forms) else ' type="unfinished"'
    yield '    <message numerus="yes">' if text.is_plural else "    <message>"
    yield f"        <source>{escape(text.source)}</source>"
    if text.is_plural:
        yield f"        <translation{unfinished}>"
        for form in forms:
            yield f"            <numerusform>{escape(form)}</numerusform>"
        yield "        </translation>"
    else:
        yield f"        <translation{unfinished}>{escape(forms[0])}</translation>"
    yield "    </message>"


def compile_catalogue(source: Path, target: Path) -> None:
    import PySide6.scripts.pyside_tool as tools

    program = Path(tools.__file__).parent.parent / (
        "lrelease.exe" if sys.platform == "win32" else "lrelease"
    )
    made = target.with_suffix(".made")
    subprocess.run([program, "-silent", source, "-qm", made], check=True)
    made.replace(target)  # a window may have the former one mapped into its memory


def main() -> int:
    texts = collect()
    FOLDER.mkdir(exist_ok=True)
    templates = [text.source for text in texts if text.context == ERRORS]
    (FOLDER / "errors.json").write_text(
        json.dumps(templates, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    (FOLDER / "texts.json").write_text(
        json.dumps(static_texts(texts), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    for language in FORMS:
        ours = texts if language != "en" else [text for text in texts if text.is_plural]
        path = FOLDER / f"doorstep_{language}.ts"
        missing = write(path, language, ours)
        compile_catalogue(path, path.with_suffix(".qm"))
        print(f"{path.name}: {len(ours)} texts, {missing} not translated")
    return 0


if __name__ == "__main__":
    sys.exit(main())
