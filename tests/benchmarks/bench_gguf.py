"""Doorstep's GGUF engine beside llama-server, both over HTTP, in turns: A B A B.

    make bench-gguf ARGS="--peer /path/to/python-with-xllamacpp"

llama-server is the one in the ``xllamacpp`` wheel, in an environment of its own. Only ratios within
one run mean anything: the servers take turns, and what else the machine does hits both.
"""

import argparse
import contextlib
import http.client
import importlib.metadata
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
STORY = "Write a long story about a door, a carpenter and the wind. Do not stop early. "
LONG = "The door was open and the wind came in. "
CODE = (ROOT / "app" / "engine" / "text.py").read_text()
STORIES = [f"Tell me a story about a {thing}." for thing in ("cat", "boat")]
# Several of each kind, because nano-step answers some in a few hundredths of a second.
PROMPTS = {
    "code": (CODE[:900], CODE[900:1800]),
    "prose": (STORY, "Tell me a story.", *STORIES),
    "chat": (
        "What is a hinge? Answer in one paragraph.", "Who are you?", "What can you do?",
        "What is 23 + 45?", "List the planets.", "Give me a list of ten fruits.",
    ),
}  # fmt: skip
ASIDE_BYTES = 1 << 30  # servers of a model up to this size run side by side
PEER = """
import json, sys, time, xllamacpp as x
o = json.loads(sys.argv[1]); p = x.CommonParams()
p.model.path = o["model"]; p.n_ctx = o["context"]; p.n_parallel = o["parallel"]
p.cpuparams.n_threads = p.cpuparams_batch.n_threads = o["threads"]; p.fit_params = False
p.kv_unified = o["unified"]; p.warmup = True
if o["depth"]:
    p.load_mtp = True
    p.speculative.types = [x.common_speculative_type.COMMON_SPECULATIVE_TYPE_DRAFT_MTP]
    p.speculative.draft.n_max = o["depth"]
s = x.Server(p); print("listening on", s.listening_address, flush=True)
time.sleep(3600)
"""


@dataclass
class Figures:
    """What one side did, by measure."""

    found: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        print(f"  {name}: {value:.3f}", file=sys.stderr, flush=True)
        self.found.setdefault(name, []).append(value)


@dataclass(frozen=True)
class Answer:
    first_s: float  # time to first token
    decode_s: float
    whole_s: float
    tokens: int


class Server:
    """A server in a process of its own, ended on leaving."""

    def __init__(self, command: list[str]) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self._log, text=True, cwd=ROOT
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if "listening on" not in line:
            self._log.seek(0)
            sys.exit(f"server did not start: {line}{self._log.read()[-2000:]!r}")
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        self.port = int(line.strip().rstrip("/").rsplit(":", 1)[1].split("/")[0])

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def ask(self, text: str, tokens: int) -> Answer:
        """One streamed chat completion, greedy."""
        body = {
            "model": "m", "messages": [{"role": "user", "content": text}], "stream": True,
            "temperature": 0, "max_tokens": tokens, "stream_options": {"include_usage": True},
        }  # fmt: skip
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        begin = time.perf_counter()
        connection.request(
            "POST", "/v1/chat/completions", json.dumps(body), {"Content-Type": "application/json"}
        )
        reply = connection.getresponse()
        first = last = 0.0
        count = 0
        for line in reply:
            if not line.startswith(b"data: {"):
                continue
            event = json.loads(line[6:])
            if any(
                choice["delta"].get("content") or choice["delta"].get("reasoning_content")
                for choice in event.get("choices", ())
            ):
                last = time.perf_counter()
                first = first or last
            count = (event.get("usage") or {}).get("completion_tokens", count)
        connection.close()
        assert count, reply.status
        return Answer(first - begin, last - first, last - begin, count)

    def together(self, clients: int, tokens: int) -> float:
        """Total tokens per second of several clients."""
        texts = [f"{STORY} It is story number {n}. " + LONG * 10 for n in range(clients)]
        begin = time.perf_counter()
        with ThreadPoolExecutor(clients) as pool:
            answers = list(pool.map(lambda text: self.ask(text, tokens), texts))
        return sum(one.tokens for one in answers) / (time.perf_counter() - begin)


