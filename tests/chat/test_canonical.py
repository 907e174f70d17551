"""One conversation is one prompt, whatever form it comes in, and grows only at its end."""

import copy
import itertools
from pathlib import Path

import pytest

from app.chat.canonical import canonical
from app.chat.messages import Message, ReasoningPart, TextPart
from app.chat.turn import prompt_of
from app.engine.protocol import ModelInfo
from app.server import chat_parse, messages_parse, responses_parse
from app.server.responses_store import ResponseStore

TEMPLATE = Path(__file__).parents[1] / "data/templates/nano-step.jinja"
MODEL = ModelInfo("nano", "step3p5", 4096, TEMPLATE.read_text(encoding="utf-8"), bos_token="<s>")
CACHE = {"type": "ephemeral"}


def prompt(parse, body):
    return prompt_of(MODEL, parse(body).turn)


def text_of(parts):
    return "".join(part.text for part in parts)


def kept(parts):
    """The text up to the last checkpoint: what a later prompt must begin with."""
    last = max(at for at, part in enumerate(parts) if part.checkpoint)
    return text_of(parts[: last + 1])


def billing(number):
    return {
        "type": "text",
        "text": f"x-anthropic-billing-header: cc_version=2.1.330.{number}; cc_entrypoint=sdk-cli;",
    }


def text(words, **fields):
    return {"type": "text", "text": words, **fields}


# Claude Code: a new billing header in each request, cache_control that moves along, content that is
# a list first and a string later, system messages between the turns, thinking with a signature.
CLAUDE_TOOLS = [
    {"name": "Read", "description": "Reads.", "input_schema": {"$schema": "x", "type": "object"}},
    {"name": "Bash", "description": "Runs.", "input_schema": {"type": "object"}},
]


def claude(number, messages):
    system = [billing(number), text("You are a tool.", cache_control=CACHE), text("Rules.")]
    return {"model": "m", "max_tokens": 9, "system": system, "tools": CLAUDE_TOOLS} | {
        "messages": messages
    }


def claude_use(number, words):
    return {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": f"Thought {number}.", "signature": "s"},
            text(words),
            {"type": "tool_use", "id": f"t{number}", "name": "Read", "input": {"z": 1, "a": "é"}},
        ],
    }


def claude_result(number, content, **fields):
    return {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": f"t{number}", "content": content}],
    } | fields


CLAUDE = [
    claude("abc", [{"role": "user", "content": [text("Fix it", cache_control=CACHE)]}]),
    claude(
        "abc",
        [
            {"role": "user", "content": "Fix it"},
            {"role": "system", "content": "Reminder one."},
            claude_use(1, "I look."),
            claude_result(1, "one"),
        ],
    ),
    claude(
        "d01",
        [
            {"role": "user", "content": [text("Fix it")]},
            {"role": "system", "content": [text("Reminder one.", cache_control=CACHE)]},
            claude_use(1, "I look."),
            claude_result(1, [text("one")]),
            claude_use(2, "Again."),
            claude_result(2, [text("two", cache_control=CACHE)]),
        ],
    ),
]

# Codex: instructions as a developer message, reasoning and calls as items of their own.
CODEX_HEAD = [
    {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "Rules"}]},
    {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Fix it"}]},
]
CODEX_TURN = [
    {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "Hm."}]},
    {"type": "function_call", "call_id": "c1", "name": "shell", "arguments": '{"b": 1, "a": 2}'},
    {"type": "function_call_output", "call_id": "c1", "output": "done"},
]
CODEX_TOOLS = [
    {"type": "function", "name": "shell", "parameters": {"type": "object"}, "strict": False},
    {"type": "web_search"},
    {"type": "namespace", "name": "agents", "tools": [{"type": "function", "name": "spawn"}]},
]


def codex(items):
    return {"model": "m", "input": items, "tools": CODEX_TOOLS, "prompt_cache_key": "k"}


CODEX = [codex(CODEX_HEAD), codex(CODEX_HEAD + CODEX_TURN), codex(CODEX_HEAD + CODEX_TURN * 2)]


# opencode and its kin: reasoning_content comes back; Step-DeepResearch: tags in content parts and
# fields of its own; Claude Code Router: cache_control everywhere, and the reasoning dropped.
def chat(messages):
    tool = {"type": "function", "function": {"name": "read", "parameters": {"type": "object"}}}
    return {"model": "m", "messages": messages, "tools": [tool]}


def chat_turn(answer, number=1, result="done"):
    function = {"name": "read", "arguments": '{"path": "a", "n": 1}'}
    call = {"id": f"c{number}", "type": "function", "function": function}
    return [
        {"role": "assistant", "tool_calls": [call]} | answer,
        {"role": "tool", "tool_call_id": f"c{number}", "content": result},
    ]


def growing(system, ask, answers):
    """The requests of one tool loop."""
    head = [{"role": "system", "content": system}, {"role": "user", "content": ask}]
    turns = [message for at, answer in enumerate(answers) for message in chat_turn(answer, at)]
    return [chat(head + turns[:count]) for count in range(0, len(turns) + 1, 2)]


