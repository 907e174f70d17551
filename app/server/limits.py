"""What one client may take of the endpoint: connections, requests, bytes and seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Generous for agents, small for somebody who only wants to hold the endpoint up."""

    connections: int = 128
    requests: int = 64  # answers being generated or waiting, all clients together
    header_bytes: int = 16 * 1024
    body_bytes: int = 32 * 1024 * 1024
    head_timeout_s: float = 30.0  # from an idle connection to a complete request head
    body_timeout_s: float = 30.0  # for a whole body: everybody here is on the same machine
    rest_timeout_s: float = 2.0  # for the rest of a body that was refused
    write_timeout_s: float = 60.0  # for a client that does not read its answer
    keep_alive_s: float = 5.0  # between two signs of life on a stream
