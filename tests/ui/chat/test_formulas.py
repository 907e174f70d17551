import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QTextEdit

from app.ui.chat.formula_document import readable_text
from app.ui.chat.formula_images import FormulaImage, FormulaPainter
from app.ui.chat.formulas import Kind, find_formulas
from app.ui.chat.prose_block import ProseBlock
from tests.patience import is_done_within


def found(text):
    return [(formula.kind, formula.text) for formula in find_formulas(text)]


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        (r"\(a+b\)", [(Kind.INLINE, "a+b")]),
        (r"\[a+b\]", [(Kind.DISPLAY, "a+b")]),
        ("$$a+b$$", [(Kind.DISPLAY, "a+b")]),
        ("$$\na\n+ b\n$$", [(Kind.DISPLAY, "a\n+ b")]),
        ("$x$ and $y_1$", [(Kind.INLINE, "x"), (Kind.INLINE, "y_1")]),
        ("$2x$", [(Kind.INLINE, "2x")]),
        ("($x$), $y$.", [(Kind.INLINE, "x"), (Kind.INLINE, "y")]),
        ("见$x$式", [(Kind.INLINE, "x")]),
        ("A note[^1] here", [(Kind.NOTE, "1")]),
        ("[^a-b]: The note", [(Kind.NOTE_BEGIN, "a-b")]),
    ],
)
def test_a_formula_is_found(text, formulas):
    assert found(text) == formulas


@pytest.mark.parametrize(
    "text",
    [
        "$5",
        "It costs $5 and $7.",
        "from $5 to $10, or $20 each",
        "$5 for me and 10$ for you",
        "US$5 and US$6",
        "`$x$` and ``\\(x\\)``",
        r"\$x\$",
        "$x",
        "$ x $",
        "$$",
        "$$$$",
        "$a\n\nb$",
        "\\(a\n\nb\\)",
        "\\\\(a\\\\)",
        "$" + "x" * 1001 + "$",
        "arr[^1",
        "HOME=$HOME PATH=$PATH:x",
    ],
)
def test_what_is_no_formula_is_left_alone(text):
    assert found(text) == []


@pytest.fixture
def prose(page, talk):
    """The document of an answer that is one block of prose."""

    def show(text):
        talk.add("assistant", text)
        page.open(talk)
        return page.widgets(ProseBlock)[0]

    return show


def test_a_formula_is_a_picture_that_reads_aloud(prose):
    block = prose(r"Half is \(\frac{1}{2}\).")

    assert block.toPlainText() == "Half is \ufffc."
    cursor = block.document().find("\ufffc")
    assert cursor.charFormat().toImageFormat().width() > 4
    assert "1 over 2" in cursor.charFormat().toolTip()
    assert block.accessibleName() == r"Half is \(\frac{1}{2}\)."


@pytest.mark.parametrize("text", ["a $x_1^2$ b", "$$\\frac{n}{2}$$", "$$" + "x + " * 40 + "x$$"])
def test_a_formula_is_shown_pixel_by_pixel(prose, text):
    document = prose(text).document()
    form = document.find("\ufffc").charFormat().toImageFormat()

    picture = document.resource(QTextDocument.ResourceType.ImageResource.value, QUrl(form.name()))

    assert (form.width(), form.height()) == picture.size().toTuple()


@pytest.mark.parametrize("tex", [r"\frac{n}{2}", r"O(n \log n)", r"\sqrt{x}", "y", "-"])
@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_no_formula_is_cut_off_above_or_below(qapp, tex, ratio):
    made = FormulaPainter().image(tex, 17, "#000000", is_display=True, ratio=ratio)
    assert isinstance(made, FormulaImage)
    picture = made.image

    edges = [(x, y) for x in range(picture.width()) for y in (0, picture.height() - 1)]

    assert all(picture.pixelColor(*at).alpha() < 128 for at in edges)


def test_a_formula_in_a_line_makes_it_no_higher_than_needed(prose):
    plain, formula = prose("`code` here"), prose("`code` and $O(n)$ here")

    assert formula.document().size().height() <= plain.document().size().height() + 1


def test_a_selection_is_copied_as_the_source(prose):
    block = prose("Take $x^2$ and **bold**\n$$\\sum_i i$$\nthe end")

    block.selectAll()

    copied = block.createMimeDataFromSelection().text()
    assert copied == "Take $x^2$ and bold\n$$\\sum_i i$$\nthe end"


def test_markdown_inside_a_formula_is_not_markdown(prose):
    block = prose("$a_1 * b_1 * c_1$ and $$\n= x\n- y\n$$ end")

    assert readable_text(block.document()) == "$a_1 * b_1 * c_1$ and $$\n= x\n- y\n$$ end"


def test_a_formula_that_cannot_be_typeset_is_shown_as_its_source(prose):
    block = prose(r"So \(\undefinedcommand{x}\) it is.")

    assert block.toPlainText() == r"So \(\undefinedcommand{x}\) it is."


def test_code_spans_come_before_formulas(prose):
    assert prose("Write `$x$` for $x$").toPlainText() == "Write $x$ for \ufffc"


def test_a_footnote_is_shown_where_it_stands(prose, page):
    prose("As known[^1].\n\n[^1]: By some.")

    shown = [view.toPlainText() for view in page.viewport.findChildren(QTextEdit)]
    assert "As known1." in shown
    assert "1 By some." in shown


def test_a_formula_is_typeset_when_its_block_is_sealed(page, talk):
    talk.add("user", "?")
    page.open(talk)
    page.transcript.begin_answer(100)

    page.transcript.add_text("It is $x^2$ now")
    page.settle()
    assert page.widgets(ProseBlock)[0].toPlainText() == "It is $x^2$ now"
    page.transcript.add_text(".\n\nNext")
    page.settle()

    assert page.widgets(ProseBlock)[0].toPlainText() == "It is \ufffc now."


def test_many_formulas_are_painted_a_few_at_a_time(qapp):
    made = []

    def paint():
        painter = FormulaPainter()
        made[:] = [painter.image(f"x_{{{n}}}", 16, "#000000", is_display=False) for n in range(500)]

    assert is_done_within(0.5, paint)
    assert isinstance(made[0], FormulaImage)
    assert None in made


def test_all_of_many_formulas_are_shown_in_the_end(prose, page):
    block = prose(" ".join(f"$x_{{{n}}}$" for n in range(120)))
    page.settle()

    assert block.toPlainText().count("\ufffc") == 120


def test_a_painted_formula_is_kept(qapp):
    painter = FormulaPainter()

    first = painter.image("x", 16, "#000000", is_display=False)

    assert painter.image("x", 16, "#000000", is_display=False) is first
    assert painter.image("x", 16, "#FFFFFF", is_display=False) is not first


@pytest.mark.parametrize(
    "tex",
    [
        "\\frac{",
        "{" * 400 + "}" * 400,
        "\\def\\a{\\a\\a}\\a",
        "\\begin{pmatrix}" * 50,
        "&" * 900,
        "^" * 900,
        "\\hspace{100000em}x",
        "\u202e\u0000",
    ],
)
def test_hostile_formulas_are_refused_or_small_and_quick(qapp, tex):
    def paint():
        return FormulaPainter().image(tex, 16, "#000000", is_display=True)

    assert is_done_within(0.2, paint)
    made = paint()
    assert isinstance(made, str) or made.image.width() <= 6_000