def ours(model: Path, context: int, threads: int, **options: object) -> Server:
    # The path that is safe everywhere, without a probe at each start.
    settings = json.dumps(
        {"context_length": context, "threads": threads, "use_extra_buffers": False} | options
    )
    return Server([sys.executable, __file__, "--serve", str(model), settings])


def theirs(peer: str, model: Path, context: int, threads: int, **options: object) -> Server:
    settings = {
        "model": str(model), "context": context, "threads": threads, "parallel": 1, "depth": 0,
        "unified": False,
    } | options  # fmt: skip
    return Server([peer, "-c", PEER, json.dumps(settings)])


def serve(model: str, options: str) -> None:
    """What ``doorstep serve`` runs, with engine options that have no switch."""
    sys.path.insert(0, str(ROOT))
    from app.engine.client import EngineClient
    from app.engine.launch import MachineChoices, WorkerSpec
    from app.engine.protocol import EngineOptions
    from app.server.control import EndpointControl

    with tempfile.TemporaryDirectory() as folder:
        spec = WorkerSpec("engine_gguf", Path(model), EngineOptions(**json.loads(options)))
        engine = EngineClient(spec, MachineChoices(Path(folder) / "choices.json"))
        control = EndpointControl(engine, 0, None)
        control.start()
        engine.start()
        engine.wait_ready()
        print(f"listening on {control.address}", flush=True)
        threading.Event().wait(3600)


def decode_rate(answer: Answer) -> float:
    return (answer.tokens - 1) / answer.decode_s


def single_and_prefix(server: Server, figures: Figures, tokens: int) -> None:
    prompt = STORY + LONG * 40
    figures.add("time to first token, cold (s)", server.ask(prompt, 2).first_s)
    for _ in range(4):
        figures.add("time to first token, prefix hit (s)", server.ask(prompt, 2).first_s)
    for n in range(4):  # another end, so that some tokens have to be computed
        longer = server.ask(f"{prompt} Chapter {n}.", 2)
        figures.add("time to first token, longer (s)", longer.first_s)
    for n in range(3):
        figures.add("single stream (tok/s)", decode_rate(server.ask(f"{STORY}{n}", tokens)))


def clients(server: Server, figures: Figures, count: int, tokens: int) -> None:
    server.together(count, 2)  # prompts known: what is compared is writing together
    figures.add(f"{count} clients (tok/s)", server.together(count, tokens))


def bench_servers(arguments: argparse.Namespace, starter: Path) -> None:
    """Single stream, prefix hits, 4 and 8 clients on SmolLM2."""
    a, b = Figures(), Figures()
    for _ in range(arguments.rounds):
        with ours(starter, 8192, arguments.threads) as server:
            single_and_prefix(server, a, arguments.tokens)
            for count in (4, 8):
                clients(server, a, count, arguments.tokens)
        for count in (1, 4, 8):
            with theirs(arguments.peer, starter, 8192, arguments.threads, parallel=count) as server:
                if count == 1:
                    single_and_prefix(server, b, arguments.tokens)
                else:
                    clients(server, b, count, arguments.tokens)
    table("SmolLM2-135M: Doorstep ÷ llama-server", a, b)


def bench_mtp(arguments: argparse.Namespace, model: Path) -> None:
    """Decode speed with drafts by measurement, without, and llama-server's MTP at each depth."""
    makers = {
        "adaptive": lambda: ours(model, 4096, arguments.threads),
        "off": lambda: ours(model, 4096, arguments.threads, draft_depth=0),
    }
    if arguments.peer:
        for depth in (0, 1, 2, 3):
            makers[f"llama-server {depth}"] = lambda depth=depth: theirs(
                arguments.peer, model, 4096, arguments.threads, depth=depth
            )
    sides = {name: Figures() for name in makers}
    if model.stat().st_size <= ASIDE_BYTES:
        # Asked in turns, so that a slow moment of the machine hits all sides.
        with contextlib.ExitStack() as stack:
            servers = {name: stack.enter_context(make()) for name, make in makers.items()}
            decode_rates(servers, sides, arguments, 3 * arguments.rounds)
    else:
        for _ in range(arguments.rounds):
            for name, make in makers.items():
                with make() as server:
                    decode_rates({name: server}, sides, arguments, 3)
    table(f"{model.name}: adaptive ÷ off (tok/s)", sides["adaptive"], sides["off"])
    if arguments.peer:
        best = Figures()
        for kind in PROMPTS:
            rates = [sides[f"llama-server {depth}"].found[kind] for depth in (1, 2, 3)]
            best.found[kind] = max(rates, key=statistics.median)
        table(f"{model.name}: adaptive ÷ llama-server's best MTP", sides["adaptive"], best)
        table(f"{model.name}: off ÷ llama-server off", sides["off"], sides["llama-server 0"])


