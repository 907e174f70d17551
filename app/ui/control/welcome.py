"""The first steps: what this machine can run, a model, where things stay, a first question."""

from PySide6.QtCore import QObject

from app.models.fit import machine
from app.ui.pages.page import CHAT, PageTools
from app.ui.pages.page_frame import PageFrame
from app.ui.welcome.steps import Steps
from app.ui.words import bytes_in_words

_FOR_FLAGSHIP = 118 * 10**9  # bytes: Step 3.5 Flash at 4 bits with a short context
_FOR_MIDDLE = 12 * 10**9  # … a model of 8 to 14 billion parameters


class WelcomeControl(QObject):
    """Shown once; leaving it in any way counts."""

    def __init__(self, tools: PageTools) -> None:
        super().__init__()
        self._tools = tools
        self.frame = PageFrame(self.tr("Welcome to Doorstep"), tools.appearance.theme)
        self.steps = Steps(self._machine_in_words())
        self.frame.column.addWidget(self.steps)
        self.frame.column.addStretch()
        self.steps.left.connect(self._on_left)
        self.steps.models_requested.connect(self._on_models)
        self.steps.question_chosen.connect(self._on_question)

    def enter(self) -> None:
        self.steps.next.setFocus()

    def leave(self) -> None:
        self._tools.preferences.keep(is_welcomed=True)

    def close(self) -> None:
        pass

    def _on_left(self) -> None:
        self._tools.show_page(CHAT)

    def _on_models(self) -> None:
        self._tools.show_page("models")

    def _on_question(self, question: str) -> None:
        self._tools.write(question)

    def _machine_in_words(self) -> str:
        here = machine()
        size = bytes_in_words(here.memory_bytes)
        if here.memory_bytes >= _FOR_FLAGSHIP:
            words = self.tr(
                "It has {size} of memory and {cores} cores: enough for Step 3.5 Flash, the model "
                "that Doorstep is made for."
            )
        elif here.memory_bytes >= _FOR_MIDDLE:
            words = self.tr(
                "It has {size} of memory and {cores} cores: enough for models of 8 to 14 billion "
                "parameters. Step 3.5 Flash needs about 118 GB and does not fit."
            )
        else:
            words = self.tr(
                "It has {size} of memory and {cores} cores: enough for models of up to 4 billion "
                "parameters. Step 3.5 Flash needs about 118 GB and does not fit."
            )
        said = words.format(size=size, cores=here.cores)
        return said.replace(" GB", "\u00a0GB")  # a number and its unit stay on one line
