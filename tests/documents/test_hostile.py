"""Files made to do harm, or broken by chance: a sentence or a part of them, and nothing else."""

import os
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from app.documents.extract import ExtractionCancelled, Limits, extract
from app.documents.values import Page
from app.errors import AppError, ErrorKind
from tests.documents.office_files import cell, docx, epub, odf, paragraph, write_zip, xlsx
from tests.documents.pdf_files import chinese, lines, many_pages, mutate, scan_of, write_pdf
from tests.documents.reading import Read, read

FEW = Limits(seconds=20, seconds_per_page=10)


def outcome(path: Path, limits: Limits = FEW) -> Read | str:
    """What was read, or the sentence why not."""
    try:
        return read(path, limits)
    except AppError as error:
        failure = error
    assert failure.kind is ErrorKind.DOCUMENT
    assert failure.message.startswith(f"{path.name}: ")
    assert failure.message.endswith(".")
    return failure.message


def test_150_mutated_pdfs_each_end_in_pages_or_in_a_sentence(tmp_path: Path):
    good = write_pdf(
        tmp_path / "good.pdf",
        [lines("Some text", "on a page"), chinese("合同的订立"), lines("and another")],
    )
    data = [good.read_bytes(), many_pages(5)]
    paths = []
    for seed in range(150):
        paths.append(tmp_path / f"{seed}.pdf")
        paths[-1].write_bytes(mutate(data[seed % 2], seed))

    with ThreadPoolExecutor(3) as pool:
        outcomes = list(pool.map(outcome, paths))

    assert len(outcomes) == 150
    assert any(isinstance(found, Read) for found in outcomes)
    assert any(isinstance(found, str) for found in outcomes)


def _bomb(megabytes: int) -> bytes:
    return b" " * (megabytes << 20)


@pytest.mark.parametrize("kind", ["docx", "xlsx", "epub", "odt"])
def test_an_archive_that_unpacks_without_end_is_not_opened(tmp_path: Path, kind: str):
    path = tmp_path / f"bomb.{kind}"
    entry = {
        "docx": "word/document.xml",
        "xlsx": "xl/workbook.xml",
        "epub": "META-INF/container.xml",
        "odt": "content.xml",
    }[kind]
    types = {"odt": {"mimetype": "application/vnd.oasis.opendocument.text"}}
    write_zip(path, {**types.get(kind, {}), entry: _bomb(300)})

    found = outcome(path)

    assert path.stat().st_size < 1 << 20
    assert found == (
        f"{path.name}: It unpacks to far more than Doorstep takes from one file, so it was not "
        "opened."
    )


def test_a_bomb_that_lies_about_its_size_is_not_opened(tmp_path: Path):
    path = write_zip(tmp_path / "a.docx", {"word/document.xml": _bomb(100)})
    data = path.read_bytes()
    path.write_bytes(data.replace((100 << 20).to_bytes(4, "little"), (100).to_bytes(4, "little")))

    assert isinstance(outcome(path), str)


def test_an_archive_of_very_many_entries_is_not_opened(tmp_path: Path):
    entries = {f"word/{number}.xml": b"" for number in range(12_000)}
    path = write_zip(tmp_path / "a.docx", {"word/document.xml": b"<x/>", **entries})

    assert "unpacks to far more" in str(outcome(path))


def test_a_small_workbook_of_very_many_cells_stays_in_its_limits(tmp_path: Path):
    rows = "".join(f'<row r="{n}">{cell(f"XFD{n}", "x")}</row>' for n in (1, 1_048_576))

    found = outcome(xlsx(tmp_path / "a.xlsx", {"Wide": rows}))

    assert isinstance(found, Read) or found.startswith("a.xlsx: ")


LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>{}]>".format(
    "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
)
XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(("prolog", "entity"), [(LAUGHS, "&a11;"), (XXE, "&e;")])
@pytest.mark.parametrize("kind", ["docx", "odt", "epub"])
def test_entities_are_refused(tmp_path: Path, kind: str, prolog: str, entity: str):
    path = tmp_path / f"a.{kind}"
    if kind == "docx":
        docx(path, paragraph(entity), prolog)
    elif kind == "odt":
        odf(path, "text", f"<office:text><text:p>{entity}</text:p></office:text>")
        with zipfile.ZipFile(path) as archive:
            content = archive.read("content.xml").decode()
        media_type = "application/vnd.oasis.opendocument.text"
        write_zip(path, {"mimetype": media_type, "content.xml": prolog + content})
    else:
        more = {"META-INF/container.xml": f"{prolog}<container>{entity}</container>"}
        epub(path, {"a.xhtml": "<p>x</p>"}, more)

    found = outcome(path)

    assert isinstance(found, str)
    assert "was not opened" in found
    assert "root:" not in found


def test_an_entity_in_a_chapter_is_shown_as_it_stands(tmp_path: Path):
    path = epub(tmp_path / "a.epub", {"a.xhtml": "<p>before &e; after</p>"})

    assert read(path).text == "before &e; after"


def test_elements_nested_without_end_are_refused(tmp_path: Path):
    deep = "<w:p>" * 100_000 + "</w:p>" * 100_000
    web = tmp_path / "deep.html"
    web.write_text("<html>" + "<div>" * 200_000 + "deep inside" + "</div>" * 200_000)

    assert isinstance(outcome(docx(tmp_path / "a.docx", deep)), str)
    assert isinstance(outcome(web, Limits(seconds=4, seconds_per_page=2)), Read | str)


def test_a_pdf_of_50000_pages_gives_the_first_and_says_so(tmp_path: Path):
    path = tmp_path / "a.pdf"
    path.write_bytes(many_pages(50_000))
    numbers: list[int] = []

    found = extract(path, lambda page: numbers.append(page.number), limits=Limits(pages=2_000))

    assert numbers == list(range(1, 2_001))
    assert (found.pages, found.pages_total) == (2_000, 50_000)
    assert found.notices == (
        "Doorstep reads at most 2,000 pages of a file. The first 2,000 pages of 50,000 were read.",
    )


def test_a_text_file_of_2_gb_gives_what_fits_the_limits(tmp_path: Path):
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.write(b"A line of text that is followed by others.\n" * 40_000)
        file.truncate(2 << 30)

    found = outcome(path, Limits(seconds=60, seconds_per_page=30, pages=200))

    assert isinstance(found, Read)
    assert found.pages[-1].number == 200
    assert "at most 200 pages" in found.notices


def test_a_file_of_zeros_is_no_text(tmp_path: Path):
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(2 << 30)

    assert outcome(path) == "a.txt: It holds no text, or is of a kind that Doorstep does not know."


