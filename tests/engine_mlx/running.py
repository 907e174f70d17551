"""Running requests on an MLX engine and seeing the tokens themselves."""

from app.engine.protocol import (
    EngineOptions,
    Failed,
    GenerateRequest,
    PromptPart,
    SamplingParams,
)
from engine_mlx import open_engine

GREEDY = SamplingParams(temperature=0)

CODE = [
    "def read_file(path):\n    with open(path) as file:\n        return file.read()\n\n\ndef ",
    "class Stack:\n    def __init__(self):\n        self.items = []\n\n    def push(self, item):\n",
    "import json\n\ndef load(path):\n    with open(path) as f:\n        return json.load(f)\n\n\n",
    "for index in range(10):\n    print(index)\n\nwhile True:\n    line = input()\n    if not line",
    "@app.route('/users/<int:id>')\ndef user(id):\n    user = find_user(id)\n    return ",
    "try:\n    value = int(text)\nexcept ValueError:\n    value = None\nfinally:\n    ",
]
PROSE = [
    "The weather today is",
    "Once upon a time there was a small house at the edge of the wood, and in it",
    "The function returns a list of all the files in the directory. If the directory does not",
    "To install the package, use",
    "This module provides a way to read and write files. See also",
    "In the morning the girl went to the market and",
]
QUESTIONS = [
    "Write a Python function that adds two numbers.",
    "Hello! How are you?",
    "What is 23 + 48?",
    "List three colours.",
    "Tell me a short story about a dog.",
    "Repeat: the quick brown fox jumps over the lazy dog",
    "Write a function that reverses a string.",
    "What is your name?",
    "Give this text a title: The cat sat on the mat and looked at the bird.",
]
# Words in an order that nothing predicts.
SCRAMBLED = [
    "zq vixen 7 ;; {door} plum 0x1f -> cobalt, /usr ~ 93 yes?! <a> moth %d || tin",
    "9 8 3 1 7 7 2 blue [x] under __ ivy; 4.5e-3 «nine» KELP ant\tode & rust 61",
]


def chat(text):
    return f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n<think>\n"


def varied_prompts(count):
    """Prompts of several kinds, many longer than the window, all different."""
    kinds = [*CODE, *PROSE, *map(chat, QUESTIONS), *SCRAMBLED]
    prompts = []
    for number in range(count):
        text = kinds[number % len(kinds)]
        turns = number // len(kinds)
        before = "".join(kinds[(number + 5 * turn + turns) % len(kinds)] for turn in range(turns))
        prompts.append(before + text)
    return prompts


def open_nano(folder, depth, **options):
    settings = {"context_length": 4096, "draft_depth": depth} | options
    return open_engine(folder, EngineOptions(**settings), lambda _: None)


def answer(engine, prompts, *, at_once=1, **changes):
    """The tokens of each answer; ``changes`` are fields of the request."""
    settings = {"sampling": GREEDY, "max_tokens": 64} | changes
    requests = [
        GenerateRequest(str(number), as_parts(prompt), **settings)
        for number, prompt in enumerate(prompts)
    ]
    return answers(engine, requests, at_once=at_once)


def answers(engine, requests, *, at_once=1):
    """The tokens of each request's answer, with so many requests running together."""
    found, submitted = _record(engine), 0
    while len(found) < len(requests):
        while submitted < len(requests) and submitted - len(found) < at_once:
            engine.submit(requests[submitted])
            submitted += 1
        for event in engine.step():
            assert not isinstance(event, Failed), event
    return [found[request.id] for request in requests]


def as_parts(prompt):
    return (PromptPart(prompt, special=True),) if isinstance(prompt, str) else tuple(prompt)


def _record(engine):
    """Notes the tokens of each sequence as it leaves the batch."""
    found = {}
    drop = type(engine)._drop

    def recording(sequence):
        found[sequence.request.id] = list(sequence.tokens[sequence.prompt_tokens :])
        drop(engine, sequence)

    engine._drop = recording
    return found
