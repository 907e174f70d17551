import json

import pytest

from app.engine.backends import BackendChoices, Backends
from app.engine.errors import engine_died, engine_missing, model_invalid, out_of_memory
from app.engine.status import EngineState, EngineStatus
from app.models.locate import STARTER
from app.settings import load
from app.ui.models.memory_bar import Need
from app.ui.models.words import help_for


@pytest.fixture
def opened(open_rig):
    """The rig and the control of its models page, with the starter shown."""
    rig = open_rig()
    rig.wait_ready()
    rig.window.navigation.show("models")
    page = rig.window.navigation.page
    rig.wait_until(lambda: not page.view.load.isHidden())
    return rig, page


def test_the_starter_is_found_and_its_header_is_told(opened):
    _, page = opened

    assert page.view.load.title.text().startswith("SmolLM2")
    assert "135 million parameters" in page.view.load.note.text()
    assert page.view.load.verdict.text().startswith("Fits")


def test_the_memory_follows_the_slider(opened):
    _, page = opened
    card = page.view.load
    long = _size_of_kv(card)

    card.context.bar.setValue(0)

    assert card.options.context_length == 1024
    assert _size_of_kv(card) < long


def test_eight_bits_take_less_memory_than_sixteen(opened):
    _, page = opened
    card = page.view.load
    sizes = []

    for kv_type in ("f16", "q8_0"):
        card.kv_type.show_value(kv_type)
        card.changed.emit()
        sizes.append(_size_of_kv(card))

    assert sizes[1] < sizes[0]


def test_a_gpu_that_was_given_up_is_tried_again_from_the_page(opened, tmp_path):
    rig, page = opened
    library = tmp_path / "libggml-vulkan.so"
    choices = BackendChoices(tmp_path / "backends.json")
    choices.remember(library, "crashed")
    rig.engine._backends = Backends([library], choices)

    page.view.running.show_lost(rig.engine.lost_backends)
    told = page.view.running.lost.text()
    page.view.running.again.click()

    rig.wait_until(lambda: page.view.running.again.isHidden())
    assert "Vulkan" in told
    assert choices.known(library) is None


def test_no_gpu_is_spoken_of_where_none_was_given_up(opened):
    _, page = opened

    assert page.view.running.lost.isHidden()
    assert page.view.running.again.isHidden()


def test_a_model_is_unloaded_and_loaded_again(opened):
    rig, page = opened

    page.view.running.unload.click()
    rig.wait_until(lambda: rig.engine.status.state is EngineState.STOPPED)
    rig.wait_until(lambda: not page.view.running.load.isHidden())
    page.view.running.load.click()

    rig.wait_ready()
    assert page.view.running.load.isHidden()


def test_loading_keeps_what_was_chosen_and_opens_it_for_all(opened, paths, tmp_path):
    rig, page = opened
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"name": "Other", "replies": [{"text": "Hello"}]}))
    page.view.load.engine.set_choices({f"scripted:{other}": "Scripted"})

    page.view.load.load.click()
    rig.wait_until(lambda: rig.engine.status.model and rig.engine.status.model.name == "Other")

    assert rig.engine.spec.model == other
    rig.wait_until(lambda: load(paths.settings).model == STARTER)
    rig.wait_until(lambda: page.view.running.title.text() == "Other")


def test_a_file_that_is_no_model_is_refused_in_words(opened, tmp_path):
    rig, page = opened
    (tmp_path / "note.gguf").write_text("not a model")

    page.view.file_dropped.emit(str(tmp_path / "note.gguf"))

    rig.wait_until(lambda: page.frame.banners.notice("model") is not None)
    assert page.view.load.isHidden()


def test_a_failed_load_names_the_cause_and_one_action(opened, qtbot):
    _, page = opened
    card = page.view.running
    error = out_of_memory("It needs 118 GB, this computer has 25 GB.")

    card.show_status(EngineStatus(EngineState.FAILED, error=error), "Step", "ggml: failed")
    with qtbot.waitSignal(card.help_requested) as asked:
        card.help.click()

    assert card.note.text().startswith("It needs 118 GB")
    assert card.help.text() == "Load with a shorter context"
    assert asked.args == ["shorter"]
    assert "ggml: failed" in card.details.text()


@pytest.mark.parametrize(
    ("error", "action"),
    [
        (out_of_memory("It needs much."), "shorter"),
        (model_invalid("a.gguf", "it is damaged."), "starter"),
        (engine_missing("mlx"), "auto"),
        (engine_died("It crashed."), "again"),
    ],
)
def test_each_cause_has_the_action_that_helps(error, action):
    assert help_for(error)[0] == action


def test_what_is_missing_is_less_than_nothing_left():
    need = Need(weights=60, kv_cache=20, compute=10, system=20, installed=100)

    assert need.left == -10


def _size_of_kv(card):
    words = next(w for w in card.bar._bar.accessibleName().split(", ") if "KV cache" in w)
    number, unit = words.split("KV cache ")[1].split()
    return float(number) * {"kB": 1e3, "MB": 1e6, "GB": 1e9}[unit]


def test_loading_what_does_not_fit_is_not_what_the_page_suggests(opened):
    _, page = opened
    card = page.view.load

    card.show_need(Need(200 * 10**9, 0, 0, 0, 64 * 10**9), "danger", "Needs 200 GB.")
    too_large = (card.load.text(), card.load.property("kind"))
    card.show_need(Need(10**9, 0, 0, 0, 64 * 10**9), "ok", "Fits.")

    assert too_large == ("Load anyway", "")
    assert card.load.property("kind") == "primary"
