"""Who may import whom: read from the source, so that imports inside functions count too."""

import ast
import importlib.util
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("app", "engine_gguf", "engine_mlx")

# Everyone in the app may use these; they themselves know nothing but each other.
LEAVES = ("app.engine.errors", "app.errors", "app.paths", "app.settings", "app.__version__")
# Frozen values that messages and tables hold; these modules import nothing else of ours.
DOCUMENT_VALUES = ("app.documents.values", "app.documents.citation")
# What a command of the command line puts together.
PARTS = (
    *("app.engine", "app.chat", "app.models", "app.storage", "app.documents", "app.start"),
    *("app.starts",),
    *LEAVES,
)


@dataclass(frozen=True)
class Room:
    """What one part of the program may import.

    ours: modules of this project, beside itself; libraries: third-party ones, None = any that is
    not kept to another room by LIBRARY_ROOMS.
    """

    ours: tuple[str, ...]
    libraries: tuple[str, ...] | None = None


# The longest name that fits a module is its room.
ROOMS = {
    # The header arithmetic is one for the engine that places a model and the page that predicts it.
    "engine_gguf": Room(
        (
            "app.engine",
            *("app.models.inspect", "app.models.facts", "app.models.placement"),
        ),
        ("llama_cpp", "llguidance", "numpy", "psutil"),
    ),
    "engine_mlx": Room(
        ("app.engine",),
        ("mlx", "mlx_lm", "llguidance", "numpy", "psutil", "tokenizers", "transformers"),
    ),
    "app": Room(LEAVES),
    "app.__main__": Room(("app",)),
    "app.start": Room(("app.engine", "app.models", *LEAVES)),
    "app.ask": Room(PARTS),
    "app.ask_documents": Room((*PARTS, "app.ask")),
    "app.serve": Room((*PARTS, "app.server")),
    "app.bench": Room((*PARTS, "engine_mlx")),
    "app.mtp_addon": Room((*LEAVES, "engine_mlx")),
    "app.clients": Room(LEAVES),
    "app.client_change": Room((*LEAVES, "app.clients")),
    "app.connect": Room((*PARTS, "app.server", "app.clients", "app.client_change")),
    "app.keys_command": Room((*PARTS, "app.server")),
    "app.requests_command": Room(LEAVES),
    "app.window": Room((*PARTS, "app.server", "app.ui")),
    "app.errors": Room(("app.engine.errors",)),
    "app.paths": Room(LEAVES),
    "app.settings": Room(LEAVES),
    "app.engine": Room((), ()),
    "app.engine.constraint": Room(("app.engine",), ("llguidance", "numpy")),
    "app.chat": Room(("app.engine", *DOCUMENT_VALUES, *LEAVES)),
    "app.models": Room(("app.engine", *LEAVES)),
    "app.storage": Room(
        ("app.engine", "app.chat.messages", "app.chat.presets", *DOCUMENT_VALUES, *LEAVES)
    ),
    "app.documents": Room(("app.engine", "app.chat", "app.storage", *LEAVES)),
    # Its process is started and enclosed as that of the documents is.
    "app.diagrams": Room(
        ("app.documents.child", "app.documents.job", "app.documents.sandbox"),
        ("merman", "resvg_py"),
    ),
    "app.documents_command": Room(PARTS),
    "app.collections_command": Room((*PARTS, "app.documents_command")),
    "app.models_command": Room(PARTS),
    "app.server": Room(("app.engine", "app.chat", "app.models", "app.storage", *LEAVES)),
    "app.ui": Room((*PARTS, "app.diagrams", "app.server", "app.clients", "app.client_change")),
}

# A library that only these rooms may know; names are beginnings: app.chat.template_parts counts.
LIBRARY_ROOMS = {
    "PySide6": ("app.ui",),
    "shiboken6": ("app.ui",),
    "starlette": ("app.server",),
    "uvicorn": ("app.server",),
    # Never in the app's own process: what opens files runs in one of theirs.
    "pypdfium2": ("app.documents.readers", "app.documents.page_child"),
    "onnxruntime": ("app.documents.readers",),
    "PIL": ("app.documents.readers",),
    "python_calamine": ("app.documents.readers",),
    "selectolax": ("app.documents.readers",),
    "defusedxml": ("app.documents.readers",),
    "striprtf": ("app.documents.readers",),
    "merman": ("app.diagrams.mermaid", "app.diagrams.letters"),
    "resvg_py": ("app.diagrams.mermaid",),
    "jinja2": ("app.chat.template",),
    "llama_cpp": ("engine_gguf",),
    "mlx": ("engine_mlx",),
    "mlx_lm": ("engine_mlx",),
    "llguidance": ("app.engine.constraint", "engine_gguf", "engine_mlx"),
}


def forbidden_imports(root: Path) -> list[str]:
    """One line per import under root that the tables above do not allow."""
    found = []
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            module = _module_name(path.relative_to(root))
            for line, target in _imports(path, module):
                if not _is_allowed(module, target):
                    found.append(f"{path.relative_to(root)}:{line}: {module} imports {target}")
    return found


