"""The block splitter: what it cuts, and that nothing is lost wherever the text arrives cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.ui.chat.blocks import Block, BlockSplitter, split_blocks
from app.ui.chat.section_cuts import BlockKind
from app.ui.chat.source_lines import LONG_SECTION
from tests.patience import is_done_within

SAMPLE = """# Title

A paragraph of *two*
lines.

1. First
   ```python
   x = 1

   y = 2
   ```

2. Second

> quoted
lazy

```rust
fn main() {}

let s = "```";
```
| a | b |
|---|---|
| 1 | 2 |

    indented

    code

***

end"""

LINES = st.sampled_from(
    [
        *("", "", "text", "- item", "  more", "   deeper", "1. one", "2. two", "> quote"),
        *("```", "```py", "   ```", " ```", "~~~", "    indented", "\tx", "# head", "---", "==="),
        *("| a | b |", "|---|---|", "a | b", "--|--", "***", "<script>", "[x]: http://a"),
        *("\u00e9\u200d", "\r", "- ```", "> ```", "> - a"),
    ]
)
DOCUMENTS = st.lists(LINES, max_size=24).map("\n".join)


def _kinds(source: str) -> list[tuple[BlockKind, str]]:
    return [(block.kind, block.source) for block in split_blocks(source)]


def _feed(pieces: list[str]) -> list[Block]:
    splitter = BlockSplitter()
    blocks = [block for piece in pieces for block in splitter.feed(piece)]
    return blocks + splitter.finish()


def test_each_kind_of_block_is_found():
    kinds = [block.kind for block in split_blocks(SAMPLE)]

    prose, code, table, rule = BlockKind.PROSE, BlockKind.CODE, BlockKind.TABLE, BlockKind.RULE
    in_list = [prose, code, prose]
    assert kinds == [prose, prose, *in_list, prose, code, table, code, rule, prose]


@pytest.mark.parametrize("cut", range(len(SAMPLE)))
def test_blocks_do_not_depend_on_where_the_text_is_cut(cut: int):
    assert _feed([SAMPLE[:cut], SAMPLE[cut:]]) == split_blocks(SAMPLE)


def test_blocks_do_not_depend_on_the_size_of_the_pieces():
    assert _feed(list(SAMPLE)) == split_blocks(SAMPLE)


@given(DOCUMENTS, st.data())
def test_the_blocks_put_together_are_the_source(source: str, data: st.DataObject):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(source)), max_size=6)))
    pieces = [source[a:b] for a, b in zip([0, *cuts], [*cuts, len(source)], strict=True)]

    blocks = _feed(pieces)

    assert "".join(block.source for block in blocks) == source
    assert blocks == split_blocks(source)
    starts = [block.start for block in blocks]
    assert starts == [sum(len(b.source) for b in blocks[:n]) for n in range(len(blocks))]


@given(st.text(alphabet="ab `~-|>#1.\n\t\r", max_size=120), st.integers(0, 120))
def test_any_characters_cut_anywhere_are_kept(source: str, cut: int):
    blocks = _feed([source[:cut], source[cut:]])

    assert "".join(block.source for block in blocks) == source
    assert blocks == split_blocks(source)


