import pytest

from app.chat.messages import CitationsPart, Message, TextPart
from app.documents.citation import Citation, Coverage
from app.documents.values import Place
from app.ui.chat.footnotes import with_footnotes
from app.ui.language import Language

TEXT = 'It says "The tenant pays." [1, p. 1] and "Dogs are allowed" [1, p. 3].'
FIRST, SECOND = TEXT.index(" and"), TEXT.index(".", -1)
PROVEN = Citation("The tenant pays.", 7, 1, "verified", (Place(7, 1, 0, 16),), "", 8, FIRST)
UNPROVEN = Citation(
    *("Dogs are allowed", 7, 3, "unverified", (Place(7, 3, 0, 20),)),
    *("The quote leaves out “not”, which the document says.", FIRST + 5, SECOND),
)
ANSWER = Message(
    "assistant",
    (TextPart(TEXT), CitationsPart((PROVEN, UNPROVEN), Coverage("whole", 3, 3, 1, 1))),
)


@pytest.fixture
def say(qapp):
    """The answer as it is copied in a language."""
    opened = []

    def say(language, names=None):
        opened.append(Language(qapp, language))
        return with_footnotes(ANSWER, names)

    yield say
    for language in opened:
        language.close()


def test_an_answer_leaves_the_chat_with_its_proof_as_footnotes(say):
    assert say("en", {7: "lease.pdf"}) == (
        'It says "The tenant pays." [1, p. 1][^1] and "Dogs are allowed" [1, p. 3][^2].\n\n'
        "*Read 3 of 3 pages. 1 of 2 quotes verified.*\n\n"
        "[^1]: “The tenant pays.” lease.pdf, page 1. Verified.\n"
        "[^2]: “Dogs are allowed” Not verified. "
        "The quote leaves out “not”, which the document says."
    )


def test_a_document_whose_name_is_not_known_is_told_by_its_page(say):
    assert "[^1]: “The tenant pays.” Page 1. Verified." in say("en")


def test_what_doorstep_says_of_an_answer_is_in_the_language_of_the_window(say):
    marked, summary, notes = say("zh_CN", {7: "lease.pdf"}).split("\n\n")

    assert marked.startswith('It says "The tenant pays." [1, p. 1][^1]')
    assert summary == "*已阅读 3 页，共 3 页。2 处引文中有 1 处已核实。*"
    assert "。" in notes


def test_an_answer_without_citations_is_its_text():
    assert with_footnotes(Message.of("assistant", "Paris.")) == "Paris."
