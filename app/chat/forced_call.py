"""Opens a tool call for a model that must make one: the prompt goes on with the call's first words.

The model thinks first. Where it then says anything but the demanded call, its answer is ended, and
a second one continues the same prompt and the same reasoning after the opening of a call.
"""

from app.chat.stream_parser import CLOSE_TAG, OPEN_TAG
from app.chat.tool_parser import CallStyle, call_marker
from app.chat.tool_parser_json import MISTRAL
from app.chat.tool_parser_xml import CALL, FUNCTION
from app.engine.protocol import PromptPart


def call_opening(style: CallStyle, template: str, name: str | None) -> tuple[PromptPart, ...]:
    """The first words of a call, of this tool or of any. The name is the client's, not ours."""
    before, after = {
        "xml": (f"{CALL}\n{FUNCTION}", ">\n"),
        "hermes": (f'{CALL}\n{{"name": "', '", "arguments": '),
        "bare_json": ('{"name": "', '", "parameters": '),
        "mistral": (f'{MISTRAL.text}[{{"name": "', '", "arguments": '),
    }[style]
    if style == "mistral" and "[ARGS]" in template:
        before, after = MISTRAL.text, "[ARGS]"
    opening = PromptPart(before, special=True)
    return (opening, PromptPart(name), PromptPart(after, special=True)) if name else (opening,)


def prompt_with_call(
    prompt: tuple[PromptPart, ...],
    written: str,
    opening: tuple[PromptPart, ...],
    *,
    style: CallStyle,
    starts_inside: bool,
) -> tuple[PromptPart, ...]:
    """The prompt, the reasoning in what the model wrote so far, and the opening of a call."""
    thought = _thought(written, style, starts_inside)
    if thought is None:
        return (*prompt, *opening)
    tag = () if starts_inside else (PromptPart(OPEN_TAG, special=True),)
    closing = CLOSE_TAG + "\n" if thought.endswith("\n") else f"\n{CLOSE_TAG}\n"
    parts = (*tag, PromptPart(thought), PromptPart(closing, special=True), *opening)
    return (*prompt, *(part for part in parts if part.text))


def _thought(written: str, style: CallStyle, starts_inside: bool) -> str | None:
    """The reasoning as written; None where there is none."""
    if not starts_inside:
        start = written.lstrip()
        if not start.startswith(OPEN_TAG):
            return None
        written = start.removeprefix(OPEN_TAG)
    call = call_marker(style).find(written)
    ends = (written.find(CLOSE_TAG), call[0] if call else -1)
    return written[: min((end for end in ends if end >= 0), default=len(written))]