OPENCODE = growing("Rules", "Fix it", [{"content": "", "reasoning_content": "Hm."}] * 3)
ROUTER = growing(
    [billing("a"), text("Rules", cache_control=CACHE)],
    [text("Fix it", cache_control=CACHE)],
    [{"content": None}, {"content": [text("I look.", cache_control=CACHE)]}],
)
DEEP_RESEARCH = growing(
    "Rules",
    [text("Find it")],
    [{"content": [text("<think>\nHm.\n</think>\n\nI look.")], "id": "x", "extra_info": None}] * 2,
)
# Roo puts the clock into a new user message after the results of every step.
ROO = [
    chat([*body["messages"][:at], {"role": "user", "content": f"It is {at} o'clock"}])
    for at, body in ((2, OPENCODE[0]), (4, OPENCODE[1]), (6, OPENCODE[2]))
]

SEQUENCES = {
    "Claude Code": (messages_parse.parse, CLAUDE),
    "Codex": (lambda body: responses_parse.parse(body, ResponseStore()), CODEX),
    "opencode": (chat_parse.parse, OPENCODE),
    "Claude Code Router": (chat_parse.parse, ROUTER),
    "Step-DeepResearch": (chat_parse.parse, DEEP_RESEARCH),
}


@pytest.mark.parametrize("agent", SEQUENCES)
def test_each_prompt_of_an_agent_begins_with_the_one_before(agent):
    parse, requests = SEQUENCES[agent]
    prompts = [prompt(parse, body) for body in requests]

    for before, after in itertools.pairwise(prompts):
        assert text_of(after).startswith(kept(before))
        assert len(kept(after)) >= len(kept(before))


@pytest.mark.parametrize("agent", ["Codex", "opencode", "Step-DeepResearch"])
def test_a_tool_loop_reuses_the_whole_prompt_and_the_answer_before_it(agent):
    parse, requests = SEQUENCES[agent]
    prompts = [text_of(prompt(parse, body)) for body in requests]

    for before, after in itertools.pairwise(prompts):
        assert after.startswith(before + "Hm.\n</think>\n")


def test_a_message_after_the_results_costs_only_what_comes_after_the_last_question():
    prompts = [text_of(prompt(chat_parse.parse, body)) for body in ROO]
    question = text_of(prompt(chat_parse.parse, OPENCODE[0])).removesuffix("<think>\n")

    assert all(text.startswith(question.rpartition("<|im_start|>")[0]) for text in prompts)


def test_a_changed_header_changes_nothing():
    one, two = CLAUDE[2], copy.deepcopy(CLAUDE[2])
    two["system"][0] = billing("fff")

    assert prompt(messages_parse.parse, one) == prompt(messages_parse.parse, two)
    assert "billing" not in text_of(prompt(messages_parse.parse, one))


def test_cache_control_changes_nothing():
    def without(value):
        if isinstance(value, dict):
            return {key: without(item) for key, item in value.items() if key != "cache_control"}
        return [without(item) for item in value] if isinstance(value, list) else value

    for parse, requests in SEQUENCES.values():
        for body in requests:
            assert prompt(parse, body) == prompt(parse, without(body))


def test_the_order_of_tools_and_keys_is_the_clients():
    found = text_of(prompt(messages_parse.parse, CLAUDE[1]))

    assert found.index('"Read"') < found.index('"Bash"')
    assert found.index("<parameter=z>") < found.index("<parameter=a>")


def test_system_messages_stay_where_they_are():
    found = text_of(prompt(messages_parse.parse, CLAUDE[1]))

    assert found.index("Fix it") < found.index("Reminder one.") < found.index("I look.")


@pytest.mark.parametrize(
    "answer",
    [
        {"content": "So.", "reasoning_content": "Hm."},
        {"content": "So.", "reasoning": "Hm."},
        {"content": "<think>\nHm.\n</think>\n\nSo."},
        {"content": [text("<think>Hm.</think>So.")]},
        {"content": "<think>\nHm.\n</think>\nSo.", "reasoning_content": "Hm."},
    ],
)
def test_reasoning_is_restored_from_every_form(answer):
    bodies = [chat([{"role": "user", "content": "x"}, *chat_turn(form)]) for form in (answer, FORM)]

    assert prompt(chat_parse.parse, bodies[0]) == prompt(chat_parse.parse, bodies[1])


FORM = {"content": "So.", "reasoning_content": "Hm.", "reasoning": "Hm."}


@pytest.mark.parametrize("role", ["user", "system", "tool"])
def test_tags_that_others_wrote_are_left_alone(role):
    message = Message.of(role, "<think>\nHm.\n</think>\nSo.")

    assert canonical([message]) == (message,)


def test_an_answer_that_is_only_reasoning_keeps_its_calls():
    message = Message("assistant", (TextPart("<think>Hm."),))

    assert canonical([message])[0].parts == (ReasoningPart("Hm."),)


@pytest.mark.parametrize(
    ("system", "left"),
    [
        ("x-anthropic-billing-header: cc_version=1.2; cch=a1b2;\nYou are.", "You are."),
        ("x-anthropic-billing-header: cc_version=1.2; cch=a1b2;You are.", "You are."),
        ("Tell of x-anthropic-billing-header: a=b;", "Tell of x-anthropic-billing-header: a=b;"),
    ],
)
def test_a_header_inside_a_string_is_cut_off(system, left):
    assert canonical([Message.of("system", system)])[0].text == left


def test_a_system_message_that_is_only_a_header_is_dropped():
    messages = [Message.of("system", "x-anthropic-billing-header: a=b;"), Message.of("user", "x")]

    assert canonical(messages) == (messages[1],)
