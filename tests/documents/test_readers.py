"""Each format's reader: the text that a person would see, in order, and nothing else."""

import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.errors import AppError
from tests.documents.office_files import (
    cell,
    docx,
    epub,
    odf,
    paragraph,
    pptx,
    slide,
    word_part,
    write_zip,
    xlsx,
)
from tests.documents.reading import read


def test_a_word_file_gives_its_paragraphs_tables_and_headings(tmp_path: Path):
    table = "".join(
        "<w:tr>" + "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in row) + "</w:tr>"
        for row in (("Item", "Price"), ("Chair", "80"))
    )
    body = paragraph("Costs", "H1") + paragraph("First.") + f"<w:tbl>{table}</w:tbl>"

    found = read(docx(tmp_path / "a.docx", body + paragraph("Last.")))

    assert found.text == "Costs\n\nFirst.\nItem\tPrice\nChair\t80\n\nLast."
    assert (found.extraction.kind, found.pages[0].label) == ("docx", "Costs")


def test_a_word_file_gives_no_deleted_text_and_no_field_codes(tmp_path: Path):
    body = (
        "<w:p><w:r><w:t>kept</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        "<w:r><w:instrText>PAGEREF</w:instrText></w:r></w:p>"
    )

    assert read(docx(tmp_path / "a.docx", body)).text == "kept"


def test_a_word_file_gives_its_footnotes(tmp_path: Path):
    notes = {"word/footnotes.xml": word_part("footnotes", paragraph("See page 3."))}

    found = read(docx(tmp_path / "a.docx", paragraph("Text."), more=notes))

    assert found.text == "Text.\n\nFootnotes\n\nSee page 3."


def test_sections_of_running_text_hold_at_most_4000_characters(tmp_path: Path):
    sentences = [paragraph(f"Sentence {number} of a long document." * 9) for number in range(99)]

    found = read(docx(tmp_path / "a.docx", "".join(sentences)))

    assert max(len(page.text) for page in found.pages) <= 4000
    assert [page.number for page in found.pages] == list(range(1, len(found.pages) + 1))
    assert "".join(found.text.split()).count("Sentence") == 99 * 9


def test_slides_come_in_the_order_of_the_talk(tmp_path: Path):
    cells = "".join(
        f"<a:tc><a:txBody><a:p><a:r><a:t>{t}</a:t></a:r></a:p></a:txBody></a:tc>" for t in "kv"
    )
    table = f"<p:graphicFrame><a:tbl><a:tr>{cells}</a:tr></a:tbl></p:graphicFrame>"

    found = read(pptx(tmp_path / "a.pptx", [slide("One", "two"), slide("Next", table=table)]))

    assert [(page.label, page.text) for page in found.pages] == [
        ("Slide 1", "One\n\ntwo"),
        ("Slide 2", "Next\n\nk\tv"),
    ]


def test_a_workbook_gives_a_page_per_sheet_with_values(tmp_path: Path):
    rows = (
        f'<row r="2">{cell("B2", "Rent")}{cell("C2", 1200)}</row>'
        f'<row r="4">{cell("B4", "Power")}{cell("C4", 35.5)}</row>'
    )

    found = read(xlsx(tmp_path / "a.xlsx", {"Costs": rows, "Empty": "", "More": rows}))

    assert [(page.label, page.text) for page in found.pages] == [
        ("Sheet Costs", "Rent\t1200\nPower\t35.5"),
        ("Sheet More", "Rent\t1200\nPower\t35.5"),
    ]


def test_a_long_sheet_goes_on_with_the_numbers_of_its_rows(tmp_path: Path):
    rows = "".join(f'<row r="{n}">{cell(f"A{n}", f"value {n}")}</row>' for n in range(1, 5001))

    found = read(xlsx(tmp_path / "a.xlsx", {"Long": rows}))

    assert found.pages[0].label.startswith("Sheet Long, rows 1-")
    assert found.pages[-1].label.endswith("-5000")
    assert found.pages[-1].text.endswith("value 5000")