def _top_level(source: str) -> list[tuple[str, int]]:
    """Kind and first line of the blocks that are not prose, by one parse of the whole."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("html_block")
    names = {"fence": "code", "code_block": "code", "table_open": "table", "hr": "rule"}
    tokens = parser.parse(source.replace("\r", " "))
    return [(names[t.type], t.map[0]) for t in tokens if t.level == 0 and t.type in names]


@given(DOCUMENTS)
def test_sections_give_the_blocks_that_parsing_the_whole_gives(source: str):
    found = []
    for block in split_blocks(source):
        if block.kind in (BlockKind.CODE, BlockKind.TABLE, BlockKind.RULE) and not block.depth:
            lines = enumerate(block.source.split("\n"))
            blank = next(number for number, line in lines if line.strip(" \t\r"))
            found.append((block.kind.value, source[: block.start].count("\n") + blank))

    assert found == _top_level(source)


def test_a_long_line_is_cut_into_plain_pieces():
    source = "word " * 200_000

    blocks = split_blocks(source)

    assert "".join(block.source for block in blocks) == source
    assert {block.kind for block in blocks[1:]} == {BlockKind.PLAIN}
    assert max(len(block.source) for block in blocks) <= 2 * LONG_SECTION


def test_a_long_line_that_streams_is_cut_the_same_way():
    source = "word " * 2_000 + "\n\nend"

    assert _feed([source[n : n + 7] for n in range(0, len(source), 7)]) == split_blocks(source)


def test_a_joined_emoji_is_not_cut():
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"

    blocks = split_blocks(family * 2_000)

    assert all(block.source.endswith("\U0001f467") for block in blocks)


def test_a_long_list_is_cut_between_items_and_keeps_counting():
    source = "".join(f"1. item {n} {'x' * 80}\n" for n in range(100))

    blocks = split_blocks(source)

    assert len(blocks) > 1
    items = blocks[0].source.count("\n")
    assert blocks[1].first_number == items + 1
    assert blocks[1].is_continued


def test_streaming_costs_what_is_new_and_not_what_came_before():
    splitter = BlockSplitter()
    for _ in range(20_000):
        splitter.feed("word ")
        splitter.feed("more\n")

    assert is_done_within(0.02, lambda: splitter.feed("one more piece of text\n"))
    assert splitter.open_block is not None
    assert len(splitter.open_block.source) < 2 * LONG_SECTION


def test_code_is_without_its_fence_and_indentation():
    (block,) = split_blocks("\n  ```py\n  a = 1\n    b\n  ```\n")

    assert (block.info, block.code) == ("py", "a = 1\n  b\n")


def _pieces(source: str) -> list[tuple[BlockKind, int, str]]:
    return [
        (block.kind, block.depth, block.code if block.kind is BlockKind.CODE else block.text)
        for block in split_blocks(source)
    ]


def test_code_in_a_list_is_a_block_and_the_list_goes_on():
    source = "1. One:\n   ```py\n   a\n     b\n   ```\n   After.\n1. Two\n\n   ```\n   c\n   ```\n"
    prose, code = BlockKind.PROSE, BlockKind.CODE

    assert _pieces(source) == [
        (prose, 0, "1. One:\n"),
        (code, 1, "a\n  b\n"),
        (prose, 1, "After.\n"),
        (prose, 0, "1. Two\n\n"),
        (code, 1, "c\n"),
    ]
    assert [block.first_number for block in split_blocks(source)] == [None, None, None, 2, None]


def test_code_in_a_nested_list_is_indented_twice():
    source = "- a\n  - b\n    ```\n    x\n    ```\n  - c\n- d\n"
    prose, code = BlockKind.PROSE, BlockKind.CODE

    assert _pieces(source) == [
        (prose, 0, "- a\n  - b\n"),
        (code, 2, "x\n"),
        (prose, 1, "- c\n"),
        (prose, 0, "- d\n"),
    ]


def test_code_in_a_quote_stays_in_it():
    assert _kinds("> ```\n> x\n> ```\n")[0][0] is BlockKind.PROSE


def test_an_unclosed_fence_is_code_to_the_end():
    (block,) = split_blocks("```\na\n\nb")

    assert block.code == "a\n\nb"


@pytest.mark.parametrize("end", ["```", "   ```` ", "\t```\n```"])
def test_long_code_that_comes_at_once_is_the_code_that_comes_by_line(end: str):
    code = "```py\nx = 1\n\n# y\n" + "x = 2\n" * 50
    splitter = BlockSplitter()

    at_once = [*splitter.feed(code), *splitter.feed(end + "\nAfter"), *splitter.finish()]

    assert at_once == split_blocks(code + end + "\nAfter")
    assert at_once[0].source == code + end + "\n"
    assert at_once[0].code.count("\n") == 53 + end.count("\n")


def test_a_shorter_fence_inside_does_not_close():
    (block,) = split_blocks("````md\n```\nx\n```\n````\n")

    assert block.code == "```\nx\n```\n"


def test_indented_code_loses_four_columns():
    block = split_blocks("    a\n\n      b\n")[0]

    assert (block.kind, block.code) == (BlockKind.CODE, "a\n\n  b\n")


def test_a_table_of_ten_thousand_rows_is_one_block():
    source = "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 10_000

    assert _kinds(source) == [(BlockKind.TABLE, source)]
