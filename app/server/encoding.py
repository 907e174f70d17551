"""Unpacks compressed request bodies, never to more than the limit of plain ones."""

import sys
import zlib
from collections.abc import Callable

from app.server.errors import ApiError, invalid

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def unpack(untrusted_body: bytes, encoding: str, limit_bytes: int) -> bytes:
    """The plain body. Raises ApiError 400, 413 or, for other encodings, 415."""
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return untrusted_body
    unpacker = _UNPACKERS.get(name)
    if unpacker is None:
        raise ApiError(
            415,
            "Send the body uncompressed, or compressed with gzip, deflate or zstd.",
            headers={"Accept-Encoding": "gzip, deflate, zstd"},
        )
    try:
        body = unpacker(untrusted_body, limit_bytes + 1)
    except (zlib.error, zstd.ZstdError, EOFError):
        raise invalid(f"The request body is not valid {name} data.") from None
    if len(body) > limit_bytes:
        raise too_large(limit_bytes)
    return body


def too_large(limit_bytes: int) -> ApiError:
    return ApiError(413, f"The request body is larger than {limit_bytes // 2**20} MiB.")


def _gunzip(data: bytes, limit_bytes: int) -> bytes:
    return _inflate(data, limit_bytes, 16 + zlib.MAX_WBITS)


def _inflate_any(data: bytes, limit_bytes: int) -> bytes:
    """As RFC 9110 has it, with a zlib header; some clients leave that out."""
    try:
        return _inflate(data, limit_bytes, zlib.MAX_WBITS)
    except zlib.error:
        return _inflate(data, limit_bytes, -zlib.MAX_WBITS)


def _inflate(data: bytes, limit_bytes: int, window_bits: int) -> bytes:
    unpacker = zlib.decompressobj(window_bits)
    body = unpacker.decompress(data, limit_bytes)
    if len(body) < limit_bytes and not unpacker.eof:
        raise EOFError
    return body


def _unpack_zstd(data: bytes, limit_bytes: int) -> bytes:
    unpacker = zstd.ZstdDecompressor()
    body = unpacker.decompress(data, limit_bytes)
    if len(body) < limit_bytes and not unpacker.eof:
        raise EOFError
    return body


_UNPACKERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate_any,
    "zstd": _unpack_zstd,
}
