"""``doorstep requests``: prints what a running endpoint with the same data folder is asked."""

import contextlib
import json
import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

from app.errors import AppError, ErrorKind

_ENDED = ("finished", "failed", "left")


def requests_command(path: Path, *, is_following: bool) -> int:
    """Print every request that has ended; with is_following until the endpoint ends."""
    try:
        found = _print_records(path, is_following=is_following)
    except BrokenPipeError:
        # Whoever read the lines has enough; nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if not found and not is_following:
        print("No requests are kept. Watch new ones with --follow.", file=sys.stderr)
    return 0


def _print_records(path: Path, *, is_following: bool) -> int:
    """Returns how many there were."""
    found = 0
    with _connected(path) as connection:
        connection.sendall(b"follow\n" if is_following else b"list\n")
        if is_following:
            print("Watching the requests; Ctrl+C ends it.", file=sys.stderr, flush=True)
        with (
            contextlib.suppress(ConnectionResetError),
            connection.makefile("r", encoding="utf-8") as lines,
        ):
            for line in lines:
                record = json.loads(line)
                if record["state"] in _ENDED:
                    print(described(record), flush=True)
                    found += 1
    return found


def described(record: dict[str, Any]) -> str:
    """One request in a line, and a line each for its tools and for why its prefix missed."""
    when = time.strftime("%H:%M:%S", time.localtime(record["started_at"]))
    key = record["key"] and f"key {record['key']}"
    who = [_plain(record["route"]), _plain(record["client"]), key]
    outcome = record["error"] or record["finish_reason"] or record["state"]
    tokens = (
        f"{record['prompt_tokens']:,} tokens read, {record['cached_tokens']:,} of them cached, "
        f"{record['completion_tokens']:,} written"
    )
    lines = [f"{when}  {'  '.join(filter(None, who))}  {outcome}  {tokens}{_times(record)}"]
    if record["tools"]:
        lines.append(f"          tools called: {', '.join(map(_plain, record['tools']))}")
    if miss := record["miss"]:
        lines.append(
            f"          prefix missed after {miss['after']:,} characters: "
            f"{miss['was']!r} became {miss['now']!r}"
        )
    return "\n".join(lines)


def _plain(words: str) -> str:
    """What a model or client wrote must not steer the terminal; repr does the same."""
    return "".join(c if c.isprintable() else "?" for c in words)


def _times(record: dict[str, Any]) -> str:
    waited, total = record["waited_s"], record["total_s"]
    first = "" if waited is None else f"  first token after {waited:.2f} s,"
    return "" if total is None else f"{first} {total:.2f} s in all"


def _connected(path: Path) -> socket.socket:
    """Raises AppError when nobody listens there."""
    if sys.platform == "win32":
        raise AppError(
            ErrorKind.BAD_REQUEST,
            "Not available on Windows yet",
            "The requests of a running endpoint can be watched on macOS and Linux only.",
        )
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(path))
    except OSError as error:
        connection.close()
        raise AppError(
            ErrorKind.BAD_REQUEST,
            "No endpoint runs with this data folder",
            "Start `doorstep serve`, or switch the endpoint on in the window, and try again. With "
            "--data-dir both must name the same folder.",
        ) from error
    return connection