def test_an_opendocument_text_gives_spaces_tabs_and_tables(tmp_path: Path):
    content = (
        '<office:text><text:h text:outline-level="1">Head</text:h>'
        '<text:p>one<text:s text:c="2"/>two<text:tab/><text:span>three</text:span> four</text:p>'
        "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>"
        "<table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>"
        "</office:text>"
    )

    found = read(odf(tmp_path / "a.odt", "text", content))

    assert found.text == "Head\n\none  two\tthree four\na\tb"


def test_an_opendocument_presentation_gives_a_page_per_slide(tmp_path: Path):
    slides = "".join(f"<draw:page><text:p>Slide text {n}</text:p></draw:page>" for n in (1, 2))

    found = read(odf(tmp_path / "a.odp", "presentation", slides))

    assert [page.text for page in found.pages] == ["Slide text 1", "Slide text 2"]


def test_an_opendocument_spreadsheet_gives_its_cells(tmp_path: Path):
    content = (
        '<office:spreadsheet><table:table table:name="T"><table:table-row>'
        '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
        '<table:table-cell office:value-type="float" office:value="2"><text:p>2</text:p>'
        "</table:table-cell></table:table-row></table:table></office:spreadsheet>"
    )
    namespaces = {
        'xmlns:office="office"': 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"',
        'xmlns:text="text"': 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"',
        'xmlns:table="table"': 'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"',
    }
    manifest = {"META-INF/manifest.xml": "<manifest/>"}
    path = odf(tmp_path / "a.ods", "spreadsheet", content, manifest)
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name).decode() for name in archive.namelist()}
    for short, full in namespaces.items():
        entries["content.xml"] = entries["content.xml"].replace(short, full)

    found = read(write_zip(path, entries))

    assert [(page.label, page.text) for page in found.pages] == [("Sheet T", "x\t2")]


def test_a_book_gives_its_chapters_in_the_order_of_its_spine(tmp_path: Path):
    chapters = {"z.xhtml": "<h1>First</h1><p>Text.</p>", "a.xhtml": "<h1>Second</h1><p>More.</p>"}

    found = read(epub(tmp_path / "a.epub", chapters))

    assert [(page.label, page.text) for page in found.pages] == [
        ("First", "First\n\nText."),
        ("Second", "Second\n\nMore."),
    ]


def test_a_book_locked_by_its_seller_is_named(tmp_path: Path):
    lock = '<encryption><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></encryption>'
    path = epub(tmp_path / "a.epub", {"a.xhtml": "<p>x</p>"}, {"META-INF/encryption.xml": lock})

    with pytest.raises(AppError, match=r"a\.epub: It is locked by its seller"):
        read(path)


def test_a_web_page_gives_what_a_browser_shows(tmp_path: Path):
    path = tmp_path / "a.html"
    path.write_text(
        "<!doctype html><html><head><title>T</title><style>p{}</style></head><body><h1>Title</h1>"
        "<p>Some <b>bold</b>\n words<br>and a line</p><script>fetch('/')</script>"
        "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>"
        "<ul><li>one</li><li>two</li></ul><pre>def f():\n    pass</pre></body></html>"
    )

    assert read(path).text == (
        "Title\n\nSome bold words\nand a line\n\n1\t2\n3\t4\n\none\ntwo\n\ndef f():\n    pass"
    )


def test_a_web_page_is_read_in_the_encoding_it_names(tmp_path: Path):
    path = tmp_path / "a.html"
    path.write_bytes('<html><meta charset="gb2312"><p>合同的订立</p></html>'.encode("gb18030"))

    assert read(path).text == "合同的订立"


def test_markdown_keeps_its_marks_and_labels_sections_by_heading(tmp_path: Path):
    path = tmp_path / "a.md"
    path.write_text("# One\n\nText.\n\n```\n# no heading\n```\n\n## Two\n\n" + "More. " * 900)

    found = read(path)

    assert found.pages[0].text.startswith("# One\n\nText.\n\n```\n# no heading\n```")
    assert (found.pages[0].label, found.pages[-1].label) == ("One", "Two")


