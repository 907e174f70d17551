"""The endpoint under load: many clients streaming at once from the scripted engine.

    make bench-http ARGS="--seconds 60"

Every token of the script is its own number, so that a lost, doubled or reordered one shows. A
token is due when the script plays it; its delay is how much later than that it arrived, measured
against the earliest token of the same stream. The clients run in this process, the endpoint and
the engine in two of their own: CPU time and memory are those of the endpoint's process alone, from
the frames of the engine to the socket of the client, all threads and both user and system time.
"""

import argparse
import asyncio
import importlib.metadata
import itertools
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
RATE = 100.0  # tokens per second and client
MESSAGES = {"messages": [{"role": "user", "content": "Count."}]}
# Path and what is asked there.
PROTOCOLS = {
    "chat": ("/v1/chat/completions", MESSAGES),
    "messages": ("/v1/messages", MESSAGES),
    "responses": ("/v1/responses", {"input": "Count."}),
}
LAST = (b"[DONE]", b"message_stop", b"response.completed")


@dataclass
class Heard:
    """What one client got: when each piece came, and the raw bytes."""

    pieces: list[tuple[float, bytes]] = field(default_factory=list)

    def tokens(self) -> list[tuple[float, int]]:
        """(arrival, number) of every token; an event counts when its last byte is there."""
        found: list[tuple[float, int]] = []
        pending, text = b"", ""
        for arrival, data in self.pieces:
            *events, pending = (pending + data).split(b"\n\n")
            for event in events:
                text += _content(event)
                # A number that ends its event is whole: the script never cuts one.
                found += [(arrival, int(number)) for number in text.split()]
                text = ""
        return found

    @property
    def is_ended(self) -> bool:
        return any(word in data for _, data in self.pieces[-3:] for word in LAST)


class Client(asyncio.Protocol):
    """Notes arrivals only: parsing waits until nobody is measured any more."""

    def __init__(self, request: bytes, heard: Heard, ended: "asyncio.Future[None]") -> None:
        self._request, self._heard, self._ended = request, heard, ended

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._heard.pieces.append((time.perf_counter(), data))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._ended.done():
            self._ended.set_result(None)


def main() -> int:
    options = _options()
    count = int(options.seconds * RATE)
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
        script = Path(folder) / "script.json"
        script.write_text(json.dumps(_script(count)), encoding="utf-8")
        process, port = _serve(Path(folder), script)
        try:
            server = psutil.Process(process.pid)
            request = _request(options.protocol, port)
            # Imports and first allocations are not load.
            asyncio.run(_stream_all(request, port, 2, 0.2))
            engine = server.children(recursive=True)[0]
            processes = server, engine, psutil.Process()
            memory, cpu = [server.memory_info().rss], [[_cpu_s(p) for p in processes]]
            started = time.perf_counter()
            limit_s = options.seconds + 60
            heard = asyncio.run(_stream_all(request, port, options.clients, limit_s))
            elapsed = time.perf_counter() - started
            memory.append(server.memory_info().rss)
            cpu.append([_cpu_s(p) for p in processes])
        finally:
            process.terminate()
            process.wait(10)
    used = [after - before for before, after in zip(*cpu, strict=True)]
    return _report(options, count, heard, memory, used, elapsed)


def _report(
    options: argparse.Namespace,
    count: int,
    all_heard: list[Heard],
    memory: list[int],
    used: list[float],
    elapsed: float,
) -> int:
    lost = reordered = 0
    first: list[float] = []  # while the clients all come at once
    later: list[float] = []
    for heard in all_heard:
        tokens = heard.tokens()
        numbers = [number for _, number in tokens]
        lost += count - len(set(numbers)) + (not heard.is_ended)
        reordered += sum(b != a + 1 for a, b in itertools.pairwise(numbers))
        lateness = [arrival - number / RATE for arrival, number in tokens]
        delays = [late - min(lateness) for late in lateness]
        first += delays[: int(RATE)]
        later += delays[int(RATE) :]
    total = max(1, len(first) + len(later))
    print(_machine())
    print(f"{options.clients} {options.protocol} clients, {count} tokens each at {RATE:.0f}/s")
    print(f"events: {len(first) + len(later)} tokens, {lost} lost, {reordered} out of order")
    print(f"added delay, all: {_spread(first + later)}")
    print(f"added delay, after the first second: {_spread(later)}")
    print(
        f"memory of the endpoint: {memory[0] / 1e6:.1f} MB before, {memory[1] / 1e6:.1f} MB after"
    )
    print(f"CPU of the endpoint: {used[0] / total * 1e6:.1f} us per token")
    # With the sum near what the cores can give, delays tell of the machine, not of the endpoint.
    shares = [f"{seconds / elapsed:.0%}" for seconds in used]
    print("share of one core: endpoint {}, engine {}, clients {}".format(*shares))
    return 1 if lost or reordered else 0


def _spread(delays: list[float]) -> str:
    if not delays:
        return "none"
    ordered = sorted(delays)
    p50, p99 = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
    return f"p50 {p50 * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms, max {ordered[-1] * 1e3:.1f} ms"


def _request(protocol: str, port: int) -> bytes:
    path, asked = PROTOCOLS[protocol]
    body = json.dumps({"model": "any", "stream": True, **asked}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _stream_all(request: bytes, port: int, clients: int, limit_s: float) -> list[Heard]:
    """Start them together and wait until all have ended, or the limit."""
    loop = asyncio.get_running_loop()
    all_heard, ends, transports = [], [], []
    for _ in range(clients):
        heard, ended = Heard(), loop.create_future()
        transport, _client = await loop.create_connection(
            lambda heard=heard, ended=ended: Client(request, heard, ended),
            "127.0.0.1",
            port,
        )
        all_heard.append(heard)
        ends.append(ended)
        transports.append(transport)
    await asyncio.wait(ends, timeout=limit_s)
    for transport in transports:
        transport.abort()
    return all_heard


def _content(event: bytes) -> str:
    """The words of one event; chunk sizes of the transfer coding stand on lines of their own."""
    found = re.search(rb"^data: (\{.*\})\s*$", event, re.MULTILINE)
    if found is None:
        return ""
    match json.loads(found[1]):
        case {"choices": [{"delta": {"content": str(text)}}]}:
            return text
        case {"type": "content_block_delta", "delta": {"text": str(text)}}:
            return text
        case {"type": "response.output_text.delta", "delta": str(text)}:
            return text
    return ""


def _script(count: int) -> dict[str, object]:
    return {
        "name": "counting",
        "tokens_per_second": RATE,
        "replies": [{"text": " ".join(map(str, range(count)))}],
    }


def _serve(folder: Path, script: Path) -> tuple["subprocess.Popen[str]", int]:
    command = [sys.executable, "-P", "-m", "app", "serve", "--no-key", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--data-dir", str(folder / "data"), "--engine", f"scripted:{script}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"listening on http://[^:]+:(\d+)/v1", line):
            return process, int(found[1])
    raise SystemExit(f"doorstep serve ended with code {process.wait()}")


def _cpu_s(server: psutil.Process) -> float:
    used = server.cpu_times()
    return float(used.user + used.system)


def _machine() -> str:
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("uvicorn", "starlette", "h11")
    )
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{platform.platform()}, {os.cpu_count()} cores{load}; "
        f"Python {platform.python_version()}, {versions}"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=64, help="at most the endpoint's 64")
    parser.add_argument("--protocol", choices=PROTOCOLS, default="chat")
    parser.add_argument("--seconds", type=float, default=20.0, help="length of each stream")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
