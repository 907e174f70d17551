import pytest

from app.starts import Starts


@pytest.fixture
def path(tmp_path):
    return tmp_path / "starts"


def test_the_third_start_after_two_that_ended_early_is_safe(path):
    assert [Starts(path).begin() for _ in range(4)] == [False, False, True, True]


def test_a_start_that_went_well_is_forgotten(path):
    for _ in range(2):
        Starts(path).begin()

    Starts(path).went_well()

    assert not Starts(path).begin()


@pytest.mark.parametrize("content", ["", "many", "-7", "\0"])
def test_a_damaged_count_is_none(path, content):
    path.write_text(content)

    assert not Starts(path).begin()


def test_a_folder_that_cannot_be_written_is_no_crash(tmp_path):
    assert not Starts(tmp_path / "missing" / "starts").begin()
