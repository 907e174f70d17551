"""A window on the scripted engine and on chats and documents made for the pictures."""

import json
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.chat.messages import AnswerDetails, Message, ReasoningPart, TextPart, ToolCallPart
from app.chat.session import ChatSession
from app.documents.desk import DocumentDesk
from app.engine.client import EngineClient, EngineState
from app.engine.launch import MachineChoices
from app.engine.protocol import EngineOptions, SamplingParams
from app.models.locate import worker_spec
from app.paths import Paths
from app.server.control import EndpointControl
from app.settings import Settings
from app.storage.conversations import ConversationStore
from app.ui.appearance import Appearance
from app.ui.language import Language
from app.ui.main_window import MainWindow
from app.ui.services import Services
from tests.documents.pdf_files import lines, write_pdf

SIZE = (1280, 800)
LIMIT_S = 30.0
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{{ message.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
)
QUOTE = "The deposit is three months of rent and is returned within thirty days."
STORY = "The tide went out, and the harbour lay still. " * 40
RICH = """# Sorting in place

`list.sort()` changes the list itself and takes $O(n \\log n)$ comparisons:

$$T(n) = 2\\,T\\!\\left(\\frac{n}{2}\\right) + \\Theta(n)$$

| method | returns | in place |
|---|---|:-:|
| `list.sort()` | `None` | yes |
| `sorted()` | a new list | no |

```python
def by_age(people: list["Person"]) -> list["Person"]:
    \"\"\"Youngest first.\"\"\"
    return sorted(people, key=attrgetter("age"))
```
"""
REPLIES = [
    {
        "when": "deposit",
        "text": f'The deposit comes back soon: "{QUOTE}" [1, p. 2]\n\nIt also says '
        '"The tenant shall paint the rooms each year." [1, p. 1]',
    },
    {
        "when": "harbour",
        "text": f"<think>A harbour at low tide. Quiet, then one voice.</think>{STORY}",
        "tokens_per_second": 30,
    },
    {
        "when": "Answer in one sentence",
        "text": "A list sorts itself with `list.sort()`; `sorted()` makes a new one.",
    },
    {"when": "sort a list", "text": f"A list sorts itself with a method.\n\n{RICH}"},
    {"text": "Paris is the capital of France."},
]


class Rig:
    """GUI thread only. ``wait`` runs the event loop."""

    def __init__(self, application: QApplication, settings: Settings, context: int = 65_536):
        self.application = application
        self._stack = ExitStack()
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        paths = Paths.under(self.folder / "data")
        paths.create()
        self.store = ConversationStore.open(paths.database)
        self._stack.callback(self.store.close)
        script = {
            "name": "Step 3.5 Flash",
            "context_length": context,
            "chat_template": TEMPLATE,
            "replies": REPLIES,
        }
        file = self.folder / "script.json"
        file.write_text(json.dumps(script), encoding="utf-8")
        spec = worker_spec("any", f"scripted:{file}", paths.models, EngineOptions())
        self.engine = EngineClient(spec, MachineChoices(paths.engine_choices))
        self._stack.callback(self.engine.close)
        self.desk = DocumentDesk(paths, self.engine)
        self._stack.callback(self.desk.close)
        session = ChatSession(self.store, self.engine, SamplingParams(), self.desk)
        self._stack.callback(session.close)
        endpoint = EndpointControl(self.engine, 0, "the-key")
        self._stack.callback(endpoint.stop)
        language = Language(application, settings.language)
        self._stack.callback(language.close)
        appearance = Appearance(
            application, settings.theme, settings.text_percent, settings.density
        )
        services = Services(paths, settings, self.store, self.engine, session, endpoint, self.desk)
        self._fill()
        self.window = MainWindow(services, appearance, language)
        self._stack.callback(self.window.close)
        self.engine.start()
        self.window.resize(*SIZE)
        self.window.move(0, 0)
        self.window.show()
        self.window.activateWindow()
        self.until(lambda: self.engine.status.state is EngineState.READY)
        self.wait(0.6)

    def wait(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.application.processEvents()
            time.sleep(0.01)

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + LIMIT_S
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError
            self.wait(0.05)
        self.wait(0.4)

    def close(self) -> None:
        self._stack.close()

    def lease(self) -> Path:
        first = lines(*(f"{n + 1}. The tenant keeps the premises in order." for n in range(40)))
        second = lines("Section 2. Deposit", "", QUOTE, "", "Interest is paid to the tenant.")
        return write_pdf(self.folder / "lease.pdf", [first, second, first, first])

    def _fill(self) -> None:
        for title in ("Plan for Lisbon", "合同审查要点", "Letter to the landlord"):
            self._chat(title, "A plan: first the harbour, then the hill.")
        self.rich = self._chat("Sorting in place", RICH)
        self.variants = self._chat("Why is the sky blue?", "Because of Rayleigh scattering.")
        question = self.store.branch(self.variants)[0].id
        answer = self.store.begin_answer(self.variants, "Step 3.5 Flash", parent_id=question)
        text = (TextPart("Short waves are scattered more than long ones."),)
        details = AnswerDetails("Step 3.5 Flash", 40, 32, 12, 0.1, 0.3)
        self.store.finish_answer(answer, text, "complete", details)
        self.tools = self.store.create_conversation("Weather in Shanghai")
        self.store.append(self.tools, Message.of("user", "上海的天气怎么样？"))
        call = ToolCallPart("1", "get_weather", {"city": "Shanghai"})
        self.store.append(self.tools, Message("assistant", (ReasoningPart("Ask.", 1.0), call)))
        result = Message("tool", (TextPart('{"temperature": 21, "sky": "clear"}'),), None, "1")
        self.store.append(self.tools, result)
        self.store.append(self.tools, Message.of("assistant", "上海现在 21 °C，晴。"))
        gone = self._chat("Old notes", "Nothing of use.")
        self.store.move_to_trash(gone)

    def _chat(self, title: str, answer: str) -> int:
        chat = self.store.create_conversation(title)
        self.store.append(chat, Message.of("user", title))
        message = self.store.begin_answer(chat, "Step 3.5 Flash")
        details = AnswerDetails("Step 3.5 Flash", 40, 32, 120, 0.1, 2.9)
        self.store.finish_answer(message, (TextPart(answer),), "complete", details)
        return chat
