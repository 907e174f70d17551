"""A model's own chat template, rendered in a sandbox into prompt parts.

Only text that the template itself wrote may become control tokens (``PromptPart.special``); what
users, tools and files said is never altered. Templates come with model files, so they are hostile
until shown otherwise: no attribute tricks, no loaders, a limit on time, size and repetition.
"""

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.chat.messages import Message, Part, ReasoningPart, TextPart
from app.chat.template_meter import Meter, TemplateLimit, weight
from app.chat.template_trace import TracedText
from app.engine.protocol import ModelInfo, PromptPart
from app.errors import AppError, template_failed

if TYPE_CHECKING:  # the rest when the first prompt is rendered: the window opens sooner
    import jinja2

RENDER_LIMIT_S = 5.0  # for all renderings of one prompt
MAX_TEMPLATE_CHARACTERS = 100_000
# A rendering may make this much text in all, and so many times what the conversation holds.
FREE_CHARACTERS = 100_000_000
COPIES = 64

# What jinja lets through when a template adds a number to a text and the like.
_MISTAKES = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, AssertionError)

# Used when a model brings none, as llama.cpp does.
DEFAULT_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message.role + '\n' + message.content"
    " + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def render_prompt(
    model: ModelInfo,
    messages: Sequence[Message],
    *,
    tools: Sequence[dict[str, Any]] = (),
    add_generation_prompt: bool = True,
) -> tuple[PromptPart, ...]:
    """The prompt of a conversation, with checkpoints where a later prompt will still agree.

    Raises AppError when the template fails, even after the conversation was put into the plain
    user-assistant form that strict templates want.
    """
    template = _compiled(model.chat_template or DEFAULT_TEMPLATE)
    render = functools.partial(_render, template, model, tools, _meter(messages, tools))
    try:
        chosen = list(messages)
        text = render(chosen, add_generation_prompt=add_generation_prompt)
    except AppError:
        chosen = _alternating(messages)
        if chosen == list(messages):
            raise
        text = render(chosen, add_generation_prompt=add_generation_prompt)
    marks = []
    for count in _checkpoint_counts(chosen):
        try:
            before = render(chosen[:count], add_generation_prompt=False)
        except AppError:
            continue  # a template may refuse a conversation without a question
        if text.startswith(before):
            marks.append(len(before))
    return _parts(text, [*_ends_of_documents(text, chosen), *marks])


def _checkpoint_counts(messages: Sequence[Message]) -> list[int]:
    """After the system message (and tools), and after the last user message.

    One with documents has checkpoints of its own: another mark close behind them would cost a
    window model, which copies its state there, more than it spares.
    """
    counts = {1} if messages and messages[0].role == "system" else set()
    users = [at for at, message in enumerate(messages, 1) if message.role == "user"]
    has_own = users and any(map(_is_checkpoint, messages[users[-1] - 1].parts))
    return sorted(counts if has_own else counts | set(users[-1:]))


def _is_checkpoint(part: Part) -> bool:
    return isinstance(part, TextPart) and part.is_checkpoint


def _ends_of_documents(text: str, messages: Sequence[Message]) -> list[int]:
    """Where the parts end that ask for a checkpoint, as far as the template left them as they are.

    It is only a hint to the engine, so a text that stands twice does no harm.
    """
    ends: list[int] = []
    at = 0
    for part in (part for message in messages for part in message.parts):
        if isinstance(part, TextPart) and part.is_checkpoint and (words := part.text.strip()):
            found = text.find(words, at)
            if found >= 0:
                at = found + len(words)
                ends.append(at)
    return ends


def _parts(text: TracedText, marks: Sequence[int]) -> tuple[PromptPart, ...]:
    """Cut the text where the trace changes and at the marks."""
    parts: list[PromptPart] = []
    at = 0
    for run, is_own in text.runs:
        cuts = sorted({mark - at for mark in marks if at < mark < at + len(run)})
        for low, high in zip([0, *cuts], [*cuts, len(run)], strict=True):
            parts.append(PromptPart(run[low:high], is_own, at + high in marks))
        at += len(run)
    return tuple(parts)


