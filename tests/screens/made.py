"""What the pictures show: chats, the script of the engine, documents, hollow model files."""

from pathlib import Path

from app.chat.messages import AnswerDetails, Message, ReasoningPart, TextPart, ToolCallPart
from app.storage.conversations import ConversationStore
from tests.documents.pdf_files import lines, write_pdf
from tests.reference.gguf_writer import write_hollow_gguf

MODEL = "Step 3.5 Flash"
QUOTE = "The deposit is three months of rent and is returned within thirty days."
_STORY = (
    "The tide went out at six, and the harbour lay still. A boy counted the boats that leaned on "
    "their keels; a gull took the last of the bread. Nobody spoke until the lamps were lit.\n\n"
    "Then the ferry came, late as always, and with it the noise: crates, bicycles, a dog that "
    "had to be carried, and the woman from the post office with her bag of letters. "
)
_THOUGHTS = (
    "They want a harbour, so: low tide, a little quiet, then one thing that moves. Keep it short. "
    "No storm, no captain. Perhaps the ferry as the turn, because everyone has waited for one. "
    "Names are not needed. The light should change from evening to lamps, and the first sound "
    "after the silence should be an ordinary one, so that the reader hears it. "
)
RICH = """`list.sort()` changes the list itself and takes $O(n \\log n)$ comparisons:

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
DIAGRAMS = {
    "en": """A question takes this way:

```mermaid
flowchart LR
    A[Question] --> B{Document named?}
    B -->|yes| C[Read it]
    B -->|no| D[Context]
    C --> D
    D --> E([Answer])
```

Between the parts it looks like this:

```mermaid
sequenceDiagram
    participant W as Window
    participant E as Engine
    W->>E: prompt
    loop until the end
        E-->>W: tokens
    end
    Note over W: stored
```
""",
    "zh_CN": """一个问题的处理过程：

```mermaid
flowchart LR
    A[问题] --> B{提到文档了吗？}
    B -->|是| C[读取文档]
    B -->|否| D[上下文]
    C --> D
    D --> E([回答])
```

各部分之间的往来：

```mermaid
sequenceDiagram
    participant W as 窗口
    participant E as 引擎
    W->>E: 提示词
    loop 直到结束
        E-->>W: 词元
    end
    Note over W: 已保存
```
""",
}
_SHORT = """Call its own method, which changes the list and returns nothing:

