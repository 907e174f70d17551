"""What a connection writes: the head of an answer together with the first of its body."""

import h11
import pytest

from app.server.connection import _Framing

CHUNKED = h11.Response(status_code=200, headers=[("Transfer-Encoding", "chunked")])


@pytest.fixture
def framing():
    """A connection that has read a request."""
    framing = _Framing(h11.SERVER)
    framing.receive_data(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert [type(framing.next_event()) for _ in range(2)] == [h11.Request, h11.EndOfMessage]
    return framing


def test_the_head_leaves_with_the_first_chunk(framing):
    assert framing.send(CHUNKED) == b""

    sent = framing.send(h11.Data(data=b"data: 1\n\n"))

    assert sent.startswith(b"HTTP/1.1 200 \r\n")
    assert sent.endswith(b"\r\n\r\n9\r\ndata: 1\n\n\r\n")
    assert framing.send(h11.Data(data=b"data: 2\n\n")) == b"9\r\ndata: 2\n\n\r\n"
    assert framing.send(h11.EndOfMessage()) == b"0\r\n\r\n"


def test_the_head_leaves_with_a_body_of_known_length(framing):
    framing.send(h11.Response(status_code=200, headers=[("Content-Length", "2")]))

    assert framing.send(h11.Data(data=b"{}")).endswith(b"\r\n\r\n{}")


def test_the_head_leaves_where_there_is_no_body(framing):
    framing.send(h11.Response(status_code=204, headers=[]))

    assert framing.send(h11.EndOfMessage()).startswith(b"HTTP/1.1 204 ")


def test_an_empty_chunk_sends_nothing_and_ends_nothing(framing):
    framing.send(CHUNKED)

    assert framing.send(h11.Data(data=b"")) == b""
    assert framing.send(h11.EndOfMessage()).endswith(b"\r\n\r\n0\r\n\r\n")
