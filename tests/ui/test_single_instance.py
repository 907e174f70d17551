import os
import signal
import subprocess
import sys
import textwrap

import pytest

from app.errors import AppError
from app.paths import Paths
from app.ui import single_instance

FIRST = """
    import sys
    from pathlib import Path
    from PySide6.QtCore import QCoreApplication, QTimer
    from app.paths import Paths
    from app.ui.single_instance import claim

    paths = Paths.under(Path(sys.argv[1]))
    instance = claim(paths)
    if instance is None:
        sys.exit(0)
    application = QCoreApplication([])
    def raised():
        print("raised", flush=True)
    def quick():
        print("quick", flush=True)
    instance.listen(paths, raised, quick)
    QTimer.singleShot(0, lambda: print("listening", flush=True))
    application.exec()
"""


@pytest.fixture
def paths(tmp_path):
    paths = Paths.under(tmp_path)
    paths.create()
    return paths


@pytest.fixture
def first(paths):
    """A real other process that has the folder and listens."""
    with _start(paths) as process:
        assert process.stdout.readline() == "listening\n"
        yield process
        process.send_signal(signal.SIGCONT)
        process.kill()


def test_a_second_start_raises_the_first_and_ends(paths, first):
    with _start(paths) as second:
        assert second.wait(20) == 0
        assert second.stdout.read() == ""

    assert first.stdout.readline() == "raised\n"


def test_a_second_start_asks_the_first_for_its_quick_window(paths, first):
    assert single_instance.claim(paths, single_instance.QUICK) is None

    assert first.stdout.readline() == "quick\n"


def test_the_lock_of_a_killed_process_is_taken_over(paths, first):
    first.kill()
    first.wait(10)

    instance = single_instance.claim(paths)

    assert instance is not None
    instance.close()


def test_a_frozen_first_is_named_in_clear_words(paths, first, monkeypatch):
    monkeypatch.setattr(single_instance, "ANSWER_MS", 300)
    first.send_signal(signal.SIGSTOP)

    with pytest.raises(AppError, match=rf"does not answer.*process {first.pid}"):
        single_instance.claim(paths)


def test_the_folder_is_free_again_after_close(paths):
    single_instance.claim(paths).close()

    again = single_instance.claim(paths)

    assert again is not None
    again.close()


def test_an_unwritable_folder_is_an_error_with_words(paths):
    os.chmod(paths.data, 0o500)
    if os.access(paths.data, os.W_OK):
        pytest.skip("this user may write everywhere")

    with pytest.raises(AppError, match="cannot be used"):
        single_instance.claim(paths)


def test_a_data_folder_with_a_very_long_path_still_hands_over(tmp_path):
    paths = Paths.under(tmp_path / ("long" * 40))
    paths.create()

    with _start(paths) as first:
        assert first.stdout.readline() == "listening\n"
        with _start(paths) as second:
            assert second.wait(20) == 0
        assert first.stdout.readline() == "raised\n"
        first.kill()


def _start(paths):
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(FIRST), str(paths.data)],
        stdout=subprocess.PIPE,
        text=True,
    )