```python
names.sort()
```
"""
_CITED = (
    f'The deposit comes back soon after the keys: "{QUOTE}" [1, p. 2]\n\nIt also says '
    '"The tenant shall paint the rooms each year." [1, p. 1]'
)
REPLIES = [
    {"when": "deposit", "text": _CITED, "tokens_per_second": 40},
    {
        "when": "harbour",
        "text": f"<think>{_THOUGHTS * 40}</think>Done.",
        "tokens_per_second": 60,
    },
    {"when": "ferry", "text": f"<think>{_THOUGHTS}</think>{_STORY * 12}", "tokens_per_second": 60},
    {"when": "poem", "text": _STORY * 3, "tokens_per_second": 60, "crash_after": 60},
    {"when": "novel", "text": _STORY * 3, "tokens_per_second": 60, "fail_after": 40},
    {
        "when": "Answer in one sentence",
        "text": "A list sorts itself with `list.sort()`; `sorted()` makes a new one.",
        "tokens_per_second": 41,
    },
    {"when": "sort a list", "text": _SHORT, "tokens_per_second": 44},
    {"text": "Paris is the capital of France.", "tokens_per_second": 42},
]
_TITLES = {
    "en": ("Plan for Lisbon", "合同审查要点", "Letter to the landlord", "Heat pump or gas"),
    "zh_CN": ("里斯本三日行程", "合同审查要点", "给房东的一封信", "热泵还是燃气"),
}
_ANSWERS = {
    "en": "A plan: first the harbour, then the hill, and the tram back.",
    "zh_CN": "计划：先去港口，再上山，最后坐电车回来。",
}


class Chats:
    """The conversations in the list; the ones that pictures open have names."""

    def __init__(self, store: ConversationStore, language: str) -> None:
        is_chinese = language == "zh_CN"
        self._store = store
        for title in _TITLES[language]:
            self._chat(title, title, _ANSWERS[language])
        title = "原地排序" if is_chinese else "Sorting in place"
        question = "怎样原地给列表排序？" if is_chinese else "How do I sort a list in place?"
        self.rich = self._chat(title, question, RICH)
        question = "天空为什么是蓝的？" if is_chinese else "Why is the sky blue?"
        self.variants = self._chat(question.rstrip("?？"), question, "Rayleigh scattering.")
        asked = store.branch(self.variants)[0].id
        self._answer(
            self.variants,
            "大气分子散射短波光比长波光强得多，所以从各个方向射入眼睛的主要是蓝光。"
            if is_chinese
            else "Air scatters short waves of light far more than long ones, so the light that "
            "comes to us from all over the sky is mostly blue.",
            asked,
        )
        self.tools = store.create_conversation("上海的天气" if is_chinese else "Weather")
        self._call_a_tool(is_chinese=is_chinese)
        store.move_to_trash(self._chat("旧笔记" if is_chinese else "Old notes", "…", "…"))

    def add_diagrams(self, language: str) -> int:
        question = "画出处理过程" if language == "zh_CN" else "Draw the steps"
        return self._chat(question, question, DIAGRAMS[language])

    def _chat(self, title: str, question: str, answer: str) -> int:
        chat = self._store.create_conversation(title)
        self._store.append(chat, Message.of("user", question))
        self._answer(chat, answer)
        return chat

    def _answer(self, chat: int, text: str, parent_id: int | None = None) -> None:
        message = self._store.begin_answer(chat, MODEL, parent_id=parent_id)
        details = AnswerDetails(MODEL, 3310, 3204, 120, 0.1, 2.9, seed=4711)
        self._store.finish_answer(message, (TextPart(text),), "complete", details)

    def _call_a_tool(self, *, is_chinese: bool) -> None:
        store, city = self._store, "上海" if is_chinese else "Shanghai"
        said = ("上海现在天气怎么样？", "上海现在 21 °C，晴，东南风三级。")
        if not is_chinese:
            said = ("What is the weather in Shanghai?", "It is 21 °C and clear in Shanghai.")
        store.append(self.tools, Message.of("user", said[0]))
        call = ToolCallPart("1", "get_weather", {"city": city, "units": "metric"})
        thought = ReasoningPart("The tool knows.", 1.0)
        store.append(self.tools, Message("assistant", (thought, call)))
        result = TextPart('{\n  "temperature": 21,\n  "sky": "clear",\n  "wind": "SE 3"\n}')
        store.append(self.tools, Message("tool", (result,), None, "1"))
        self._answer(self.tools, said[1])


def lease(folder: Path) -> Path:
    """Four pages of a contract; the quote is on the second."""
    first = lines(
        "Lease of an apartment",
        "",
        "Section 1. Premises",
        "",
        "The landlord lets the apartment on the second floor, with cellar and parking space.",
        "The tenant has seen it and takes it as it is. The keys are handed over on the first day.",
        "",
        *(f"1.{n} The tenant keeps room {n} in good order and tells of damage." for n in range(9)),
    )
    second = lines(
        "Section 2. Deposit",
        "",
        "The tenant pays the deposit before the keys are handed over.",
        QUOTE,
        "What is kept back of it is explained in writing, with the bills.",
        "",
        "Interest is paid to the tenant at the rate of the bank that holds it.",
        "",
        "Section 3. Rent",
        "",
        "The rent is due on the third working day of each month.",
        "It may be raised once in two years, with three months of notice.",
        "",
        *(
            f"3.{n} A payment that is late by {n + 1} days costs nothing extra."
            for n in range(1, 6)
        ),
        leading=18,
    )
    return write_pdf(folder / "lease.pdf", [first, second, first, first])


def damaged(folder: Path) -> Path:
    path = folder / "broken.pdf"
    path.write_bytes(b"%PDF-1.7 nothing more")
    return path


def book(folder: Path) -> Path:
    """More than the model can read at once."""
    page = lines(
        *(f"{n}. The sea, the wall, the lamp, and what was said of them." for n in range(45))
    )
    return write_pdf(folder / "book.pdf", [page] * 140)


def models(folder: Path) -> None:
    """Two files that look like models from outside: one fits a usual computer, one does not."""
    small = {"blocks": 36, "width": 4096, "heads": 32, "kv_heads": 8, "forward": 12_288}
    _model(folder / "Qwen3-8B-Q4_K_M.gguf", "qwen3", 40_960, 151_936, small)
    large = {"blocks": 45, "width": 4096, "heads": 64, "kv_heads": 8, "forward": 340_000}
    _model(folder / "Step-3.5-Flash-Q4_K_M.gguf", "step35", 262_144, 128_896, large)


def _model(path: Path, kind: str, context: int, vocabulary: int, shape: dict[str, int]) -> None:
    width, forward = shape["width"], shape["forward"]
    fields = {
        "general.architecture": kind,
        f"{kind}.block_count": shape["blocks"],
        f"{kind}.context_length": context,
        f"{kind}.embedding_length": width,
        f"{kind}.feed_forward_length": min(forward, 12_288),
        f"{kind}.attention.head_count": shape["heads"],
        f"{kind}.attention.head_count_kv": shape["kv_heads"],
        f"{kind}.attention.key_length": 128,
        f"{kind}.attention.value_length": 128,
    }
    tensors = {"token_embd.weight": (width, vocabulary)}
    for number in range(shape["blocks"]):
        tensors[f"blk.{number}.attn.weight"] = (width, 4 * width)
        tensors[f"blk.{number}.ffn.weight"] = (width, 3 * forward)
    write_hollow_gguf(path, fields, tensors)
