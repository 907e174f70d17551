"""``doorstep ask --document``: real processes and files; a scripted model says known things."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents.pdf_files import lines, write_pdf

ANSWER = (
    'The rent is due monthly: "The tenant pays 500 EUR per month" [1, p. 2]. '
    '"The tenant pays 600 EUR per month" [1, p. 2]. "Dogs are not allowed" [1, p. 1].'
)
SCRIPT = {
    "context_length": 6000,
    "replies": [
        {"when": "Question: Who\\?", "text": "Nobody knows."},
        {"when": "Do not answer the question yet", "text": '"needle in a page" [1, p. 7]'},
        {"text": ANSWER},
    ],
}
ENVIRONMENT = os.environ | {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


@pytest.fixture
def ask(tmp_path):
    """Runs the command; the script of the model, the data and the files are in the folder."""
    (tmp_path / "script.json").write_text(json.dumps(SCRIPT), encoding="utf-8")

    def run(*arguments, before=()):
        return subprocess.run(
            [
                *before,
                *(sys.executable, "-m", "app", "--data-dir", str(tmp_path / "data")),
                *("--engine", f"scripted:{tmp_path / 'script.json'}", "ask"),
                *map(str, arguments),
            ],
            capture_output=True,
            text=True,
            timeout=100,
            env=ENVIRONMENT,
        )

    return run


@pytest.fixture
def lease(tmp_path) -> Path:
    first = lines("Dogs are not allowed", "in the mill.")
    return write_pdf(tmp_path / "lease.pdf", [first, lines("The tenant pays 500 EUR per month.")])


def test_the_answer_of_a_pdf_has_its_quotes_judged_and_its_coverage(ask, lease):
    done = ask("How much?", "--document", lease)

    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        ANSWER,
        "",
        "Read 2 of 2 pages. 2 of 3 quotes verified.",
        "1. verified: “The tenant pays 500 EUR per month” lease.pdf, page 2.",
        "2. NOT VERIFIED: “The tenant pays 600 EUR per month” "
        "The document says “500” where the quote says “600”.",
        "3. verified: “Dogs are not allowed” lease.pdf, page 1.",
    ]


def test_for_machines_it_is_one_object(ask, lease):
    done = ask("How much?", "--document", lease, "--json")

    found = json.loads(done.stdout)
    assert found["answer"] == ANSWER
    assert [c["status"] for c in found["citations"]] == ["verified", "unverified", "verified"]
    assert found["citations"][0]["places"][0]["document"] == "lease.pdf"
    assert found["citations"][0]["places"][0]["page"] == 2
    assert found["coverage"]["pages_read"] == found["coverage"]["pages_total"] == 2


def test_when_nothing_can_be_read_the_exit_code_is_3(ask, tmp_path):
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4 and no more")

    done = ask("How much?", "--document", broken, tmp_path / "missing.pdf")

    assert done.returncode == 3
    assert done.stdout == ""
    assert "broken.pdf: " in done.stderr
    assert "missing.pdf: " in done.stderr


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_asked(ask, lease, tmp_path):
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4 and no more")

    done = ask("How much?", "--document", broken, lease)

    assert done.returncode == 0
    assert "broken.pdf: " in done.stderr
    assert "Read 2 of 2 pages." in done.stdout


def test_only_the_chosen_pages_are_read(ask, lease):
    done = ask("Who?", "--document", lease, "--pages", "2")

    assert "Read 1 of 2 pages." in done.stdout


def long_text(folder: Path) -> Path:
    pages = ("\n\n".join(f"Paragraph {n} has {'filler ' * 50}" for n in range(p, p + 9))
             for p in range(0, 90, 9))  # fmt: skip
    path = folder / "long.txt"
    path.write_text("\n\n".join(pages) + "\n\nThere is a needle in a page.\n", encoding="utf-8")
    return path


def test_a_document_that_does_not_fit_is_refused_with_the_choices(ask, tmp_path):
    done = ask("Where?", "--document", long_text(tmp_path))

    assert done.returncode == 1
    assert "in passes (" in done.stderr
    assert done.stdout == ""


def test_in_passes_all_of_it_is_read(ask, tmp_path):
    done = ask("Where?", "--document", long_text(tmp_path), "--mode", "passes", "--json")

    coverage = json.loads(done.stdout)["coverage"]
    assert coverage["mode"] == "passes"
    assert coverage["pages_read"] == coverage["pages_total"] > 1


def test_passages_are_searched_and_counted(ask, tmp_path):
    done = ask("needle?", "--document", long_text(tmp_path), "--mode", "passages")

    assert "1 passage of 1 document." in done.stdout


def test_a_collection_of_the_library_is_asked(ask, lease, tmp_path):
    add = (sys.executable, "-m", "app", "--data-dir", str(tmp_path / "data"), "documents", "add")
    subprocess.run(
        [*add, str(lease), "--collection", "Leases", "--wait"], check=True, env=ENVIRONMENT,
        capture_output=True, timeout=100,
    )  # fmt: skip

    done = ask("How much?", "--collection", "Leases")

    assert "2 of 3 quotes verified." in done.stdout
    assert done.returncode == 0


def test_a_file_that_was_asked_about_is_not_in_the_library(ask, lease, tmp_path):
    ask("How much?", "--document", lease)

    listed = subprocess.run(
        [sys.executable, "-m", "app", "--data-dir", str(tmp_path / "data"), "documents", "list"],
        capture_output=True, text=True, timeout=100, env=ENVIRONMENT,
    )  # fmt: skip

    assert listed.stdout == ""


@pytest.mark.parametrize("pages", ["x", "9-3", "0", "1-2-3"])
def test_pages_that_are_none_are_refused(ask, lease, pages: str):
    done = ask("How much?", "--document", lease, "--pages", pages)

    assert done.returncode == 1
    assert "These are no pages" in done.stderr


def _has_namespaces() -> bool:
    unshare = shutil.which("unshare")
    return (
        bool(unshare)
        and not subprocess.run([unshare, "-rn", "true"], capture_output=True).returncode
    )


@pytest.mark.skipif(not _has_namespaces(), reason="needs network namespaces")
def test_without_any_network_it_is_the_same(ask, lease):
    done = ask("How much?", "--document", lease, before=("unshare", "-rn"))

    assert "2 of 3 quotes verified." in done.stdout
