"""What is drawn of a diagram, and what is refused."""

import re

import pytest
from PySide6.QtGui import QImage

from app.diagrams.fonts import fonts_for
from app.diagrams.job import LONGEST, UNIT_FONT

mermaid = pytest.importorskip(
    "app.diagrams.mermaid", reason="its libraries are not made for this system"
)

KINDS = {
    "flowchart": "flowchart LR\n A[One] --> B(Two)",
    "graph": "graph TD\n A --> B",
    "sequence": "sequenceDiagram\n Alice->>Bob: Hello\n Note over Bob: thinks",
    "class": "classDiagram\n Animal <|-- Duck\n Duck : +swim()",
    "state": "stateDiagram-v2\n [*] --> Still\n Still --> [*]",
    "er": "erDiagram\n CUSTOMER ||--o{ ORDER : places",
    "gantt": "gantt\n dateFormat YYYY-MM-DD\n section A\n First :2026-01-01, 30d",
    "pie": 'pie title Pets\n "Dogs" : 386\n "Cats" : 85',
    "mindmap": "mindmap\n  root\n    One\n    Two",
    "git": "gitGraph\n commit\n branch b\n commit",
    "journey": "journey\n title Day\n section Work\n Tea: 5: Me",
    "timeline": "timeline\n 2002 : One\n 2004 : Two",
    "quadrant": "quadrantChart\n x-axis Low --> High\n y-axis Low --> High\n A: [0.3, 0.6]",
    "chart": "xychart-beta\n x-axis [a, b]\n bar [1, 2]",
}


def _image(job) -> QImage:
    image = QImage.fromData(mermaid.draw(job).png)
    assert not image.isNull()
    return image


def _svg(source: str, make_job) -> str:
    """What the painter is given."""
    job = make_job(source)
    return mermaid.without_loading(mermaid.laid_out(job))


@pytest.mark.parametrize("kind", KINDS)
def test_the_usual_kinds_are_drawn(kind, make_job):
    drawing = mermaid.draw(make_job(KINDS[kind]))

    assert drawing.width * UNIT_FONT > 50
    assert drawing.height * UNIT_FONT > 50
    assert not QImage.fromData(drawing.png).isNull()


def test_a_picture_has_as_many_pixels_as_the_screen(make_job):
    once, twice = _image(make_job()), _image(make_job(ratio=2))

    assert abs(twice.width() - 2 * once.width()) <= 2


def test_larger_text_makes_a_larger_picture(make_job):
    small, large = mermaid.draw(make_job()), mermaid.draw(make_job(scale=2.0))

    assert large.width == pytest.approx(small.width)
    assert abs(_image(make_job(scale=2.0)).width() - 2 * _image(make_job()).width()) <= 2


def test_a_wide_diagram_is_made_smaller_to_fit(make_job):
    nodes = " --> ".join(f"n{number}" for number in range(5))

    drawing = mermaid.draw(make_job(f"flowchart LR\n {nodes}"))

    assert drawing.width * UNIT_FONT > 728
    assert QImage.fromData(drawing.png).width() <= 729


