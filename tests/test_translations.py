"""Everything that users read has its Chinese, and the catalogues are as the source says."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _tool():
    spec = importlib.util.spec_from_file_location(
        "doorstep_translations", ROOT / "packaging" / "translations.py"
    )
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module  # its dataclass looks itself up there
    spec.loader.exec_module(module)
    return module


TOOL = _tool()
TEXTS = TOOL.collect(ROOT)
CHINESE = TOOL.known(TOOL.FOLDER / "doorstep_zh_CN.ts")
ENGLISH = TOOL.known(TOOL.FOLDER / "doorstep_en.ts")


def test_every_text_has_its_chinese():
    missing = [
        f"{text.where}: {text.source}"
        for text in TEXTS
        if not all(CHINESE.get((text.context, text.source), [""]))
    ]

    assert missing == []


def test_every_plural_has_its_english_forms():
    missing = [
        text.source
        for text in TEXTS
        if text.is_plural and not all(ENGLISH.get((text.context, text.source), [""]))
    ]

    assert missing == []


@pytest.mark.parametrize("catalogue", [CHINESE, ENGLISH], ids=["zh_CN", "en"])
def test_placeholders_are_those_of_the_source(catalogue):
    differing = [
        (source, form)
        for (_, source), forms in catalogue.items()
        for form in forms
        if form and sorted(_placeholders(form)) != sorted(_placeholders(source))
    ]

    assert differing == []


def test_nothing_is_translated_that_is_no_longer_said():
    said = {(text.context, text.source) for text in TEXTS}

    assert [key for key in CHINESE if key not in said] == []


def test_every_text_belongs_to_a_context():
    assert [text.where for text in TEXTS if not text.context] == []


def test_chinese_sentences_end_in_full_width_stops():
    wrong = [
        forms[0]
        for (_, source), forms in CHINESE.items()
        if source.endswith(".") and forms[0][-1:] not in "。…”）"
    ]

    assert wrong == []


def test_the_list_of_errors_is_that_of_the_source():
    listed = json.loads((TOOL.FOLDER / "errors.json").read_text(encoding="utf-8"))

    assert listed == [text.source for text in TEXTS if text.context == TOOL.ERRORS]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_compiled_catalogue_is_that_of_its_source(language, tmp_path):
    source = TOOL.FOLDER / f"doorstep_{language}.ts"

    TOOL.compile_catalogue(source, tmp_path / "made.qm")

    assert (tmp_path / "made.qm").read_bytes() == source.with_suffix(".qm").read_bytes()


def _placeholders(text):
    return re.findall(r"%n|\{\{\w+\}\}|\{\w*\}", text)