@pytest.mark.parametrize(
    ("encoding", "text", "said"),
    [
        ("utf-8", "Grüße 中文", ""),
        ("utf-8-sig", "Grüße 中文", ""),
        ("utf-16", "Grüße 中文", ""),
        ("utf-16-le", "Greetings in two bytes each", "UTF-16"),
        ("utf-16-be", "Greetings in two bytes each", "UTF-16"),
        ("utf-32", "Grüße 中文", ""),
        ("gb18030", "第一章 合同的订立。甲方与乙方就下列事项达成协议。", "GB18030"),
        ("big5", "第一章 合同的訂立。甲方與乙方就下列事項達成協議。", "Big5"),
        ("shift_jis", "これは日本語の文章です。カタカナもあります。", "Shift JIS"),
        ("euc_kr", "이것은 한국어로 쓴 문장입니다. 안녕하세요.", "EUC-KR"),
        ("latin-1", "Die Straße führt über die Brücke. Café à la carte.", "Latin-1"),
        ("cp1252", "“Quoted” – with dashes and €", "Latin-1"),
    ],
)
def test_a_text_is_read_in_its_encoding_and_a_guess_is_said(
    tmp_path: Path, encoding: str, text: str, said: str
):
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))

    found = read(path)

    assert found.text == text
    assert said in found.notices
    assert bool(said) == bool(found.notices)


def test_rich_text_gives_its_words_without_pictures(tmp_path: Path):
    path = tmp_path / "a.rtf"
    path.write_text(r"{\rtf1\ansi\ansicpg1252 {\b Hello} w\'f6rld\par second{\pict 00aaff}\par}")

    assert read(path).text == "Hello wörld\nsecond"


def test_a_table_with_commas_says_which_rows_a_page_holds(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("".join(f'{n},"name, {n}"\n' for n in range(1, 1001)))

    found = read(path)

    assert found.pages[0].text.startswith('1,"name, 1"\n2,"name, 2"')
    assert found.pages[0].label.startswith("Rows 1-")
    assert found.pages[-1].label.endswith("-1000")


def test_source_code_is_kept_as_it_stands(tmp_path: Path):
    path = tmp_path / "a.py"
    path.write_text("def f():\n\treturn 1\n\n\n# end\n")

    found = read(path)

    assert found.text == "def f():\n\treturn 1\n\n\n# end"
    assert found.pages[0].label == "Lines 1-5"


def _message() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ann <ann@example.org>"
    message["To"] = "bob@example.org"
    message["Subject"] = "Grüße aus 中国"
    message.set_content("Hello Bob,\n\nsee the bill.")
    message.add_alternative("<p>other form</p>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="bill.pdf")
    return message


def test_an_email_gives_headers_text_and_the_names_of_attachments(tmp_path: Path):
    path = tmp_path / "a.eml"
    path.write_bytes(bytes(_message()))

    found = read(path)

    assert found.text.startswith("From: Ann <ann@example.org>\nTo: bob@example.org\n")
    assert "Attachments: bill.pdf\n\nHello Bob,\n\nsee the bill." in found.text
    assert "other form" not in found.text
    assert found.pages[0].label == "Grüße aus 中国"


def test_an_email_of_html_alone_gives_its_text(tmp_path: Path):
    message = EmailMessage()
    message["From"] = message["To"] = "a@example.org"
    message.set_content("<p>Only <b>this</b>.</p>", subtype="html")
    (tmp_path / "a.eml").write_bytes(bytes(message))

    assert read(tmp_path / "a.eml").text.endswith("Only this.")


def test_a_message_inside_a_message_is_a_page_of_its_own(tmp_path: Path):
    outer = EmailMessage()
    outer["From"] = outer["To"] = "a@example.org"
    outer["Subject"] = "Fwd"
    outer.set_content("Look.")
    outer.add_attachment(_message())
    (tmp_path / "a.eml").write_bytes(bytes(outer))

    assert [page.label for page in read(tmp_path / "a.eml").pages] == [
        "Fwd",
        "Attached: Grüße aus 中国",
    ]


def test_a_mailbox_gives_a_page_per_message(tmp_path: Path):
    data = bytes(_message())
    start = b"From ann@example.org Mon Jan  1 10:00:00 2024\n"
    (tmp_path / "a.mbox").write_bytes(start + data + b"\n" + start + data)

    assert len(read(tmp_path / "a.mbox").pages) == 2