def _module_name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path, module: str) -> Iterator[tuple[int, str]]:
    """(line, absolute dotted name) of every import statement and import_module("name")."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=origin, names=names, level=level):
                base = importlib.util.resolve_name("." * level + (origin or ""), package)
                yield from ((node.lineno, f"{base}.{alias.name}") for alias in names)
            case ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]):
                if ast.unparse(function).endswith(("import_module", "__import__")):
                    yield node.lineno, name


def _is_allowed(module: str, target: str) -> bool:
    room_name = max((name for name in ROOMS if _is_within(module, name)), key=len)
    room = ROOMS[room_name]
    library = target.partition(".")[0]
    if library in PACKAGES:
        is_own_room = room_name != "app" and _is_within(target, room_name)
        return is_own_room or any(_is_within(target, name) for name in room.ours)
    if library in sys.stdlib_module_names:
        return True
    if library in LIBRARY_ROOMS:
        return module.startswith(LIBRARY_ROOMS[library])
    return room.libraries is None or library in room.libraries


def _is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def test_every_import_is_allowed():
    assert forbidden_imports(ROOT) == []


def test_every_room_of_the_app_has_a_rule():
    rooms = {f"app.{path.parent.name}" for path in (ROOT / "app").glob("*/__init__.py")}

    assert rooms - set(ROOMS) == set()


def test_a_forbidden_import_added_to_the_program_is_found(tmp_path: Path):
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package)
    before = forbidden_imports(tmp_path)
    with (tmp_path / "app" / "engine" / "protocol.py").open("a", encoding="utf-8") as source:
        source.write("\nimport app.ui\n")

    added = set(forbidden_imports(tmp_path)) - set(before)

    assert [line.rpartition(": ")[2] for line in added] == ["app.engine.protocol imports app.ui"]


def _write(root: Path, file: str, text: str) -> None:
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("app/engine/protocol.py", "import numpy"),
        ("app/engine/protocol.py", "import app.chat.messages"),
        ("app/engine/protocol.py", "from ..chat import messages"),
        ("app/engine/protocol.py", "from app import errors"),
        ("app/chat/messages.py", "import PySide6.QtCore"),
        ("app/chat/messages.py", "import jinja2"),
        ("app/chat/messages.py", "from app.storage import conversations"),
        ("app/storage/__init__.py", "from app.chat.turn import Turn"),
        ("app/storage/__init__.py", "from ..ui import window"),
        ("app/server/__init__.py", "from PySide6 import QtCore"),
        ("app/server/__init__.py", "from app import ui"),
        ("app/server/__init__.py", "import app.ui.window"),
        ("app/models/__init__.py", "import starlette.routing"),
        ("app/ui/__init__.py", "from starlette.applications import Starlette"),
        ("app/ui/__init__.py", "from app.__main__ import main"),
        ("app/ui/__init__.py", "import llama_cpp"),
        ("app/__main__.py", "from PySide6.QtWidgets import QApplication"),
        ("app/__main__.py", "import mlx.core as mx"),
        ("app/paths.py", "import app.engine.protocol"),
        ("app/serve.py", "import app.ui.window"),
        ("app/window.py", "from PySide6.QtWidgets import QApplication"),
        ("app/a_new_room.py", "import app.ui"),
        ("engine_gguf/__init__.py", "import mlx.core"),
        ("engine_gguf/__init__.py", "from app.chat import messages"),
        ("engine_gguf/__init__.py", "import app.errors"),
        ("engine_gguf/__init__.py", "import requests"),
        ("engine_mlx/__init__.py", "import engine_gguf"),
    ],
)
def test_a_forbidden_import_is_found(tmp_path: Path, file: str, line: str):
    _write(tmp_path, file, f"{line}\n")

    assert len(forbidden_imports(tmp_path)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "def later():\n    import llama_cpp\n",
        "if TYPE_CHECKING:\n    import llama_cpp\n",
        "try:\n    import llama_cpp\nexcept ImportError:\n    pass\n",
        "import importlib\nimportlib.import_module('llama_cpp')\n",
        "class Lazy:\n    def load(self):\n        return __import__('llama_cpp.llama')\n",
    ],
)
def test_a_hidden_import_is_found(tmp_path: Path, text: str):
    _write(tmp_path, "app/chat/hidden.py", text)

    assert len(forbidden_imports(tmp_path)) == 1


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("app/chat/template_parts.py", "import jinja2.sandbox"),
        ("app/engine/constraint.py", "import llguidance"),
        ("app/storage/schema.py", "import sqlite_utils"),
        ("app/server/routes.py", "from starlette.routing import Route"),
        ("app/ui/widgets/button.py", "from PySide6.QtWidgets import QPushButton"),
        ("app/chat/turn.py", "from ..engine.protocol import PromptPart"),
        ("engine_gguf/__init__.py", "from .decode import step"),
        ("app/__main__.py", "from app.window import open_window"),
        ("app/window.py", "from app.ui.window import Window"),
    ],
)
def test_a_room_may_use_what_is_its_own(tmp_path: Path, file: str, line: str):
    _write(tmp_path, file, f"{line}\n")

    assert forbidden_imports(tmp_path) == []
