"""What a person asks becomes terms of the index: no word of theirs is ever its syntax."""

import re
import unicodedata
from dataclasses import dataclass

from app.storage.documents_pages import indexed_form

_MOST_CHARACTERS = 2_000
_MOST_TERMS = 48
_LEAST_PREFIX = 3
_LONGEST_CJK_WORD = 6

_QUOTED = re.compile(r'["“”„«»「」『』]([^"“”„«»「」『』]+)["“”„«»「」『』]')
_CJK_RUN = re.compile(
    "[\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u318f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
# A name with dots, slashes or dashes in it, as "os.path.join", is one thing: a phrase.
_CHUNK = re.compile(r"\S+")
_WORD = re.compile(r"[^\W_]+")

_STOP_TEXT = (
    "a about am an and any are as at be been being but by can could did do does doing for from had"
    " has have having he her here hers him his how i if in into is it its itself may me might more"
    " most must my no nor not of off on one or our ours out over own s shall she should so some"
    " such t than that the their theirs them then there these they this those through to too under"
    " until up us use used using very was we were what when where which while who whom whose why"
    " will with would you your yours tell give explain describe say says said mean means please"
    " document documents text page pages"
)
_STOP_WORDS = frozenset(_STOP_TEXT.split())
# Only words of two characters and more, and particles that are hardly ever part of a word.
_CJK_STOP = re.compile(
    "为什么|怎么样|什么|怎么|怎样|如何|哪些|哪个|哪里|哪一|多少|是否|是不是|有没有|请问|可以|能否"
    "|这个|那个|这些|那些|的|吗|呢|们"
)
# Characters that say little alone; the others are words of their own as often as not.
_CJK_COMMON = frozenset(
    "的了是在和有我你他她它不一这那个上下么吗呢吧要会能可以怎哪何时候多少什为把被给就都也还没对从到"
)


@dataclass(frozen=True, slots=True)
class Term:
    """``alternatives`` are tried when the index knows no such term: beginnings, single words."""

    expression: str
    alternatives: tuple[str, ...] = ()


def terms(query: str) -> list[Term]:
    """What to look for, at most 48 terms; empty where the query has no letter or digit."""
    text = unicodedata.normalize("NFKC", query[:_MOST_CHARACTERS]).replace("\u00ad", "")
    quoted = [Term(phrase(match)) for match in _QUOTED.findall(text) if _WORD.search(match)]
    rest = _QUOTED.sub(" ", text)
    found = quoted + _latin(_CJK_RUN.sub(" ", rest)) + _cjk(rest)
    return list(dict.fromkeys(found))[:_MOST_TERMS]


def is_chinese(query: str) -> bool:
    """Whether most of what is asked is in characters that stand without spaces."""
    cjk = sum(len(run) for run in _CJK_RUN.findall(query))
    other = sum(len(word) for word in _WORD.findall(_CJK_RUN.sub(" ", query)))
    return cjk * 3 > other


def phrase(words: str) -> str:
    """One phrase in FTS5's quotes, whatever the words are."""
    return '"' + indexed_form(words).replace('"', " ").replace("\0", " ").strip() + '"'


def _latin(text: str) -> list[Term]:
    chunks = [words for chunk in _CHUNK.findall(text) if (words := _WORD.findall(chunk))]
    telling = [words for words in chunks if not _is_stop(words)]
    return [_term(words) for words in telling or chunks]


def _is_stop(words: list[str]) -> bool:
    """Also "what's" and "don't", but no single letter: "C" is a language."""
    lowered = [word.lower() for word in words]
    return lowered[0] in _STOP_WORDS and all(
        word in _STOP_WORDS or word in ("t", "s", "re", "ve", "ll", "d", "m") for word in lowered
    )


def _term(words: list[str]) -> Term:
    if len(words) > 1:
        return Term(
            phrase(" ".join(words)),
            tuple(phrase(word) for word in words if word.lower() not in _STOP_WORDS),
        )
    word = words[0]
    if len(word) < _LEAST_PREFIX or not word.isalpha():
        return Term(phrase(word))
    # The index holds stems: a beginning that is a little shorter than the word meets them, too.
    shorter = word[: max(_LEAST_PREFIX, len(word) - 2)]
    return Term(phrase(word), (f"{phrase(word)} *", f"{phrase(shorter)} *"))


def _cjk(text: str) -> list[Term]:
    """Pairs of characters, short runs as a whole, and telling characters: no space tells words."""
    runs = [
        piece
        for run in _CJK_RUN.findall(text)
        for piece in (filter(None, _CJK_STOP.split(run)) if len(run) > 2 else (run,))
    ]
    wholes = [run for run in runs if len(run) <= _LONGEST_CJK_WORD]
    pairs = [run[at : at + 2] for run in runs for at in range(len(run) - 1)]
    single = [character for run in runs for character in run if character not in _CJK_COMMON]
    return [Term(phrase(words)) for words in dict.fromkeys(wholes + pairs + single)]
