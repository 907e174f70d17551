import pytest
from PySide6.QtTest import QAbstractItemModelTester

from app.ui.sidebar.conversation_model import ANSWERING_ROLE, ID_ROLE, ConversationModel, Row


@pytest.fixture
def model(qapp):
    model = ConversationModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.show_rows([Row(1, "One"), Row(2, "Two")])
    yield model
    tester.deleteLater()


def test_rows_come_in_the_order_given(model):
    assert [model.index(n).data(ID_ROLE) for n in range(model.rowCount())] == [1, 2]


def test_a_changed_title_does_not_reset_the_list(model, qtbot):
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged):
        model.show_rows([Row(1, "One"), Row(2, "Second")])

    assert model.index(1).data() == "Second"


def test_a_new_name_is_announced_and_not_taken_over(model, qtbot):
    with qtbot.waitSignal(model.renamed) as renamed:
        model.setData(model.index(0), "  New\nname ")

    assert renamed.args == [1, "New name"]
    assert model.index(0).data() == "One"


@pytest.mark.parametrize("name", ["", "   ", "One"])
def test_an_empty_or_equal_name_changes_nothing(model, qtbot, name):
    with qtbot.assertNotEmitted(model.renamed):
        assert not model.setData(model.index(0), name)


def test_running_answers_are_marked(model):
    model.show_answering(frozenset({2}))

    assert [model.index(n).data(ANSWERING_ROLE) for n in (0, 1)] == [False, True]


def test_an_untitled_conversation_has_a_name(model):
    model.show_rows([Row(3, "")])

    assert model.index(0).data() == "New chat"
