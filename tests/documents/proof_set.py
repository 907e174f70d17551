"""1,000 quotes with the truth about them: half are of a document, half were altered.

Documents are set the way type-setters and scanners do it, from sentences that are known; so what a
true quote is, and what is not one, does not depend on the code that is tested.
"""

import pydoc_data.topics
import random
import re
from dataclasses import dataclass

from app.documents.values import Page

SETTINGS = ("plain", "hyphens", "columns", "ligatures", "headers", "ocr", "chinese")
ALTERATIONS = ("word", "number", "negation", "page", "joined")

_LIGATURES = {"ffi": "\ufb03", "ffl": "\ufb04", "ff": "\ufb00", "fi": "\ufb01", "fl": "\ufb02"}
_MISREAD = {"rn": "m", "l": "1", "cl": "d", "vv": "w", "h": "b", "e": "c", "O": "0"}
_WORD = re.compile(r"[A-Za-z]+")
_NUMBER = re.compile(r"\d+")

_HAN_SUBJECTS = ("甲方", "乙方", "出租人", "承租人", "供应商", "董事会", "监理单位", "委托人")
_HAN_TIMES = ("在签署之日起", "自验收合格后", "于每月届满前", "在收到书面通知后", "自交付之日起")
_HAN_DUTIES = (
    "应当支付合同总价的百分之", "须缴纳保证金人民币", "有权要求赔偿损失", "应提交检验报告共",
    "须承担逾期违约金", "应退还预付款项", "可以延长履行期限至",
)  # fmt: skip
_HAN_UNITS = ("元", "日内完成", "份并加盖公章", "个月", "万元整", "页以备查验")
_HAN_DENIALS = (
    "不得向任何第三方转让权利", "不承担由此产生的费用", "未经同意不得公开资料",
    "无权单方面变更条款", "不应迟延履行义务", "不得降低质量标准",
)  # fmt: skip
_SUBJECTS = ("The tenant", "The lessor", "Each party", "The supplier", "The board", "The agent")
_DUTIES = ("shall pay", "must return", "may withhold", "shall deliver", "is to keep", "must report")
_OBJECTS = (
    "the final deposit", "all office files", "the official certificate", "a sufficient guarantee",
    "the specified fluid samples", "different configuration records", "the affected inventory",
)  # fmt: skip
_ENDS = (
    "before the affirmed offset date", "after the first notification", "within the fixed period",
    "at the refinery in Cardiff", "under the well-known efficiency scheme", "without reflection",
)  # fmt: skip
_DENIALS = (
    "is not liable for damage to", "shall not transfer", "does not have to insure",
    "cannot refuse", "will never disclose",
)  # fmt: skip


@dataclass(frozen=True)
class Sentence:
    """What was set, and the pages it came to stand on."""

    text: str
    pages: tuple[int, ...]


@dataclass(frozen=True)
class Document:
    setting: str
    pages: tuple[Page, ...]
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Case:
    """A quote as an answer has it. ``alteration`` is "" for a true one."""

    document: Document
    quote: str
    page: int | None
    alteration: str

    def answer(self, number: int) -> str:
        """The quote in one of the forms that models write."""
        page = self.page
        forms = (
            f'It says: "{self.quote}" [1, p. {page}].',
            f"It says “{self.quote}” [1, p. {page}], which settles it.",
            f'- **Proof:** "{self.quote}" (page {page})\n- more',
            f"> {self.quote}\n\n— [Document 1, page {page}]",
            f'On page {page} we read:\n"{self.quote}"',
            f"结论：「{self.quote}」【1，第{page}页】。",
            f'It says "*{self.quote}*" [p. {page}]',
            "“" + _broken(self.quote, 60) + f"” [1, p.{page}]",
        )
        lone = (f'It says "{self.quote}" [1].', f"“{self.quote}” is what it says.")
        return lone[number % 2] if page is None else forms[number % len(forms)]


def documents(seed: int = 7) -> list[Document]:
    """One document of each setting, 40 to 90 pages."""
    draw = random.Random(seed)
    return [_document(setting, draw) for setting in SETTINGS]


