"""BERT in numpy, float64, and as a GGUF file: what embedding models are compared with."""

import math
from dataclasses import dataclass

import numpy as np

from tests.reference.gguf_writer import write_gguf

MEAN, CLS = 1, 2
_LAYER = {
    "attn_q": "attention.self.query",
    "attn_k": "attention.self.key",
    "attn_v": "attention.self.value",
    "attn_output": "attention.output.dense",
    "attn_output_norm": "attention.output.LayerNorm",
    "ffn_up": "intermediate.dense",
    "ffn_down": "output.dense",
    "layer_output_norm": "output.LayerNorm",
}
_NORMAL, _UNKNOWN, _CONTROL = 1, 2, 3


@dataclass(frozen=True)
class Bert:
    """``weights`` by the names of the published checkpoints; ``vocabulary`` in WordPiece."""

    weights: dict
    vocabulary: list
    layers: int
    heads: int
    context_length: int
    pooling: int = MEAN
    epsilon: float = 1e-12

    def embed(self, tokens):
        """The vector of length 1 for token ids that include [CLS] and [SEP]."""
        x = self._weight("embeddings.word_embeddings")[tokens]
        x = x + self._weight("embeddings.position_embeddings")[: len(tokens)]
        x = x + self._weight("embeddings.token_type_embeddings")[0]
        x = self._norm(x, "embeddings.LayerNorm")
        for layer in range(self.layers):
            x = self._layer(x, f"encoder.layer.{layer}.")
        pooled = x.mean(axis=0) if self.pooling == MEAN else x[0]
        return pooled / np.linalg.norm(pooled)

    def write(self, path):
        """As llama.cpp wants it."""
        fields = {
            "general.architecture": "bert",
            "bert.block_count": self.layers,
            "bert.context_length": self.context_length,
            "bert.embedding_length": self._weight("embeddings.word_embeddings").shape[1],
            "bert.feed_forward_length": len(self._bias("encoder.layer.0.intermediate.dense")),
            "bert.attention.head_count": self.heads,
            "bert.attention.layer_norm_epsilon": self.epsilon,
            "bert.attention.causal": False,
            "bert.pooling_type": self.pooling,
            "tokenizer.ggml.model": "bert",
            "tokenizer.ggml.pre": "default",
            "tokenizer.ggml.token_type_count": 2,
            "tokenizer.ggml.tokens": [_phantom(token) for token in self.vocabulary],
            "tokenizer.ggml.token_type": [_kind(token) for token in self.vocabulary],
        }
        for name, token in (
            ("bos", "[CLS]"), ("eos", "[SEP]"), ("unknown", "[UNK]"), ("seperator", "[SEP]"),
            ("padding", "[PAD]"), ("cls", "[CLS]"), ("mask", "[MASK]"),
        ):  # fmt: skip
            fields[f"tokenizer.ggml.{name}_token_id"] = self.vocabulary.index(token)
        write_gguf(path, fields, self._tensors())

    def _tensors(self):
        tensors = {
            "token_embd.weight": self.weights["embeddings.word_embeddings.weight"],
            "position_embd.weight": self.weights["embeddings.position_embeddings.weight"],
            "token_types.weight": self.weights["embeddings.token_type_embeddings.weight"],
        }
        names = {"token_embd_norm": "embeddings.LayerNorm"}
        for layer in range(self.layers):
            for ours, theirs in _LAYER.items():
                names[f"blk.{layer}.{ours}"] = f"encoder.layer.{layer}.{theirs}"
        for ours, theirs in names.items():
            for part in ("weight", "bias"):
                tensors[f"{ours}.{part}"] = self.weights[f"{theirs}.{part}"]
        return tensors

    def _layer(self, x, at):
        length, width = x.shape
        queries, keys, values = (
            self._linear(x, f"{at}attention.self.{name}")
            .reshape(length, self.heads, width // self.heads)
            .transpose(1, 0, 2)
            for name in ("query", "key", "value")
        )
        scores = queries @ keys.transpose(0, 2, 1) / math.sqrt(width // self.heads)
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = scores / scores.sum(axis=-1, keepdims=True) @ values
        mixed = mixed.transpose(1, 0, 2).reshape(length, width)
        x = x + self._linear(mixed, f"{at}attention.output.dense")
        x = self._norm(x, f"{at}attention.output.LayerNorm")
        hidden = _gelu(self._linear(x, f"{at}intermediate.dense"))
        return self._norm(x + self._linear(hidden, f"{at}output.dense"), f"{at}output.LayerNorm")

    def _linear(self, x, name):
        return x @ self._weight(name).T + self._bias(name)

    def _norm(self, x, name):
        centred = x - x.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + self.epsilon)
        return centred / scale * self._weight(name) + self._bias(name)

    def _weight(self, name):
        return self.weights[f"{name}.weight"].astype(np.float64)

    def _bias(self, name):
        return self.weights[f"{name}.bias"].astype(np.float64)


def random_bert(pooling=MEAN):
    """A tiny one with a vocabulary of letters, words and an added marker."""
    chance = np.random.default_rng(1)
    width, hidden, layers, context = 32, 64, 2, 64
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", ",", "[", "]"]
    vocabulary += [*letters, *(f"##{letter}" for letter in letters), "door", "hinge", "##s"]
    vocabulary = list(dict.fromkeys(vocabulary))
    shapes = {
        "embeddings.word_embeddings.weight": (len(vocabulary), width),
        "embeddings.position_embeddings.weight": (context, width),
        "embeddings.token_type_embeddings.weight": (2, width),
    }
    linear = {"intermediate.dense": (hidden, width), "output.dense": (width, hidden)}
    for at in ["embeddings.LayerNorm"] + [
        f"encoder.layer.{layer}.{theirs}" for layer in range(layers) for theirs in _LAYER.values()
    ]:
        square = (width, width)
        part = at.partition("layer.")[2][2:]
        shapes[f"{at}.weight"] = (width,) if "Norm" in at else linear.get(part, square)
        shapes[f"{at}.bias"] = (shapes[f"{at}.weight"][0],)
    weights = {
        name: chance.normal(1.0 if name.endswith("Norm.weight") else 0.0, 0.3, shape)
        for name, shape in shapes.items()
    }
    return Bert(weights, vocabulary, layers, heads=4, context_length=context, pooling=pooling)


def _gelu(x):
    return 0.5 * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def _phantom(token):
    """llama.cpp marks the beginnings of words, WordPiece the pieces that continue one."""
    if _kind(token) != _NORMAL:
        return token
    return token[2:] if token.startswith("##") else "\u2581" + token


def _kind(token):
    if token == "[UNK]":
        return _UNKNOWN
    return _CONTROL if len(token) > 2 and token[0] == "[" and token[-1] == "]" else _NORMAL
