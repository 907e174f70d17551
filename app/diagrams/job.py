"""What the app asks of the process that draws diagrams, and what comes back."""

import json
import math
import re
from dataclasses import asdict, dataclass
from typing import BinaryIO

LONGEST = 20_000  # characters; what is longer is shown as it was written
UNIT_FONT = 14  # the size of the letters, in a diagram's own units
LANGUAGES = ("mermaid", "mmd")

_BEGINNING = 2_000  # characters in which the kind is looked for: the window does that
_BEFORE_KIND = re.compile(r"\s*(?:---\n.*?\n---\s*\n|%%\{.*?\}%%|%%[^\n]*\n|\s+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class DiagramJob:
    """``source`` in Mermaid's language. Lengths without a unit are the diagram's own.

    colors: the theme's, by token. family: of the letters, one that is in ``fonts``, files of it
    (none: those of the system). advances: how wide characters are, as parts of the font's size;
    bold: how much wider they are in bold. scale: pixels for one unit. room: pixels that are there;
    a wider diagram is made smaller, down to ``smallest`` of its size. ratio: device pixels each.
    """

    source: str
    is_dark: bool
    colors: dict[str, str]
    family: str
    advances: dict[str, float]
    bold: float
    scale: float
    room: int
    smallest: float
    ratio: int
    fonts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawing:
    """``png`` of a diagram; width and height as it would be with letters of one pixel."""

    png: bytes
    width: float
    height: float


def encode_job(job: DiagramJob) -> bytes:
    return json.dumps(asdict(job)).encode("ascii") + b"\n"


def decode_job(line: bytes) -> DiagramJob:
    return DiagramJob(**json.loads(line))


def write_drawing(drawing: Drawing | None, output: BinaryIO) -> None:
    """None says that it could not be drawn."""
    if drawing is None:
        output.write(b"0 0 0\n")
    else:
        head = f"{len(drawing.png)} {drawing.width:.4f} {drawing.height:.4f}\n"
        output.write(head.encode("ascii") + drawing.png)
    output.flush()


def read_drawing(untrusted: BinaryIO) -> Drawing | None:
    """Raises EOFError when the process is gone, ValueError for what is no answer."""
    line = untrusted.readline(100)
    if not line.endswith(b"\n"):
        raise EOFError
    count, *sides = line.split()
    size, (width, height) = int(count), map(float, sides)
    if size == 0:
        return None
    if not (0 < size < _LARGEST and 0 < width < math.inf and 0 < height < math.inf):
        raise ValueError("a picture of impossible size")
    png = untrusted.read(size)
    if len(png) < size:
        raise EOFError
    return Drawing(png, width, height)


def kind_of(source: str) -> str:
    """The first word that is not a comment or a setting: "flowchart", "sequenceDiagram"."""
    at, beginning = 0, source[:_BEGINNING]
    while found := _BEFORE_KIND.match(beginning, at):
        at = found.end()
    word = re.match(r"[\w-]+", beginning[at:])
    return word[0] if word else ""


_LARGEST = 64 << 20