def cases(count: int = 1000, seed: int = 11) -> list[Case]:
    """Half true, half altered in each of the ways, over all settings; some without a page."""
    draw = random.Random(seed)
    made = documents()
    wanted = [""] * (count // 2) + list(ALTERATIONS) * (count // 2 // len(ALTERATIONS))
    found: list[Case] = []
    for number, alteration in enumerate(wanted):
        case = None
        while case is None:  # a sentence without a number cannot have it altered
            case = _case(made[number % len(made)], alteration, draw)
        found.append(case)
    draw.shuffle(found)
    return found


def _case(document: Document, alteration: str, draw: random.Random) -> Case | None:
    sentence = draw.choice(document.sentences)
    page = sentence.pages[0]
    if not alteration:
        is_page_given = draw.random() < 0.8
        return Case(document, sentence.text, page if is_page_given else None, "")
    if alteration == "page":
        others = [other.number for other in document.pages if abs(other.number - page) > 1]
        return Case(document, sentence.text, draw.choice(others), alteration)
    quote = _altered(document, sentence, alteration, draw)
    whole = _letters("".join(page.text for page in document.pages))
    if quote is None or _letters(quote) in whole or quote == sentence.text:
        return None
    return Case(document, quote, page, alteration)


def _altered(
    document: Document, sentence: Sentence, alteration: str, draw: random.Random
) -> str | None:
    text = sentence.text
    if alteration == "number":
        numbers = list(_NUMBER.finditer(text))
        if not numbers:
            return None
        chosen = draw.choice(numbers)
        other = draw.choice((int(chosen[0]) + 1, int(chosen[0]) * 10, int(chosen[0]) // 10 + 3))
        return f"{text[: chosen.start()]}{other}{text[chosen.end() :]}"
    if alteration == "negation":
        return _negated(text)
    if alteration == "joined":
        other = draw.choice(document.sentences)
        if not set(other.pages).isdisjoint(sentence.pages):
            return None
        mine, theirs = _halves(text), _halves(other.text)
        return mine[0] + theirs[1]
    if document.setting == "chinese":
        place = draw.randrange(2, len(text) - 2)
        return text[:place] + draw.choice("约先后再仅另双每") + text[place + 1 :]
    words = list(_WORD.finditer(text))
    chosen = draw.choice(words)
    vocabulary = sorted(set(_WORD.findall(" ".join(s.text for s in document.sentences))))
    how = draw.randrange(3)
    word = ("", draw.choice(vocabulary), f"{chosen[0]} {draw.choice(vocabulary)}")[how]
    altered = f"{text[: chosen.start()]}{word}{text[chosen.end() :]}"
    return re.sub(r"  +", " ", altered).strip()


def _negated(text: str) -> str | None:
    """With a negation taken out, or put in where there is none."""
    for pattern, other in (
        (r" not ", " "), (r"cannot", "can"), (r" never ", " "), (r"不得", "可以"), (r"不", ""),
        (r"无权", "有权"), (r" is ", " is not "), (r" shall ", " shall not "),
        (r" must ", " must not "), (r" may ", " may not "), (r" are ", " are not "),
        (r"应当", "不应当"), (r"须", "无须"), (r"有权", "无权"), (r" can ", " cannot "),
    ):  # fmt: skip
        if re.search(pattern, text):
            return re.sub(pattern, other, text, count=1)
    return None


def _halves(text: str) -> tuple[str, str]:
    middle = len(text) // 2
    cut = text.find(" ", middle)
    cut = middle if cut < 0 else cut
    return text[:cut], text[cut:]


def _document(setting: str, draw: random.Random) -> Document:
    sentences = _han_sentences(draw) if setting == "chinese" else _sentences(draw)
    pages, stood = _set(sentences, setting, draw)
    found = []
    whole = _letters("".join(page.text for page in pages))
    for sentence, on in zip(sentences, stood, strict=True):
        text = sentence
        if setting == "ocr":
            text = _read_back(pages, on, sentence)
        if whole.count(_letters(text)) == 1:
            found.append(Sentence(text, on))
    return Document(setting, tuple(pages), tuple(found))


def _sentences(draw: random.Random) -> list[str]:
    """Contract language with numbers, among prose that Python's own manual is made of."""
    made = []
    for number in range(900):
        amount = f"{draw.randrange(2, 90)},{draw.randrange(100, 999)}"
        if number % 3 == 0:
            text = f"{draw.choice(_DENIALS)} {draw.choice(_OBJECTS)}"
        else:
            text = f"{draw.choice(_DUTIES)} {draw.choice(_OBJECTS)} of {amount} EUR"
        day = f"no later than day {draw.randrange(2, 365)}"
        made.append(f"{draw.choice(_SUBJECTS)} {text} {draw.choice(_ENDS)}, {day}.")
    prose = " ".join(pydoc_data.topics.topics[name] for name in ("assignment", "class", "import"))
    plain = re.sub(r"\s+", " ", re.sub(r"[*`_|+=~^\[\]<>\\\"“”']+", "", prose))
    kept = [text for text in re.split(r"(?<=[a-z]\.) (?=[A-Z])", plain) if 40 < len(text) < 260]
    made += [text for text in kept if re.fullmatch(r"[\w ,.;:()-]+", text)]
    draw.shuffle(made)
    return made


def _han_sentences(draw: random.Random) -> list[str]:
    made = []
    for number in range(900):
        text = f"{draw.choice(_HAN_SUBJECTS)}{draw.choice(_HAN_TIMES)}，"
        if number % 3 == 0:
            text += f"{draw.choice(_HAN_DENIALS)}，编号{draw.randrange(100, 99999)}。"
        else:
            amount = draw.randrange(2, 9000)
            text += f"{draw.choice(_HAN_DUTIES)}{amount}{draw.choice(_HAN_UNITS)}。"
        made.append(text)
    return made


def _set(
    sentences: list[str], setting: str, draw: random.Random
) -> tuple[list[Page], list[tuple[int, ...]]]:
    """Pages of lines, and the pages that each sentence stands on."""
    width = {"columns": 34, "chinese": 28}.get(setting, 74)
    lines, line_of = _lines(sentences, setting, width, draw)
    per_page = draw.randrange(26, 40)
    pages = []
    for number, start in enumerate(range(0, len(lines), per_page), 1):
        body = "\n".join(lines[start : start + per_page])
        body = body if setting != "columns" else body.replace("\n", "\r\n")
        if setting in ("headers", "columns", "chinese"):
            title = "年度采购合同汇编" if setting == "chinese" else "Collected Agreements"
            chapter = f"Chapter {number // 9 + 1}: Terms"
            body = f"{title if number % 2 else chapter}\n{body}\n— {number} —\nConfidential, v2.3"
        pages.append(Page(number, body, is_ocr=setting == "ocr"))
    stood = [
        tuple(sorted({first // per_page + 1, last // per_page + 1})) for first, last in line_of
    ]
    return pages, stood


def _lines(
    sentences: list[str], setting: str, width: int, draw: random.Random
) -> tuple[list[str], list[tuple[int, int]]]:
    lines = [""]
    line_of = []
    for sentence in sentences:
        first = len(lines) - 1
        units = list(sentence) if setting == "chinese" else sentence.split(" ")
        for number, unit in enumerate(units):
            space = "" if setting == "chinese" or not lines[-1] else " "
            if len(lines[-1]) + len(space) + len(unit) > width:
                unit = _hyphenated(lines, unit, setting, width, draw)
                lines.append("")
                space = ""
            if number == 0:
                first = len(lines) - 1
            lines[-1] += space + _shaped(unit, setting, draw)
        line_of.append((first, len(lines) - 1))
    return lines, line_of


def _hyphenated(lines: list[str], word: str, setting: str, width: int, draw: random.Random) -> str:
    """Leave the beginning of a word on the line, where the setting divides words."""
    room = width - len(lines[-1]) - 2
    if setting not in ("hyphens", "columns") or not word.isalpha() or len(word) < 6 or room < 2:
        return word
    cut = min(room, len(word) - 2)
    lines[-1] += f" {word[:cut]}" + draw.choice("--\u00ad\ufffe")
    return word[cut:]


def _shaped(word: str, setting: str, draw: random.Random) -> str:
    if setting == "ligatures":
        for letters, ligature in _LIGATURES.items():
            word = word.replace(letters, ligature)
    if setting == "ocr" and draw.random() < 0.08:
        letters = draw.choice(list(_MISREAD))
        word = word.replace(letters, _MISREAD[letters], 1)
    return word


def _read_back(pages: list[Page], on: tuple[int, ...], sentence: str) -> str:
    """The sentence as the OCR read it: the run of words that stands where it was set."""
    text = " ".join(" ".join(page.text for page in pages if page.number in on).split())
    length = len(sentence.split())
    words = text.split()
    wanted = sentence.split()
    best = max(
        range(len(words) - length + 1),
        key=lambda at: sum(a == b for a, b in zip(words[at : at + length], wanted, strict=True)),
    )
    return " ".join(words[best : best + length])


def _letters(text: str) -> str:
    for letters, ligature in _LIGATURES.items():
        text = text.replace(ligature, letters)
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _broken(text: str, width: int) -> str:
    return re.sub(rf"(.{{{width}}}\S*) ", r"\1\n", text)
