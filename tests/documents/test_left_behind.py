"""A process that opens a document ends when the app is gone, whatever it does just then."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.documents.child import end_child
from app.documents.job import Job, Task, encode_job, encode_line
from tests.documents.pdf_files import lines, write_pdf
from tests.patience import PATIENCE_S

_HANGING = """
import time
from app.documents import extractor, page_child, sandbox

def hang(*_):
    print("hangs", flush=True)
    time.sleep(1000)

sandbox.LEFT_S = 0.1
extractor._pages = page_child._answer = hang
extractor.main()
"""


@pytest.mark.parametrize("task", ["extract", "serve"])
def test_a_process_that_hangs_ends_though_the_app_is_gone(task: Task, tmp_path: Path) -> None:
    file = write_pdf(tmp_path / "hangs.pdf", [lines("Words")])
    process = subprocess.Popen(
        [sys.executable, "-c", _HANGING],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=sys.platform != "win32",
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(encode_job(Job(task, str(file), file.name)))
        process.stdin.write(encode_line({"id": 1, "ask": "sizes"}))
        process.stdin.flush()
        assert process.stdout.readline() == b"hangs\n"

        process.stdin.close()

        assert process.wait(PATIENCE_S) == 1
    finally:
        end_child(process)
