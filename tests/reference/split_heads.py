"""Cuts a small GGUF model with MTP heads into a file without heads and one with nothing else."""

import struct

from app.models.gguf_header import read_header

_ALIGNMENT = 32


def split_heads(path, trunk, heads):
    """Write both files. The heads' file has the embedding and the output, and no trunk layer."""
    data, header = path.read_bytes(), read_header(path)
    first = {
        int(one.name.split(".")[1]) for one in header.tensors if one.name.endswith("eh_proj.weight")
    }
    mtp = tuple(f"blk.{layer}." for layer in first)
    in_heads = [one for one in header.tensors if one.name.startswith(mtp)]
    shared = [one for one in header.tensors if not one.name.startswith("blk.")]
    layers = [one for one in header.tensors if one not in in_heads and one not in shared]
    _write(trunk, data, header, shared + layers)
    _write(heads, data, header, shared + in_heads)


def _write(path, data, header, tensors):
    name = header.tensors[0].name.encode()
    fields_end = data.index(struct.pack("<Q", len(name)) + name)
    count = struct.unpack_from("<Q", data, 16)[0]
    infos, body = b"", b""
    for tensor in tensors:
        kind, old = _kind(data, tensor.name)
        infos += struct.pack("<Q", len(tensor.name)) + tensor.name.encode()
        infos += struct.pack(
            f"<I{len(tensor.shape)}QIQ", len(tensor.shape), *tensor.shape, kind, len(body)
        )
        at = header.data_at + old
        body += data[at : at + tensor.size_bytes]
        body += bytes(-len(body) % _ALIGNMENT)
    head = data[:8] + struct.pack("<QQ", len(tensors), count) + data[24:fields_end] + infos
    path.write_bytes(head + bytes(-len(head) % _ALIGNMENT) + body)


def _kind(data, name):
    """Type number and offset of a tensor, from behind its name and shape."""
    text = struct.pack("<Q", len(name)) + name.encode()
    at = data.index(text) + len(text)
    (dimensions,) = struct.unpack_from("<I", data, at)
    return struct.unpack_from("<IQ", data, at + 4 + 8 * dimensions)
