"""Step 3.5 in float64 numpy, written from its published description: trunk and MTP heads.

No cache, no batch: every call computes all positions. Slow and plain on purpose.
"""

import numpy as np


class StepReference:
    """Weights by their published names, in any float type; config.json as a dict."""

    def __init__(self, config, weights):
        self.config = config
        self.weights = {name: np.asarray(value, np.float64) for name, value in weights.items()}

    def trunk(self, tokens):
        """(L,) → hidden states before the final norm, (L, hidden)."""
        x = self._w("model.embed_tokens.weight")[tokens]
        for index in range(self.config["num_hidden_layers"]):
            x = self._layer(x, index)
        return x

    def logits(self, hidden):
        return self._norm(hidden, "model.norm") @ self._w("lm_head.weight").T

    def mtp(self, tokens, hidden, head):
        """Row t from the embedding of token t+1+head and ``hidden`` of t: (L-1-head, hidden).

        ``hidden`` is the trunk's for head 0 and the head before it for the others.
        """
        rows = len(tokens) - 1 - head
        prefix = f"model.layers.{self.config['num_hidden_layers'] + head}"
        embedding = self._w("model.embed_tokens.weight")[tokens[1 + head :]]
        both = np.concatenate(
            [
                self._norm(embedding, f"{prefix}.enorm"),
                self._norm(hidden[:rows], f"{prefix}.hnorm"),
            ],
            axis=1,
        )
        return self._layer(
            both @ self._w(f"{prefix}.eh_proj.weight").T, self.config["num_hidden_layers"] + head
        )

    def mtp_logits(self, output, head):
        prefix = f"model.layers.{self.config['num_hidden_layers'] + head}.transformer.shared_head"
        return self._norm(output, f"{prefix}.norm") @ self._w(f"{prefix}.output.weight").T

    def _layer(self, x, index):
        prefix = f"model.layers.{index}"
        x = x + self._attention(self._norm(x, f"{prefix}.input_layernorm"), index)
        y = self._norm(x, f"{prefix}.post_attention_layernorm")
        if str(index) in self.config["moe_layers_enum"].split(","):
            return x + self._moe(y, index)
        return x + self._mlp(y, f"{prefix}.mlp", self.config["swiglu_limits_shared"][index])

    def _attention(self, x, index):
        c, prefix, dim = self.config, f"model.layers.{index}.self_attn", self.config["head_dim"]
        is_sliding = c["layer_types"][index] == "sliding_attention"
        heads = (c["attention_other_setting"] if is_sliding else c)["num_attention_heads"]
        groups = (c["attention_other_setting"] if is_sliding else c)["num_attention_groups"]
        length = len(x)
        q = (x @ self._w(f"{prefix}.q_proj.weight").T).reshape(length, heads, dim)
        k = (x @ self._w(f"{prefix}.k_proj.weight").T).reshape(length, groups, dim)
        v = (x @ self._w(f"{prefix}.v_proj.weight").T).reshape(length, groups, dim)
        q = self._rotate(self._norm(q, f"{prefix}.q_norm"), index)
        k = self._rotate(self._norm(k, f"{prefix}.k_norm"), index)
        distance = np.arange(length)[:, None] - np.arange(length)[None]
        visible = distance >= 0
        if is_sliding:
            visible &= distance < c["sliding_window"]
        out = np.empty_like(q)
        for head in range(heads):
            group = head // (heads // groups)
            scores = np.where(visible, q[:, head] @ k[:, group].T * dim**-0.5, -np.inf)
            scores = np.exp(scores - scores.max(axis=1, keepdims=True))
            out[:, head] = scores / scores.sum(axis=1, keepdims=True) @ v[:, group]
        gate = 1 / (1 + np.exp(-(x @ self._w(f"{prefix}.g_proj.weight").T)))
        return (out * gate[:, :, None]).reshape(length, -1) @ self._w(f"{prefix}.o_proj.weight").T

    def _rotate(self, x, index):
        c = self.config
        dims = int(c["head_dim"] * c["partial_rotary_factors"][index])
        frequency = c["rope_theta"][index] ** (-np.arange(0, dims, 2) / dims)
        if c["layer_types"][index] in c["yarn_only_types"]:
            frequency = np.array([self._llama3(f) for f in frequency])
        angle = np.arange(len(x))[:, None, None] * frequency
        half = dims // 2
        first, second, rest = x[..., :half], x[..., half:dims], x[..., dims:]
        return np.concatenate(
            [
                first * np.cos(angle) - second * np.sin(angle),
                second * np.cos(angle) + first * np.sin(angle),
                rest,
            ],
            axis=-1,
        )

    def _llama3(self, frequency):
        s = self.config["rope_scaling"]
        original = s["original_max_position_embeddings"]
        wavelength = 2 * np.pi / frequency
        if wavelength > original / s["low_freq_factor"]:
            return frequency / s["factor"]
        if wavelength < original / s["high_freq_factor"]:
            return frequency
        low, high = s["low_freq_factor"], s["high_freq_factor"]
        blend = (original / wavelength - low) / (high - low)
        return (1 - blend) * frequency / s["factor"] + blend * frequency

    def _moe(self, x, index):
        c, prefix = self.config, f"model.layers.{index}"
        scores = 1 / (1 + np.exp(-(x @ self._w(f"{prefix}.moe.gate.weight").T)))
        ranked = scores + self._w(f"{prefix}.moe.router_bias")
        out = self._mlp(x, f"{prefix}.share_expert", c["swiglu_limits_shared"][index])
        for row in range(len(x)):
            chosen = np.argsort(-ranked[row])[: c["moe_top_k"]]
            total = scores[row, chosen].sum() + 1e-20
            for expert in chosen:
                weight = scores[row, expert] / total * c["moe_router_scaling_factor"]
                names = (f"{prefix}.moe.{part}_proj.weight" for part in ("gate", "up", "down"))
                gate, up, down = (self._w(name)[expert] for name in names)
                out[row] += weight * _swiglu(x[row], gate, up, down, c["swiglu_limits"][index])
        return out

    def _mlp(self, x, prefix, limit):
        names = (f"{prefix}.{part}_proj.weight" for part in ("gate", "up", "down"))
        return _swiglu(x, *(self._w(name) for name in names), limit)

    def _norm(self, x, name):
        scale = 1 / np.sqrt((x**2).mean(axis=-1, keepdims=True) + self.config["rms_norm_eps"])
        return x * scale * (1 + self._w(f"{name}.weight"))

    def _w(self, name):
        return self.weights[name]


def _swiglu(x, gate, up, down, limit):
    g, u = x @ gate.T, x @ up.T
    g = g / (1 + np.exp(-g))
    if limit:
        g, u = np.minimum(g, limit), np.clip(u, -limit, limit)
    return (g * u) @ down.T
