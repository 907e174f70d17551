"""Pictures as documents: a page per frame, read by OCR; none is too large or too strange."""

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from app.documents.folders import files_below
from app.errors import AppError
from tests.documents.pdf_files import lines, picture_of, write_pdf
from tests.documents.reading import read

WORDS = ("The tenant pays the rent", "on the first day of May.")


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Image.Image:
    folder = tmp_path_factory.mktemp("letter")
    return picture_of(write_pdf(folder / "a.pdf", [lines(*WORDS, top=340)], (300, 400)))


@pytest.mark.parametrize("suffix", ["png", "jpg", "tiff", "webp"])
def test_the_words_of_a_picture_are_read(letter: Image.Image, tmp_path: Path, suffix: str):
    letter.save(tmp_path / f"a.{suffix}")

    found = read(tmp_path / f"a.{suffix}")

    assert found.text.split("\n") == [*WORDS]
    assert found.extraction.kind == "picture"
    assert found.notices == "Page 1 was read by OCR."


def test_each_frame_of_a_fax_is_a_page(letter: Image.Image, tmp_path: Path):
    blank = Image.new("RGB", letter.size, "white")
    letter.save(tmp_path / "a.tiff", save_all=True, append_images=[blank, letter])

    found = read(tmp_path / "a.tiff")

    assert [bool(page.text) for page in found.pages] == [True, False, True]


def test_a_photograph_is_read_the_way_its_camera_was_held(letter: Image.Image, tmp_path: Path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown after a quarter turn to the right
    letter.rotate(90, expand=True).save(tmp_path / "a.jpg", exif=exif)

    assert read(tmp_path / "a.jpg").text.split("\n") == [*WORDS]


def test_ink_on_a_transparent_picture_is_read_on_white(letter: Image.Image, tmp_path: Path):
    ink = letter.convert("L").point(lambda light: 255 - light)
    clear = Image.new("RGBA", letter.size, (0, 0, 0, 0))
    clear.putalpha(ink)
    clear.save(tmp_path / "a.png")

    assert read(tmp_path / "a.png").text.split("\n") == [*WORDS]


def test_a_picture_without_words_holds_no_text(tmp_path: Path):
    Image.new("RGB", (200, 200), "blue").save(tmp_path / "a.png")

    with pytest.raises(AppError, match=r"a\.png: It holds no text"):
        read(tmp_path / "a.png")


@pytest.mark.parametrize("side", [11_000, 60_000])
def test_a_picture_that_unpacks_to_gigabytes_is_refused(tmp_path: Path, side: int):
    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1 << 20))
    (tmp_path / "a.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )

    with pytest.raises(AppError, match="more pixels than Doorstep takes"):
        read(tmp_path / "a.png")


@pytest.mark.parametrize("kept", [12, 60, 2000])
@pytest.mark.parametrize("suffix", ["png", "jpg", "tiff", "webp"])
def test_a_picture_cut_short_is_named(letter: Image.Image, tmp_path: Path, suffix: str, kept: int):
    path = tmp_path / f"a.{suffix}"
    letter.save(path)
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(AppError, match=rf"a\.{suffix}: It "):
        read(path)


def test_pictures_are_not_taken_from_folders(letter: Image.Image, tmp_path: Path):
    letter.save(tmp_path / "holiday.jpg")
    (tmp_path / "notes.txt").write_text("words")

    assert [seen.path.name for seen in files_below(tmp_path)] == ["notes.txt"]
