"""Makes the office files of the tests, as small as their programs would still open them."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_SLIDES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_RELATIONS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
_SHEETS = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ODF = 'xmlns:office="office" xmlns:text="text" xmlns:table="table" xmlns:draw="draw"'


def write_zip(path: Path, entries: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def paragraph(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def docx(path: Path, body: str, prolog: str = "", more: Mapping[str, str] | None = None) -> Path:
    """``body``: what stands inside w:body. Style "H1" is a heading of level 1."""
    styles = '<w:style w:styleId="H1"><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    return write_zip(
        path,
        {
            "[Content_Types].xml": "<Types/>",
            "word/styles.xml": f"<w:styles {_WORD}>{styles}</w:styles>",
            "word/document.xml": f"{prolog}<w:document {_WORD}><w:body>{body}</w:body>"
            "</w:document>",
            **(more or {}),
        },
    )


def word_part(name: str, body: str) -> str:
    return f"<w:{name} {_WORD}>{body}</w:{name}>"


def pptx(path: Path, slides: list[str]) -> Path:
    """``slides`` in the order of the talk, which is not the order of their files."""
    count = len(slides)
    targets = {index: f"slides/slide{count - index}.xml" for index in range(count)}
    relations = "".join(
        f'<Relationship Id="rId{index}" Target="{target}"/>' for index, target in targets.items()
    )
    order = "".join(f'<p:sldId id="{256 + i}" r:id="rId{i}"/>' for i in range(count))
    return write_zip(
        path,
        {
            "ppt/presentation.xml": f"<p:presentation {_SLIDES}><p:sldIdLst>{order}</p:sldIdLst>"
            "</p:presentation>",
            "ppt/_rels/presentation.xml.rels": f"<Relationships {_RELATIONS}>{relations}"
            "</Relationships>",
            **{f"ppt/{targets[index]}": slide for index, slide in enumerate(slides)},
        },
    )


def slide(*texts: str, table: str = "") -> str:
    shapes = "".join(
        f"<p:sp><p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
        for text in texts
    )
    return f"<p:sld {_SLIDES}><p:cSld><p:spTree>{shapes}{table}</p:spTree></p:cSld></p:sld>"


def xlsx(path: Path, sheets: Mapping[str, str]) -> Path:
    """Name of a sheet → what stands inside its sheetData."""
    names = "".join(
        f'<sheet name="{name}" sheetId="{index}" r:id="rId{index}"/>'
        for index, name in enumerate(sheets, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{index}" Type="{_OFFICE}/worksheet" '
        f'Target="worksheets/sheet{index}.xml"/>'
        for index in range(1, len(sheets) + 1)
    )
    root = f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    return write_zip(
        path,
        {
            "_rels/.rels": f"<Relationships {_RELATIONS}>{root}</Relationships>",
            "xl/workbook.xml": f"<workbook {_SHEETS}><sheets>{names}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f"<Relationships {_RELATIONS}>{relations}"
            "</Relationships>",
            **{
                f"xl/worksheets/sheet{index}.xml": f"<worksheet {_SHEETS}><sheetData>{rows}"
                "</sheetData></worksheet>"
                for index, rows in enumerate(sheets.values(), 1)
            },
        },
    )


def cell(place: str, value: str | float) -> str:
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def odf(path: Path, media_type: str, content: str, more: Mapping[str, str] | None = None) -> Path:
    return write_zip(
        path,
        {
            "mimetype": f"application/vnd.oasis.opendocument.{media_type}",
            "content.xml": f"<office:document-content {ODF}><office:body>{content}"
            "</office:body></office:document-content>",
            **(more or {}),
        },
    )


def epub(path: Path, chapters: Mapping[str, str], more: Mapping[str, str] | None = None) -> Path:
    """File name → body; read in this order."""
    items = "".join(
        f'<item id="c{index}" href="{name}" media-type="application/xhtml+xml"/>'
        for index, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="c{index}"/>' for index in range(len(chapters)))
    package = f"<package><manifest>{items}</manifest><spine>{spine}</spine></package>"
    container = '<container><rootfiles><rootfile full-path="book/c.opf"/></rootfiles></container>'
    return write_zip(
        path,
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "book/c.opf": package,
            **{
                f"book/{name}": f"<html><body>{body}</body></html>"
                for name, body in chapters.items()
            },
            **(more or {}),
        },
    )
