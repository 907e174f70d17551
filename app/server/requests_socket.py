"""Shows the inspector's records to ``doorstep requests`` through a socket file of the user's own.

Everything here runs on the endpoint's loop. A follower sends one line, "list" or "follow", and gets
one JSON object per line: the records so far, then every change. No prompt leaves the process, only
the few characters in which one differs from an earlier one.
"""

import asyncio
import contextlib
import json
import logging
import os
import socket
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from app.server.inspector import Inspector, RequestRecord

log = logging.getLogger(__name__)

_FOLLOWERS = 8
_BACKLOG = 1000  # changes that a follower may be behind
_LINE_LIMIT_S = 5.0


def shown(record: RequestRecord) -> dict[str, Any]:
    """What leaves the process of a record: figures, names, and where the prompt differs."""
    miss = record.miss
    return {
        "id": record.id,
        "started_at": record.started_at,
        "route": record.origin.protocol,
        "client": record.origin.client,
        "key": record.origin.key,
        "state": record.state,
        "finish_reason": record.finish_reason,
        "error": record.error,
        "prompt_tokens": record.prompt_tokens,
        "cached_tokens": record.cached_tokens,
        "completion_tokens": record.completion_tokens,
        "waited_s": record.waited_s,
        "total_s": record.total_s,
        "tools": [call.name for call in record.tool_calls],
        "miss": miss and {"after": miss.shared, "was": miss.was, "now": miss.now},
    }


@contextlib.asynccontextmanager
async def requests_socket(inspector: Inspector, path: Path | None) -> AsyncIterator[None]:
    """Listen while the context lasts; the endpoint works without it where it cannot be had."""
    listener = None if path is None else _listener(path)
    if listener is None or sys.platform == "win32":
        yield
        return
    followers: set[asyncio.Task[None]] = set()

    def on_follower(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(followers) >= _FOLLOWERS:
            writer.close()
            return
        task = asyncio.create_task(_serve(inspector, reader, writer))
        followers.add(task)
        task.add_done_callback(followers.discard)

    server = await asyncio.start_unix_server(on_follower, sock=listener)
    try:
        yield
    finally:
        server.close()
        waiting = list(followers)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert path is not None
        path.unlink(missing_ok=True)


def _listener(path: Path) -> socket.socket | None:
    """None where there are no socket files, or another instance has this one."""
    if sys.platform == "win32":
        return None
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _remove_stale(path)
        listener.bind(str(path))
        os.chmod(path, 0o600)  # nobody can connect before listen
        listener.listen(_FOLLOWERS)
    except OSError as error:  # also a path longer than about 100 characters
        log.warning("no socket for `doorstep requests`: %s", error.strerror or error)
        listener.close()
        return None
    return listener


def _remove_stale(path: Path) -> None:
    """Remove what a crash has left; raises OSError when somebody still listens."""
    assert sys.platform != "win32"
    if not path.exists() or not stat.S_ISSOCK(path.stat().st_mode):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()


async def _serve(
    inspector: Inspector, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        line = await asyncio.wait_for(reader.readline(), _LINE_LIMIT_S)
        if line == b"follow\n":
            await _follow(inspector, reader, writer)
        elif line == b"list\n":
            for record in inspector.records():
                await _send(writer, record)
    except (OSError, ValueError, TimeoutError) as error:
        log.info("a follower was let go: %s", type(error).__name__)
    finally:
        writer.close()


async def _follow(
    inspector: Inspector, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Until it leaves or falls too far behind. The inspector is on meanwhile."""
    loop = asyncio.get_running_loop()
    changes: asyncio.Queue[RequestRecord] = asyncio.Queue()

    def take(record: RequestRecord) -> None:
        if changes.qsize() < _BACKLOG:
            changes.put_nowait(record)
        else:
            writer.close()

    def on_record(record: RequestRecord) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(take, record)

    with inspector.watched():
        unsubscribe = inspector.subscribe(on_record)
        for record in inspector.records():
            take(record)
        sending = asyncio.create_task(_send_all(writer, changes))
        try:
            await reader.read()
        finally:
            unsubscribe()
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)


async def _send_all(writer: asyncio.StreamWriter, changes: asyncio.Queue[RequestRecord]) -> None:
    while True:
        await _send(writer, await changes.get())


async def _send(writer: asyncio.StreamWriter, record: RequestRecord) -> None:
    writer.write(json.dumps(shown(record)).encode() + b"\n")
    await writer.drain()
