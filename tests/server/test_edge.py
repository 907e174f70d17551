"""Our own mistakes: told to the client and the log without a word of the conversation."""

import asyncio

import httpx
import pytest

from app.errors import AppError, ErrorKind
from app.server.edge import Edge
from app.server.errors import from_app_error

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


FOR_CLIENTS = {  # their words are made for them
    *(ErrorKind.BAD_REQUEST, ErrorKind.TEMPLATE, ErrorKind.ENGINE_BUSY),
    *(ErrorKind.TOOL_CALL_MISSING, ErrorKind.ANSWER_INVALID),
}


@pytest.mark.parametrize("kind", sorted(set(ErrorKind) - FOR_CLIENTS))
def test_no_other_error_of_the_app_tells_a_client_of_files(kind):
    error = AppError(kind, "It did not work", "cannot open /home/ann/secret.gguf")

    assert "/home" not in from_app_error(error).message
