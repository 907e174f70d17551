"""A made-up coding-agent conversation: tools, tool results, reasoning that later turns drop."""

import random

from app.engine.protocol import PromptPart

_WORDS = ["door", "window", "hinge", "frame", "lock", "key", "handle", "glass", "wood", "nail"]
_WORDS += ["open", "close", "turn", "push", "mend", "measure", "cut", "fit", "sand", "the", "of"]
_TOOLS = "".join(
    f'<tool>{{"name": "{name}", "description": "{name} a file of the workshop", '
    f'"parameters": {{"path": "string", "line": "integer"}}}}</tool>\n'
    for name in ("read", "write", "search", "measure", "run")
)


def conversation(seed: int, turns: int) -> list[tuple[PromptPart, ...]]:
    """The prompt of each turn. Every third turn is a new user message; the others answer a tool.

    Reasoning stays while tools are being called and is dropped from all turns before the last
    user message, as Step's chat template does.
    """
    chance = random.Random(seed)
    prompts = []
    history: list[tuple[str, str, str]] = []  # role, reasoning, text
    for turn in range(turns):
        if turn % 3 == 0:
            history.append(("user", "", f"Task {turn} of {seed}: " + _text(chance, 30)))
        else:
            history.append(("tool", "", _text(chance, 50)))
        prompts.append(_render(history))
        call = f'<tool_call>{{"name": "read", "path": "{_text(chance, 2)}"}}</tool_call>'
        answer = _text(chance, 20) if turn % 3 == 2 else call
        history.append(("assistant", _text(chance, 25), answer))
    return prompts


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(words))


def _render(history: list[tuple[str, str, str]]) -> tuple[PromptPart, ...]:
    last_user = max(index for index, (role, _, _) in enumerate(history) if role == "user")
    parts = [
        PromptPart("<|im_start|>system\nYou are an agent.\n" + _TOOLS, special=True),
        PromptPart("<|im_end|>\n", special=True, checkpoint=True),
    ]
    for index, (role, reasoning, text) in enumerate(history):
        parts.append(PromptPart(f"<|im_start|>{role}\n", special=True))
        if role == "assistant":
            kept = reasoning if index > last_user else ""
            parts.append(PromptPart("<think>\n", special=True) if kept else PromptPart(""))
            parts.append(PromptPart(kept))
            parts.append(PromptPart("\n</think>\n", special=True) if kept else PromptPart(""))
        parts.append(PromptPart(text))
        is_last = index == len(history) - 1
        parts.append(PromptPart("<|im_end|>\n", special=True, checkpoint=is_last))
    parts.append(PromptPart("<|im_start|>assistant\n<think>\n", special=True))
    return tuple(part for part in parts if part.text)