def test_a_very_wide_diagram_stays_large_enough_to_read(make_job):
    nodes = " --> ".join(f"n{number}" for number in range(20))

    drawing = mermaid.draw(make_job(f"flowchart LR\n {nodes}"))

    assert QImage.fromData(drawing.png).width() == pytest.approx(
        0.6 * UNIT_FONT * drawing.width, abs=2
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_letters_have_the_colour_of_text(theme, make_job):
    job = make_job("flowchart TD\n A[MMMMMMMM]", theme, family="DejaVu Sans")
    fonts = fonts_for("DejaVu Sans", is_chinese=False)
    image = _image(make_job(job.source, theme, family=fonts.family, fonts=fonts.files, ratio=2))

    colors = {
        image.pixelColor(x, y).name().upper()
        for x in range(image.width())
        for y in range(image.height())
    }
    assert job.colors["text"] in colors
    assert job.colors["surface"] in colors


def test_words_take_the_width_that_the_font_gives_them(make_job):
    source = "flowchart TD\n A[Somewhat longer words]"

    narrow = mermaid.draw(make_job(source, advances=dict.fromkeys(map(chr, range(32, 127)), 0.4)))
    wide = mermaid.draw(make_job(source, advances=dict.fromkeys(map(chr, range(32, 127)), 0.8)))

    assert wide.width > narrow.width or wide.height > narrow.height


def test_a_box_that_is_given_a_light_colour_has_dark_letters(make_job):
    source = "flowchart TD\n A[Word] --> B\n style A fill:#ffccee"

    assert ",color:#1F1E1B" in mermaid._ours(source)


def test_letters_that_are_given_a_colour_keep_it(make_job):
    source = "flowchart TD\n A --> B\n classDef k fill:#fce,color:#00f"

    assert mermaid._ours(source) == source


def test_a_text_cannot_choose_theme_fonts_or_style_sheets(make_job):
    plain = "flowchart TD\n A --> B"
    settings = (
        '%%{init: {"theme": "dark", "themeCSS": ".node {fill: url(file:///etc/hostname)}",\n'
        '"fontFamily": "x; src: url(http://127.0.0.1:9/f.ttf)"}}%%\n'
    )
    front = "---\nconfig:\n  theme: forest\n---\n"

    assert mermaid.draw(make_job(settings + plain)).png == mermaid.draw(make_job(plain)).png
    assert mermaid.draw(make_job(front + plain)).png == mermaid.draw(make_job(plain)).png


def test_a_title_before_the_diagram_is_kept(make_job):
    plain = "flowchart TD\n A --> B"

    assert (
        mermaid.draw(make_job(f"---\ntitle: Named\n---\n{plain}")).height
        > mermaid.draw(make_job(plain)).height
    )


def test_words_on_a_line_have_ground_on_both_sides(make_job):
    laid_out = mermaid.laid_out(make_job("flowchart LR\n A -->|yes| B"))

    svg = mermaid._with_room(laid_out)

    before = re.findall(r'<rect x="0" y="0" width="([\d.]+)" height="[\d.]+" fill="#', laid_out)
    after = re.findall(r'<rect x="-4" y="0" width="([\d.]+)" height="[\d.]+" fill="#', svg)
    assert len(before) == len(after) == 1
    assert float(after[0]) == pytest.approx(float(before[0]) + 8)


HOSTILE = {
    "click": 'flowchart TD\n A-->B\n click A href "https://example.com/x"\n click B call f()',
    "script": 'flowchart TD\n A["<script>alert(1)</script>x"]',
    "label": 'flowchart TD\n A["<img src=http://127.0.0.1:9/x.png onerror=alert(1)>y"]',
    "picture": 'flowchart TD\n A@{ img: "file:///etc/hostname", label: "L", w: 60, h: 60 }',
    "path": 'flowchart TD\n A@{ img: "/etc/hostname", label: "L", w: 60, h: 60 }',
    "remote": 'flowchart TD\n A@{ img: "http://127.0.0.1:9/x.png", label: "L", w: 60, h: 60 }',
    "style": "flowchart TD\n A --> B\n style A fill:url(http://127.0.0.1:9/x.svg#a)",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_in_a_picture_lies_elsewhere(name, make_job):
    svg = _svg(HOSTILE[name], make_job)

    links = re.findall(r"""href\s*=\s*["']([^"']*)|url\(["']?([^"')]*)""", svg, re.IGNORECASE)
    assert all((one or two).startswith("#") for one, two in links)
    assert not re.search(r"<(image|feImage|script|foreignObject|iframe)\b", svg, re.IGNORECASE)


def test_what_would_be_loaded_is_taken_out():
    svg = (
        '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image href="/etc/hostname"/>'
        '<image xlink:href="http://a/b"></image><filter><feImage href="x.png"/></filter>'
        "<style>@import 'x.css'; a{fill:url( 'http://a' )}</style>"
        '<use href="#kept"/><use href="other.svg#gone"/><rect fill="url(#kept)"/></svg>'
    )

    left = mermaid.without_loading(svg)

    assert "hostname" not in left
    assert "http://a" not in left
    assert "x.png" not in left
    assert "x.css" not in left
    assert "other.svg" not in left
    assert left.count("#kept") == 2


@pytest.mark.parametrize(
    "source",
    [
        *("", "hello world", "flowchart TD\n A --", "flowchart TD\n A[\ud800]"),
        "flowchart TD\n" + "\n".join(f"a{n}-->a{n + 1}" for n in range(1_500)),
        "flowchart TD\n"
        + "\n".join(f"subgraph s{n}" for n in range(900))
        + "\nA\n"
        + "end\n" * 900,
        "mindmap\n" + "\n".join(" " * n + f"n{n}" for n in range(180)),
        "flowchart TD\n A[" + "x" * LONGEST + "]",
        'flowchart TD\n A["' + "x" * (LONGEST - 100) + '"]',
    ],
    ids=["empty", "prose", "broken", "surrogate", "nodes", "deep", "tree", "long", "wide"],
)
def test_what_cannot_be_drawn_is_refused(source, make_job):
    with pytest.raises(mermaid.Undrawable):
        mermaid.draw(make_job(source))


def test_every_colour_comes_from_the_theme(make_job):
    svg = _svg(KINDS["flowchart"], make_job)
    body = re.sub(r"<(style|defs)\b.*?</\1>", "", svg, flags=re.DOTALL)

    named = set(re.findall(r"#[0-9A-Fa-f]{6}\b", body))

    assert {color.upper() for color in named} <= set(make_job().colors.values())