def decode_rates(
    servers: dict[str, Server],
    sides: dict[str, Figures],
    arguments: argparse.Namespace,
    passes: int,
) -> None:
    """Tokens per second of each side over all prompts of a kind, in turns."""
    for kind, prompts in PROMPTS.items():
        for server in servers.values():
            for prompt in prompts:
                server.ask(prompt, 40)
        for number in range(passes):
            for name, server in list(servers.items())[:: -1 if number % 2 else 1]:
                answers = [server.ask(prompt, 3 * arguments.tokens) for prompt in prompts]
                seconds = sum(answer.decode_s for answer in answers)
                rate = sum(answer.tokens - 1 for answer in answers) / seconds
                sides[name].add(kind, rate)


def bench_disk(arguments: argparse.Namespace, starter: Path) -> None:
    """A full context of SmolLM2: read from disk after a restart, against computed."""
    prompt = LONG * 740  # 8,100 tokens
    warm, cold = Figures(), Figures()
    with tempfile.TemporaryDirectory() as folder:
        with ours(starter, 8192, arguments.threads, cache_dir=folder) as server:
            cold.add("8K prompt (s)", server.ask(prompt, 2).first_s)
            time.sleep(3)
        for _ in range(3):
            with ours(starter, 8192, arguments.threads, cache_dir=folder) as server:
                warm.add("8K prompt (s)", server.ask(prompt, 2).first_s)
    table("SmolLM2-135M: prefix from disk ÷ cold", warm, cold)


def table(title: str, a: Figures, b: Figures) -> None:
    print(
        f"\n{title}\n{'':38}{'A median':>10}{'spread':>16}{'B median':>10}{'spread':>16}"
        f"{'A ÷ B':>8}"
    )
    for name, mine in a.found.items():
        other = b.found.get(name)
        if not other:
            continue
        x, y = statistics.median(mine), statistics.median(other)
        print(
            f"{name:38}{x:10.3f}{f'{min(mine):.2f}-{max(mine):.2f}':>16}"
            f"{y:10.3f}{f'{min(other):.2f}-{max(other):.2f}':>16}{x / y:8.3f}",
            flush=True,
        )


def machine(arguments: argparse.Namespace) -> None:
    from engine_gguf.bindings import llama
    from engine_gguf.processor import best_code

    codes = {size: best_code(Path(llama._base_path), size) for size in (64, 32)}
    told = [f"{code.stem} for heads of {size}" for size, code in codes.items() if code]
    print(f"{platform.platform()}, {', '.join(told) or platform.machine()}", end=", ")
    print(f"{arguments.threads} threads, Python {platform.python_version()}", end=", ")
    print("llama-cpp-python", importlib.metadata.version("llama-cpp-python"), end=", ")
    code = "import importlib.metadata as m; print(m.version('xllamacpp'))"
    found = "none"
    if arguments.peer:
        found = subprocess.run(
            [arguments.peer, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
    print("xllamacpp", found, flush=True)


def main() -> None:
    if sys.argv[1:2] == ["--serve"]:
        serve(*sys.argv[2:4])
        return
    sys.path.insert(0, str(ROOT))
    from app.models.locate import starter_path

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--peer", help="a Python that has xllamacpp; without it only our own ratios"
    )
    parser.add_argument("--mtp", type=Path, nargs="*", default=[], help="GGUF files with MTP heads")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--tokens", type=int, default=96)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=["servers", "mtp", "disk"])
    arguments = parser.parse_args()
    machine(arguments)
    if arguments.peer and arguments.only in (None, "servers"):
        bench_servers(arguments, starter_path())
    for model in arguments.mtp if arguments.only in (None, "mtp") else ():
        bench_mtp(arguments, model)
    if arguments.only in (None, "disk"):
        bench_disk(arguments, starter_path())


if __name__ == "__main__":
    main()
