"""Tables on the page: how much of them is laid out, and how seldom."""

import pytest

from app.ui.chat.rows import RowKind
from app.ui.chat.table_block import TableBlock

HEAD = "| a | b |\n|---|---|\n"


def rows_of(count: int) -> str:
    return "".join(f"| {number} | two |\n" for number in range(count))


@pytest.fixture
def showings(monkeypatch):
    """A number for each time that a table is laid out."""
    found = []
    original = TableBlock.show_row

    def counted(self, row, width):
        found.append(row.text.count("\n") - 1)
        return original(self, row, width)

    monkeypatch.setattr(TableBlock, "show_row", counted)
    return found


def test_a_table_that_is_shown_is_not_laid_out_again_when_the_answer_ends(
    page, talk, make_stored, showings
):
    text = HEAD + rows_of(300)
    page.open(talk)
    page.transcript.begin_answer(1)
    page.add_text(text[:-500])
    widget = page.widgets(TableBlock)[0]
    showings.clear()

    page.transcript.add_text(text[-500:])
    page.transcript.end_answer(make_stored(1, "assistant", text))
    page.settle()
    page.transcript.verticalScrollBar().setValue(0)
    page.settle()

    assert showings == []
    assert page.widgets(TableBlock) == [widget]


def test_a_table_stays_though_more_of_it_was_stored_than_shown(page, talk, make_stored, showings):
    text = HEAD + rows_of(6_000)
    page.open(talk)
    page.transcript.begin_answer(1)
    page.add_text(text[: len(text) // 2])
    widget = page.widgets(TableBlock)[0]
    showings.clear()

    page.transcript.end_answer(make_stored(1, "assistant", text))
    page.settle()
    rows = page.transcript._rows.items[0].rows

    assert showings == []
    assert rows[0].widget in (widget, None)
    assert [row.text for row in rows if row.kind is RowKind.SHOW_ALL] == [
        "Show all 6,000 rows as text"
    ]
    assert [row.source for row in rows[1].hidden] == [text]
    assert rows[-1].kind is RowKind.ACTIONS


def test_a_long_answer_that_was_stored_otherwise_is_mended_between_events(page, talk, make_stored):
    page.open(talk)
    page.transcript.begin_answer(1)
    page.add_text("What was seen.")

    page.transcript.end_answer(make_stored(1, "assistant", "What was stored. " * 6_000))
    at_once = page.texts()
    page.settle()

    assert at_once == ["What was seen."]
    rows = page.transcript._rows.items[0].rows
    assert rows[0].text.startswith("What was stored. ")
    assert rows[-1].kind is RowKind.ACTIONS


def test_an_answer_taken_from_the_page_is_not_mended(page, talk, make_stored):
    page.open(talk)
    page.transcript.begin_answer(1)
    page.add_text("What was seen.")
    page.transcript.end_answer(make_stored(1, "assistant", "What was stored. " * 6_000))

    page.transcript.begin_answer(1)
    page.add_text("Anew.")

    assert page.texts() == ["Anew."]


@pytest.mark.parametrize(("columns", "rows"), [(2, 100), (5, 100), (10, 50), (600, 0)])
def test_a_table_of_many_columns_shows_fewer_rows(page, talk, columns, rows):
    text = "| 1 " * columns + "|\n" + "|---" * columns + "|\n" + ("| 1 " * columns + "|\n") * 300
    talk.add("assistant", text)

    page.open(talk)

    shown = page.transcript._rows.items[0].rows[0].text
    assert shown.count("\n") == rows + 1


def test_a_table_is_as_wide_as_its_text_and_cannot_be_scrolled_past_it(page, talk):
    columns = 14
    talk.add("assistant", "| h " * columns + "|\n" + "|---" * columns + "|\n" + "| 1 " * columns)

    page.open(talk)

    table = page.widgets(TableBlock)[0]
    assert table.horizontalScrollBar().maximum() == 0
    assert 0 < table._width < table.width()
