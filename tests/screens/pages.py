"""Pictures of the pages: what stands in the place of the conversation."""

import json
import urllib.request
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.chat.presets import Preset
from tests.screens.chat import write
from tests.screens.made import MODEL, damaged, lease, models
from tests.screens.rig import Rig


def onboarding(rig: Rig) -> None:
    rig.window.navigation.show("welcome")


def onboarding_model(rig: Rig) -> None:
    onboarding(rig)
    _go_on(rig, 1)


def onboarding_privacy(rig: Rig) -> None:
    onboarding(rig)
    _go_on(rig, 2)


def onboarding_question(rig: Rig) -> None:
    onboarding(rig)
    _go_on(rig, 3)


def documents_empty(rig: Rig) -> None:
    rig.window.navigation.show("documents")


def documents(rig: Rig) -> None:
    rig.window.navigation.show("documents")
    page = rig.window.navigation.page
    _read(rig, [lease(rig.folder), damaged(rig.folder)])
    page.view.list.setCurrentIndex(page.model.index(0))


def documents_search(rig: Rig) -> None:
    rig.window.navigation.show("documents")
    _read(rig, [lease(rig.folder)])
    rig.window.navigation.page.view.search.setText("deposit")
    rig.wait(1.0)


def citation(rig: Rig) -> None:
    window = rig.window
    window.chat.documents.attachments.add([lease(rig.folder)])
    rig.until(lambda: bool(window.page.composer.attachments.shown))
    write(rig, "What of the deposit?")
    rig.until(lambda: window.conversation.current is not None and not window.conversation.is_busy)
    answer = rig.store.branch(window.conversation.current)[-1].id
    window.page.transcript.link_clicked.emit(f"doorstep:cite/{answer}/1")
    rig.until(lambda: window.page.reader is not None and bool(window.page.reader.view.marks))


def attached(rig: Rig) -> None:
    """Documents above the field, before they are asked about."""
    attachments = rig.window.chat.documents.attachments
    attachments.add([lease(rig.folder), damaged(rig.folder)])
    rig.until(lambda: bool(rig.window.page.composer.attachments.shown))
    rig.wait(1.5)


def models_page(rig: Rig) -> None:
    _choose(rig, "Qwen3-8B-Q4_K_M.gguf")


def models_too_large(rig: Rig) -> None:
    _choose(rig, "Step-3.5-Flash-Q4_K_M.gguf")
    _scroll(rig.window.navigation.page.view.load)


def side_by_side(rig: Rig) -> None:
    rig.store.keep_preset(Preset("Brief", "Answer in one sentence."))
    rig.window.navigation.show("compare")
    page = rig.window.navigation.page
    rig.until(lambda: page.columns[1].preset.findText("Brief") >= 0)
    page.columns[1].preset.show_value("Brief")
    page.columns[1].preset.picked.emit("Brief")
    page.view.field.setPlainText("How do I sort a list in place?")
    QTest.keyClick(page.view.field, Qt.Key.Key_Return)
    rig.until(lambda: not page.is_running)


def endpoint_off(rig: Rig) -> None:
    rig.window.navigation.show("endpoint")


def endpoint(rig: Rig) -> None:
    """On, with a request that is looked at."""
    _switch_on(rig)
    page = rig.window.navigation.page
    for said in ("What is a list?", "What is a tuple?"):
        _ask_endpoint(rig, said)
    page.requests.list.chosen.emit(next(iter(page.requests._records)))
    rig.wait(0.3)


def endpoint_connect(rig: Rig) -> None:
    _switch_on(rig)
    rig.window.navigation.page.connect_card.client_chosen.emit("cline")
    rig.wait(0.6)


def settings(rig: Rig) -> None:
    rig.window.navigation.show("settings")


def settings_search(rig: Rig) -> None:
    settings(rig)
    rig.window.navigation.page.view.search.setText("文" if _is_chinese(rig) else "text")


def settings_models(rig: Rig) -> None:
    _section(rig, 1)


def settings_documents(rig: Rig) -> None:
    _section(rig, 2)


def settings_privacy(rig: Rig) -> None:
    _section(rig, 4)


def shortcuts(rig: Rig) -> None:
    _section(rig, 5)


def advanced(rig: Rig) -> None:
    _section(rig, 6)


def about(rig: Rig) -> None:
    _section(rig, 7)
    rig.window.navigation.page.view.sections[7].licences_requested.emit()
    rig.wait(1.0)


def _section(rig: Rig, number: int) -> None:
    settings(rig)
    rig.window.navigation.page.view.show_section(number)
    rig.wait(0.3)


def _is_chinese(rig: Rig) -> bool:
    return rig.services.settings.language == "zh_CN"


def _go_on(rig: Rig, steps: int) -> None:
    for _ in range(steps):
        rig.window.navigation.page.steps.next.click()


def _read(rig: Rig, files: list[Path]) -> None:
    page = rig.window.navigation.page
    page.view.files_dropped.emit(files)
    rig.until(lambda: page.model.rowCount() == len(files))
    rig.wait(1.5)


def _choose(rig: Rig, name: str) -> None:
    models(rig.paths.models)
    rig.window.navigation.show("models")
    page = rig.window.navigation.page
    rig.until(lambda: page.view.list.isVisible())
    page.choose(str(rig.paths.models / name))
    rig.until(lambda: page.view.load.isVisible())


def _scroll(widget: QWidget) -> None:
    area = widget
    while not hasattr(area, "ensureWidgetVisible"):
        area = area.parentWidget()
    area.verticalScrollBar().setValue(widget.mapTo(area.widget(), widget.rect().topLeft()).y() - 16)


def _switch_on(rig: Rig) -> None:
    rig.window.navigation.show("endpoint")
    rig.window.actions_.endpoint.trigger()
    rig.until(lambda: rig.endpoint.address is not None)
    rig.endpoint.inspector.switch(True)
    rig.wait(0.7)


def _ask_endpoint(rig: Rig, said: str) -> None:
    system = {"role": "system", "content": "You write code. Answer with code alone. " * 20}
    body = {"model": MODEL, "messages": [system, {"role": "user", "content": said}]}
    request = urllib.request.Request(
        f"{rig.endpoint.address}/chat/completions",
        json.dumps(body).encode(),
        {
            "Content-Type": "application/json",
            "Authorization": "Bearer the-key",
            "User-Agent": "opencode/1.0",
        },
    )
    with urllib.request.urlopen(request) as answer:
        answer.read()
    rig.wait(0.3)
