import pytest

from app.ui.window_state import WindowState, load, save


def test_what_was_saved_is_loaded(tmp_path):
    state = WindowState(b"\x00\x01geometry", 300, False)

    save(tmp_path / "window.json", state)

    assert load(tmp_path / "window.json") == state


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", "null", '{"geometry": "%%", "sidebar_width": 1, "is_sidebar_shown": true}'],
)
def test_a_damaged_file_gives_the_first_form_of_the_window(tmp_path, content):
    (tmp_path / "window.json").write_text(content)

    assert load(tmp_path / "window.json") == WindowState()


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path):
    save(tmp_path / "missing" / "window.json", WindowState())

    assert load(tmp_path / "missing" / "window.json") == WindowState()