def _alternating(messages: Sequence[Message]) -> list[Message]:
    """The same words as strictly alternating turns: neighbours joined, system in the first one."""
    found: list[Message] = []
    for message in messages:
        role = "user" if message.role == "system" else message.role
        if found and found[-1].role == role and role != "tool" and not found[-1].tool_calls:
            found[-1] = _joined(found[-1], message)
        else:
            found.append(Message(role, message.parts, message.name, message.tool_call_id))
    return found


def _joined(first: Message, second: Message) -> Message:
    """Two messages of one role as one: reasoning, then the text of both, then the calls."""
    both = (*first.parts, *second.parts)
    reasoning = tuple(part for part in both if isinstance(part, ReasoningPart))
    gap = (TextPart("\n\n"),) if first.text and second.text else ()
    texts = (part for part in (*first.parts, *gap, *second.parts) if isinstance(part, TextPart))
    return Message(first.role, (*reasoning, *texts, *second.tool_calls), first.name)


def _meter(messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> Meter:
    given = [*(_as_variables(message) for message in messages), *tools]
    return Meter(RENDER_LIMIT_S, FREE_CHARACTERS + COPIES * weight(given))


def _render(
    template: "jinja2.Template",
    model: ModelInfo,
    tools: Sequence[dict[str, Any]],
    meter: Meter,
    messages: Sequence[Message],
    *,
    add_generation_prompt: bool,
) -> TracedText:
    import jinja2

    from app.chat.template_sandbox import TemplateEnvironment

    environment = template.environment
    assert isinstance(environment, TemplateEnvironment)
    variables = {
        "messages": [_as_variables(message) for message in messages],
        "tools": list(tools) or None,
        "bos_token": TracedText.own(model.bos_token),
        "eos_token": TracedText.own(model.eos_token),
        "add_generation_prompt": add_generation_prompt,
    }
    try:
        return environment.render(template, variables, meter)
    except TemplateLimit as error:
        raise template_failed(f"{error}.") from error
    except jinja2.TemplateError as error:
        raise template_failed(
            f"It says: {str(error.message or error)[:200].rstrip('.')}."
        ) from error
    except RecursionError as error:
        raise template_failed("It calls itself without end.") from error
    except MemoryError as error:
        raise template_failed("It needs too much memory.") from error
    except _MISTAKES as error:
        raise template_failed(f"It made a mistake ({type(error).__name__}).") from error


def _as_variables(message: Message) -> dict[str, Any]:
    found: dict[str, Any] = {"role": TracedText.own(message.role), "content": message.text}
    if message.reasoning:
        found["reasoning_content"] = message.reasoning
    if message.tool_calls:
        found["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.tool_calls
        ]
    if message.name is not None:
        found["name"] = message.name
    if message.tool_call_id is not None:
        found["tool_call_id"] = message.tool_call_id
    return found


@functools.lru_cache(maxsize=16)
def _compiled(source: str) -> "jinja2.Template":
    """Compile a template once. Raises AppError with the line that is wrong."""
    import jinja2

    from app.chat.template_sandbox import TemplateEnvironment

    if len(source) > MAX_TEMPLATE_CHARACTERS:
        raise template_failed("It is too large to be a chat template.")
    try:
        return TemplateEnvironment().from_string(source)
    except jinja2.TemplateSyntaxError as error:
        raise template_failed(f"Line {error.lineno}: {(error.message or '')[:200]}.") from error
    except (RecursionError, SyntaxError, MemoryError) as error:
        raise template_failed("It is nested too deep.") from error
    except _MISTAKES as error:
        raise template_failed(f"It cannot be read ({type(error).__name__}).") from error