@pytest.mark.parametrize(
    ("name", "data", "cause"),
    [
        ("empty.pdf", b"", "It is empty."),
        ("empty.txt", b"", "It is empty."),
        ("spaces.txt", b" \n\n ", "It holds no text."),
        ("head.pdf", b"%PDF-1.7\n", "It is damaged"),
        ("zip.docx", b"PK\x03\x04 and then nothing", "It is damaged"),
        ("binary.txt", bytes(range(256)) * 40, "It holds no text"),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(500), "It is damaged"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "It is of an old Office"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_cause(
    tmp_path: Path, name: str, data: bytes, cause: str
):
    (tmp_path / name).write_bytes(data)

    assert str(outcome(tmp_path / name)).startswith(f"{name}: {cause}")


def test_a_protected_pdf_is_named(tmp_path: Path):
    canvas = Canvas(str(tmp_path / "a.pdf"), encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(50, 700, "hidden")
    canvas.save()

    assert str(outcome(tmp_path / "a.pdf")).startswith("a.pdf: It is protected by a password.")


def test_a_protected_office_file_is_named(tmp_path: Path):
    path = tmp_path / "a.docx"
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    path.write_bytes(head + bytes(1024) + "EncryptedPackage".encode("utf-16-le") + bytes(512))

    assert str(outcome(path)).startswith("a.docx: It is protected by a password.")


def test_a_wrong_suffix_is_said_and_the_file_is_read(tmp_path: Path):
    path = write_pdf(tmp_path / "a.pdf", [lines("It is a PDF.")])
    wrong = path.rename(tmp_path / "a.docx")

    found = read(wrong)

    assert (found.text, found.extraction.kind) == ("It is a PDF.", "pdf")
    assert found.notices == "Its name promises a Word document; it is a PDF."


def test_names_that_lead_out_of_the_archive_reach_nothing(tmp_path: Path):
    (tmp_path / "secret.xhtml").write_text("<p>secret</p>")
    folder = tmp_path / "books"
    folder.mkdir()
    path = epub(folder / "a.epub", {"../../secret.xhtml": "<p>own text</p>"})

    found = outcome(path)

    assert "secret" not in (found.text if isinstance(found, Read) else found).replace(".xhtml", "")
    assert [entry.name for entry in folder.iterdir()] == ["a.epub"]


def test_a_name_with_dots_and_slashes_is_only_shown(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_text("text")

    found = extract(path, lambda page: None, name="../../../etc/passwd")

    assert found.kind == "text"


def test_a_file_that_vanishes_while_it_is_read_is_read_to_its_end(tmp_path: Path):
    path = tmp_path / "a.pdf"
    path.write_bytes(many_pages(3_000))
    pages: list[Page] = []

    def on_page(page: Page) -> None:
        pages.append(page)
        path.unlink(missing_ok=True)

    assert extract(path, on_page).pages == len(pages) == 3_000


def test_a_file_that_is_cut_off_while_it_is_read_gives_pages_or_a_sentence(tmp_path: Path):
    path = tmp_path / "a.pdf"
    path.write_bytes(many_pages(3_000))
    pages: list[Page] = []

    def on_page(page: Page) -> None:
        pages.append(page)
        if page.number == 1:
            os.truncate(path, 4_000)

    found = extract(path, on_page)

    assert [page.number for page in pages] == list(range(1, found.pages + 1))
    assert found.pages == 3_000 or found.notices


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    assert outcome(tmp_path / "a.pdf") == "a.pdf: There is no such file any more."


def test_a_folder_is_named(tmp_path: Path):
    assert str(outcome(tmp_path)).endswith("It is a folder. Add the files in it.")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are known on Unix only")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.txt")

    assert "no ordinary file" in str(outcome(tmp_path / "pipe.txt"))


def test_memory_is_bounded(tmp_path: Path):
    data = b"<html><body>" + b"<p>x</p>" * 2_000_000
    (tmp_path / "a.html").write_bytes(data)

    found = outcome(tmp_path / "a.html", Limits(memory_bytes=200 << 20))

    assert found == "a.html: Reading it takes more memory than Doorstep gives to one file."


def test_time_is_bounded_and_what_was_read_is_kept(tmp_path: Path):
    text = write_pdf(tmp_path / "text.pdf", [lines(f"Page number {n}") for n in range(3)])
    scan = scan_of(text, tmp_path / "scan.pdf")

    found = outcome(scan, Limits(seconds_per_page=0.2))

    assert found == "scan.pdf: Reading it takes too long."


def test_text_is_bounded_and_what_was_read_is_kept(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_text("A line of text.\n" * 100_000)

    found = outcome(path, Limits(text_bytes=100_000))

    assert isinstance(found, Read)
    assert 20 < len(found.pages) < 30
    assert "more text than Doorstep takes" in found.notices


def test_cancelling_ends_the_process_at_once(tmp_path: Path):
    path = tmp_path / "a.pdf"
    path.write_bytes(many_pages(20_000))
    cancelled = threading.Event()
    pages: list[Page] = []

    def on_page(page: Page) -> None:
        pages.append(page)
        if page.number == 10:
            cancelled.set()

    with pytest.raises(ExtractionCancelled):
        extract(path, on_page, is_cancelled=cancelled.is_set)

    assert 10 <= len(pages) < 20_000
