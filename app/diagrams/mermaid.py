"""Draws a diagram: merman lays it out as SVG, resvg paints that. For a process of its own."""

import json
import math
import re

import merman
import resvg_py

from app.diagrams.colors import is_light, theme_variables
from app.diagrams.job import LONGEST, UNIT_FONT, DiagramJob, Drawing
from app.diagrams.letters import Letters

_LARGEST, _LONGEST_SIDE = 8_000_000, 12_000  # device pixels

# Mermaid lets a text choose its own theme, fonts and style sheets: ours are used.
_SETTINGS = re.compile(r"%%\{.*?\}%%", re.DOTALL)
_FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?)\n[ \t]*---[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"^title:.*$", re.MULTILINE)
# A text may colour a box without saying what colour the letters in it have.
_FILLED = re.compile(
    r"^([ \t]*(?:style|classDef)[ \t].*?\bfill:[ \t]*#([0-9a-f]{6}|[0-9a-f]{3})\b[^\n;]*)",
    re.MULTILINE | re.IGNORECASE,
)
_LETTERS_COLORED = re.compile(r"[\s,]color\s*:")

# No part of a diagram that is drawn here comes from a file or from the network.
_LOADED = re.compile(r"<(image|feImage|script|foreignObject)\b.*?(?:/>|</\1\s*>)", re.DOTALL | re.I)
_ELSEWHERE = re.compile(r"""\s(?:xlink:)?href\s*=\s*(?:"(?!#)[^"]*"|'(?!#)[^']*')""", re.I)
_URL = re.compile(r"""url\(\s*(?!["']?#)[^)]*\)|@import[^;]*;?|@font-face\s*\{[^}]*\}""", re.I)
# Scripts and signs that the font of an interface may not have; to look for them takes longer.
_RARE = re.compile("[\u0590-\u1dff\u2600-\u27bf\uac00-\ud7ff\U00010000-\U0001ffff]")
_LABEL_CLIP = re.compile(r'<svg (?=xmlns="[^"]*" x=)')
# The ground that parts the words beside a line from the line.
_LABEL_GROUND = re.compile(r'<rect x="0" y="0" width="([\d.]+)" (?=height="[\d.]+" fill="(?!none))')
_AROUND_LABEL = 4
_VIEW_BOX = re.compile(r'viewBox="([-\d.e]+) ([-\d.e]+) ([-\d.e]+) ([-\d.e]+)"')


class Undrawable(Exception):
    """It is no diagram, or too large for a picture."""


def draw(job: DiagramJob) -> Drawing:
    """Raises Undrawable; what the libraries themselves do wrong ends the process."""
    svg = _with_room(without_loading(laid_out(job)))
    # The ends of some lines have a ground of their own.
    return _painted(svg.replace('fill="white"', f'fill="{job.colors["sunken"]}"'), job)


def laid_out(job: DiagramJob) -> str:
    """The diagram as SVG, as the library makes it."""
    if len(job.source) > LONGEST:
        raise Undrawable
    services = merman.MermanEngineServices().with_text_measurer(Letters(job.advances, job.bold))
    engine = merman.MermanEngine(json.dumps(_options(job)), services)
    try:
        return str(engine.render_svg(_ours(job.source), None))
    except (merman.MermanError, UnicodeError) as error:
        raise Undrawable from error


def without_loading(svg: str) -> str:
    """The same picture, of which nothing lies elsewhere."""
    svg = _ELSEWHERE.sub("", _LOADED.sub("", svg))
    return _URL.sub("none", svg)


def _with_room(svg: str) -> str:
    """Labels may be a little wider than they were measured, and have ground beside them."""
    svg = _LABEL_CLIP.sub('<svg overflow="visible" ', svg)
    return _LABEL_GROUND.sub(_widened, svg)


def _widened(ground: re.Match[str]) -> str:
    width = float(ground[1]) + 2 * _AROUND_LABEL
    return f'<rect x="{-_AROUND_LABEL}" y="0" width="{width:.2f}" '


def _ours(source: str) -> str:
    front = _FRONT.match(source)
    if front is not None:
        title = _TITLE.search(front[1])
        kept = f"---\n{title[0]}\n---\n" if title is not None else ""
        source = kept + source[front.end() :]
    return _FILLED.sub(_with_letters, _SETTINGS.sub("", source))


def _with_letters(line: re.Match[str]) -> str:
    if _LETTERS_COLORED.search(line[1]):
        return line[1]
    digits = line[2] if len(line[2]) == 6 else "".join(digit * 2 for digit in line[2])
    return f"{line[1]},color:{'#1F1E1B' if is_light('#' + digits) else '#FFFFFF'}"


def _options(job: DiagramJob) -> dict[str, object]:
    variables = theme_variables(job.colors, is_dark=job.is_dark)
    family = {"fontFamily": job.family, "fontSize": f"{UNIT_FONT}px"}
    site = {"theme": "base", "look": "classic", "securityLevel": "strict", **family}
    letters = {f"{part}FontSize": UNIT_FONT for part in ("actor", "message", "note")}
    return {
        "site_config": {**site, "sequence": letters, "themeVariables": {**variables, **family}},
        "svg": {"pipeline": "resvg-safe"},
        "layout": {"container_width": 700},
        "resources": {"profile": "constrained"},
    }


def _painted(svg: str, job: DiagramJob) -> Drawing:
    box = _VIEW_BOX.search(svg)
    if box is None:
        raise Undrawable
    width, height = (float(box[n]) * job.scale for n in (3, 4))
    if not (0 < width < 1e6 and 0 < height < 1e6):
        raise Undrawable
    shrunk = min(1.0, max(job.room / width, job.smallest))
    largest = min(_LONGEST_SIDE / max(width, height), math.sqrt(_LARGEST / (width * height)))
    if largest < shrunk:
        raise Undrawable
    zoom = min(job.ratio * shrunk, largest)
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=zoom * job.scale,
            skip_system_fonts=bool(job.fonts) and not _RARE.search(job.source),
            font_files=list(job.fonts),
            font_family=job.family,
            sans_serif_family=job.family,
        )
    except ValueError as error:
        raise Undrawable from error
    letters = UNIT_FONT * job.scale
    return Drawing(bytes(png), width / letters, height / letters)
