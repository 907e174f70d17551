"""Our own mistakes: told to the client and the log without a word of the conversation."""

import asyncio

import httpx
import pytest

from app.server.edge import Edge

WORDS = "secret words"


def answer_of(app):
    async def get():
        transport = httpx.ASGITransport(Edge(app))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get("/")

    return asyncio.run(get())


async def broken(scope, receive, send):
    raise ValueError(WORDS)


async def broken_midway(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise ValueError(WORDS)


def test_a_bug_is_an_internal_error_and_its_message_stays_here(caplog):
    answer = answer_of(broken)

    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal_error"
    assert "ValueError in the endpoint" in caplog.text
    assert WORDS not in answer.text + caplog.text


def test_a_bug_in_a_started_answer_cuts_the_connection():
    with pytest.raises(ConnectionAbortedError):
        answer_of(broken_midway)
