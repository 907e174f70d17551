"""A recorded conversation of an agent: 20 prompts with reasoning, tool calls and new user turns."""

from app.chat.messages import Message, ReasoningPart, TextPart, ToolCallPart
from app.chat.template import render_prompt

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": name,
            "description": description,
            "parameters": {
                "type": "object",
                "properties": {argument: {"type": "string"}},
                "required": [argument],
            },
        },
    }
    for name, description, argument in [
        ("read_file", "Read a file of the project.", "path"),
        ("run_tests", "Run the tests that match a pattern.", "pattern"),
    ]
]
SYSTEM = Message.of("system", "You are a careful assistant. Read before you write, then test.")
FILES = ["app/main.py", "app/paths.py", "tests/test_main.py", "README.md", "setup.cfg"]


def prompts(info):
    """What the model was asked, request by request, as prompt parts."""
    messages, found = [SYSTEM], []
    for turn in range(7):
        messages.append(Message.of("user", f"Step {turn}: look at {FILES[turn % 5]} and fix it."))
        found.append(render_prompt(info, messages, tools=TOOLS))
        for call in range(2 if turn < 6 else 1):
            name, value = (
                ("read_file", FILES[(turn + call) % 5])
                if call == 0
                else ("run_tests", f"test_{turn}")
            )
            messages += _called(turn, call, name, value)
            found.append(render_prompt(info, messages, tools=TOOLS))
        messages.append(_answered(turn))
    return found


def _called(turn, call, name, value):
    key = "path" if name == "read_file" else "pattern"
    thought = ReasoningPart(f"The user wants step {turn}. I should call {name} with {value} first.")
    asked = ToolCallPart(f"{turn}-{call}", name, {key: value})
    result = "\n".join(f"{line}: value_{turn}_{line} = {line * 7}" for line in range(2))
    return [
        Message("assistant", (thought, asked)),
        Message("tool", (TextPart(result),), name=name, tool_call_id=f"{turn}-{call}"),
    ]


def _answered(turn):
    thought = ReasoningPart(f"Everything of step {turn} is done, I only have to say so.")
    return Message("assistant", (thought, TextPart(f"Step {turn} is done, the tests pass.")))
