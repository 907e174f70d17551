"""Proves the quotes of an answer: each is matched against the documents' own text.

What "verified" and "close" mean is said in ``quotes_compare``. A quote that stands in several
places is never guessed: the page that the answer names decides if it is one of them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.documents.citation import Citation, CitationStatus
from app.documents.quotes_compare import SIGNS, Judgement, judge
from app.documents.quotes_fold import is_han, skeleton
from app.documents.quotes_index import ProofIndex, Skeleton
from app.documents.quotes_lines import Span
from app.documents.quotes_near import nearest, piece_size
from app.documents.quotes_parse import Quoted, quotes_in, without_emphasis
from app.documents.quotes_words import HAN_NEGATIONS, NEGATIONS
from app.documents.values import Place

__all__ = ["Citation", "ProofIndex", "pages_named", "prove"]

SHORTEST = 2  # letters or digits of a quote

_CUT = "The passage like it begins or ends inside a word."
_BEFORE = 48  # characters looked at before and after a passage
_CUT_BEFORE = re.compile(
    r"(?:[^\W_]|[^\W_](?:[-\u00ad\u2010\u2011\u0002\ufffe])(?:[ \t]*[\r\n]\s*)?|[^\W_]['’])\Z"
)
_CUT_AFTER = re.compile(
    r"^(?:[^\W_]|(?:[-\u00ad\u2010\u2011\u0002\ufffe])(?:[ \t]*[\r\n]\s*)?[^\W_]|['’][^\W_])"
)
_NUMBER_BEFORE = re.compile(r"(?:\d[.,:/]\d*|[-+±<>≤≥~$€£¥−]\s?|\d[.,:/])+$")
_NUMBER_AFTER = re.compile(r"^(?:[.,:/]?\d+)*\s?[%‰°]?")
_LAST_WORD = re.compile(r"([^\W\d_]+(?:['’][^\W\d_]+)?)\s*$")
_ELLIPSIS = re.compile(r"\[?(?:\.\s?\.\s?\.|…)\]?")


@dataclass(frozen=True, slots=True)
class _Match:
    index: ProofIndex
    places: tuple[Place, ...]
    judgement: Judgement
    share: float = 1.0  # of the quote's letters that the passage has in the same order

    @property
    def pages(self) -> list[int]:
        return sorted({place.page for place in self.places})


def prove(answer_text: str, documents: Sequence[ProofIndex]) -> list[Citation]:
    """Every quote of the answer with its judgement, in the order of the answer.

    ``documents`` are in the order of the prompt, so that [2, p. 3] means the second.
    """
    names = [document.name for document in documents]
    return [_proven(quoted, documents) for quoted in quotes_in(answer_text, names)]


def pages_named(answer_text: str) -> set[int]:
    """The pages that an answer names for its quotes, and those beside them."""
    pages = {quoted.reference.page for quoted in quotes_in(answer_text, ())}
    return {page + step for page in pages if page is not None for step in (-1, 0, 1)}


def _proven(quoted: Quoted, documents: Sequence[ProofIndex]) -> Citation:
    number = quoted.reference.document
    claimed = documents[number - 1] if number and number <= len(documents) else None
    here = [claimed] if claimed is not None else documents
    found = _look_up(quoted.text, here)
    if claimed is not None and _best(found) > 1:
        others = [other for other in documents if other is not claimed]
        elsewhere = _look_up(quoted.text, others)
        found = elsewhere if _best(elsewhere) <= 1 else found
    found = found or [near for each in here if (near := _nearest(each, quoted.text)) is not None]
    for status in ("verified", "close"):
        matches = [match for match in found if match.judgement.status == status]
        if matches:
            return _settled(quoted, matches, claimed)
    return _not_found(quoted, found, claimed)


def _look_up(text: str, documents: Sequence[ProofIndex]) -> list[_Match]:
    """Where these letters stand, however they are set."""
    found: list[_Match] = []
    for words in dict.fromkeys((text, without_emphasis(text))):
        bones = skeleton(words)
        if len(bones) < SHORTEST:
            return []
        here = [match for each in documents for match in _same_letters(each, words, bones)]
        if _best(here) <= _best(found):
            found = here
    return found


def _best(matches: Sequence[_Match]) -> int:
    """0 when one of them is verified, 3 when there is none."""
    ranks = ("verified", "close", "different")
    return min((ranks.index(match.judgement.status) for match in matches), default=3)


def _same_letters(document: ProofIndex, words: str, bones: str) -> list[_Match]:
    """Matches letter for letter; those through running lines only where there is no other."""
    for letters, is_body in ((document.body, True), (document.whole, False)):
        found = []
        for at in document.find(bones, letters):
            span = letters.span(at, at + len(bones))
            if not _cuts_word(document, span):
                found.append(_judged(document, span, words, is_body=is_body))
        if found or document.body is document.whole:
            return found
    return []


def _nearest(document: ProofIndex, text: str) -> _Match | None:
    """The passage that the quote comes nearest to, or the two that it is joined from."""
    words = without_emphasis(text)
    bones = skeleton(words)
    found = nearest(document.grams(piece_size(bones)), bones)
    spans = [_to_words(document, _clipped(document.body, near.start, near.end)) for near in found]
    if not found:
        return None
    share = sum(near.share for near in found)
    if len(found) == 1:
        match = _judged(document, spans[0], words, is_body=True)
        if match.judgement.status == "verified":  # a part of it was cut off above
            return replace(match, judgement=Judgement("different", _CUT), share=share)
        return replace(match, share=share)
    places = [document.places(span, is_body=True) for span in spans]
    pages = [_pages_words([place.page for place in part]) for part in places]
    reason = (
        f"The quote leaves words out between two places: {pages[0]} and {pages[1]}."
        if _ELLIPSIS.search(text)
        else f"The quote is joined from two places: {pages[0]} and {pages[1]}."
    )
    joined = tuple(place for part in places for place in part)
    return _Match(document, joined, Judgement("different", reason), share)


def _judged(document: ProofIndex, span: Span, words: str, *, is_body: bool) -> _Match:
    negation = _negation_before(document.text[max(0, span[0] - _BEFORE) : span[0]])
    places = document.places(span, is_body=is_body)
    if negation:
        reason = f"The document says “{negation}” right before these words."
        return _Match(document, places, Judgement("different", reason))
    passage = document.words_at(_with_signs(document, span, words), is_body=is_body)
    return _Match(document, places, judge(words, passage, document.has_word))


def _cuts_word(document: ProofIndex, span: Span) -> bool:
    """Whether the passage begins or ends inside a word or a compound of the document."""
    text, (start, end) = document.text, span
    before, after = text[max(0, start - 8) : start], text[end : end + 8]
    cuts_before = not is_han(text[start]) and before and not is_han(before[-1])
    cuts_after = not is_han(text[end - 1]) and after and not is_han(after[0])
    return bool(
        (cuts_before and _CUT_BEFORE.search(before)) or (cuts_after and _CUT_AFTER.match(after))
    )


def _with_signs(document: ProofIndex, span: Span, words: str) -> Span:
    """The passage with the rest of a number that it begins or ends in and with its sign, and with
    symbols that the quote has at its ends.
    """
    text, (start, end) = document.text, span
    before, after = text[max(0, start - 3) : start].rstrip(), text[end : end + 3].lstrip()
    if before[-1:] in SIGNS and before[-1:] in words[:3]:
        start = text.rindex(before[-1], 0, start)
    if after[:1] in SIGNS and after[:1] in words[-3:]:
        end = text.index(after[0], end) + 1
    if text[start].isdigit():
        found = _NUMBER_BEFORE.search(text[max(0, start - 12) : start])
        # A hyphen that follows a word is no minus.
        if found is not None and not text[max(0, start - 1 - len(found[0])) : start][:1].isalpha():
            start -= len(found[0])
    if text[end - 1].isdigit():
        found = _NUMBER_AFTER.match(text[end : end + 12])
        end += len(found[0].rstrip()) if found is not None else 0
    return start, end


def _negation_before(before: str) -> str:
    """The negation that a passage would leave out, "" if there is none."""
    if before[-1:] in HAN_NEGATIONS:
        return before[-1:]
    found = _LAST_WORD.search(before)
    word = found[1].replace("’", "'") if found is not None else ""
    is_negation = word.casefold() in NEGATIONS or word.casefold().endswith("n't")
    return word if is_negation else ""


def _settled(quoted: Quoted, matches: list[_Match], claimed: ProofIndex | None) -> Citation:
    """The citation of a quote that was found."""
    first, last = quoted.reference.page, quoted.reference.last_page
    here = matches
    if first is not None:
        wanted = range(first, (last or first) + 1)
        here = [match for match in matches if any(page in wanted for page in match.pages)]
    if len(here) == 1 or len(matches) == 1:
        match = (here or matches)[0]
        reason = match.judgement.reason
        elsewhere = _elsewhere(match, quoted, claimed, is_on_page=bool(here))
        is_verified = match.judgement.status == "verified" and not elsewhere
        status: CitationStatus = "verified" if is_verified else "close"
        reason = " ".join(text for text in (elsewhere, reason) if text)
        return _citation(quoted, match.index.document_id, status, match.places, reason)
    places = tuple(place for match in matches for place in match.places)
    documents = {match.index.document_id for match in matches}
    document_id = documents.pop() if len(documents) == 1 else None
    return _citation(quoted, document_id, "ambiguous", places, _in_places(matches))


def _elsewhere(
    match: _Match, quoted: Quoted, claimed: ProofIndex | None, *, is_on_page: bool
) -> str:
    """What to say when the quote is not where the answer says, else ""."""
    number, page = quoted.reference.document, quoted.reference.page
    on = _pages_words(match.pages)
    if claimed is not None and match.index is not claimed:
        return f"These words are in {match.index.name}, {on}, not in {claimed.name}."
    if number is not None and claimed is None:
        return f"There is no document {number}; these words are in {match.index.name}, {on}."
    if page is not None and not is_on_page:
        return f"These words are on {on}, not on page {page}."
    return ""


def _not_found(quoted: Quoted, rejected: list[_Match], claimed: ProofIndex | None) -> Citation:
    """An unverified citation, with the reason and the nearest passage."""
    document_id = claimed.document_id if claimed is not None else None
    if rejected:
        page = quoted.reference.page
        match = max(rejected, key=lambda match: (round(match.share, 1), page in match.pages))
        reason = match.judgement.reason
        return _citation(quoted, match.index.document_id, "unverified", match.places, reason)
    if len(skeleton(quoted.text)) < SHORTEST:
        return _citation(quoted, document_id, "unverified", (), "The quote is too short to prove.")
    reason = "These words are not in the documents."
    if claimed is not None:
        reason = (
            f"These words are not in the pages of {claimed.name} that were looked at."
            if claimed.is_partial
            else f"These words are not in {claimed.name}."
        )
    return _citation(quoted, document_id, "unverified", (), reason)


def _clipped(letters: Skeleton, start: int, end: int) -> Span:
    size = len(letters.text)
    start = min(max(0, start), size - 1)
    return letters.span(start, min(max(end, start + 1), size))


def _to_words(document: ProofIndex, span: Span) -> Span:
    """The passage from the beginning of its first word to the end of its last."""
    text, (start, end) = document.text, span
    while start > 0 and text[start - 1].isalnum() and not is_han(text[start - 1]):
        start -= 1
    while end < len(text) and text[end].isalnum() and not is_han(text[end]):
        end += 1
    return start, end


def _citation(
    quoted: Quoted,
    document_id: int | None,
    status: CitationStatus,
    places: tuple[Place, ...],
    reason: str,
) -> Citation:
    page = quoted.reference.page
    return Citation(
        quoted.text, document_id, page, status, places, reason, quoted.start, quoted.end
    )


def _in_places(matches: Sequence[_Match]) -> str:
    """With the pages, where all are in one document."""
    if len({match.index.document_id for match in matches}) > 1:
        return f"These words stand in {len(matches)} places, and the answer does not say which."
    on = _pages_words([page for match in matches for page in match.pages])
    return f"These words stand in {len(matches)} places ({on}), and the answer does not say which."


def _pages_words(pages: Sequence[int]) -> str:
    """ "page 3", "pages 3 and 4", "pages 1, 2, 3 and 7 more"."""
    unique = sorted(set(pages))
    if len(unique) == 1:
        return f"page {unique[0]}"
    if len(unique) > 6:
        return f"pages {', '.join(map(str, unique[:5]))} and {len(unique) - 5} more"
    return f"pages {', '.join(map(str, unique[:-1]))} and {unique[-1]}"
