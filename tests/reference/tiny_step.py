"""A random Step model of the smallest faithful shape: every branch of the maths is taken."""

import json

import numpy as np
from safetensors.numpy import save_file

TYPES = ["full_attention" if index % 4 == 0 else "sliding_attention" for index in range(8)]
CONFIG = {
    "architectures": ["Step3p5ForCausalLM"],
    "model_type": "step3p5",
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 5,
    "num_attention_heads": 4,
    "num_attention_groups": 2,
    "head_dim": 32,
    "vocab_size": 256,
    "rms_norm_eps": 1e-5,
    "max_seq_len": 512,
    "max_position_embeddings": 512,
    "layer_types": TYPES,
    "rope_theta": [5e6 if kind == "full_attention" else 1e4 for kind in TYPES],
    "partial_rotary_factors": [0.5 if kind == "full_attention" else 1.0 for kind in TYPES],
    "rope_scaling": {
        "rope_type": "llama3",
        "factor": 2.0,
        "original_max_position_embeddings": 64,
        "low_freq_factor": 1.0,
        "high_freq_factor": 32.0,
    },
    "yarn_only_types": ["full_attention"],
    "use_rope_layers": [],
    "sliding_window": 8,
    "attention_other_setting": {
        "attention_type": "sliding_attention",
        "num_attention_heads": 6,
        "num_attention_groups": 2,
        "head_dim": 32,
    },
    "use_head_wise_attn_gate": True,
    "use_qk_norm": True,
    "zero_centered": True,
    "moe_num_experts": 8,
    "moe_top_k": 2,
    "moe_intermediate_size": 64,
    "share_expert_dim": 64,
    "moe_layers_enum": "2,3,4",
    "moe_router_activation": "sigmoid",
    "moe_router_scaling_factor": 3.0,
    "norm_expert_weight": True,
    "use_moe_router_bias": True,
    "swiglu_limits": [0.0, 0.0, 0.0, 0.3, 0.2, 0.0, 0.0, 0.0],
    "swiglu_limits_shared": [0.0, 0.0, 0.0, 0.5, 0.4, 0.0, 0.0, 0.0],
    "num_nextn_predict_layers": 3,
    "tie_word_embeddings": False,
    "bos_token_id": 0,
    "eos_token_id": [1, 2],
}


def shapes(config=CONFIG):
    """Every tensor of the model by its published name."""
    hidden, vocab = config["hidden_size"], config["vocab_size"]
    found = {
        "model.embed_tokens.weight": (vocab, hidden),
        "model.norm.weight": (hidden,),
        "lm_head.weight": (vocab, hidden),
    }
    trunk = config["num_hidden_layers"]
    for index in range(trunk + config["num_nextn_predict_layers"]):
        parts = _attention(config, index) | _ffn(config, index)
        if index >= trunk:
            parts |= {
                "enorm.weight": (hidden,),
                "hnorm.weight": (hidden,),
                "eh_proj.weight": (hidden, 2 * hidden),
                "transformer.shared_head.norm.weight": (hidden,),
                "transformer.shared_head.output.weight": (vocab, hidden),
            }
        found |= {f"model.layers.{index}.{name}": shape for name, shape in parts.items()}
    return found


def weights(config=CONFIG, seed=7):
    """Random float32 tensors; norms around 0 so that the 1 they lack matters."""
    random = np.random.default_rng(seed)
    made = {}
    for name, shape in shapes(config).items():
        if "norm" in name or name.endswith("router_bias"):
            scale = 0.2
        else:
            scale = 1.0 if "embed" in name else shape[-1] ** -0.5
        made[name] = (random.standard_normal(shape) * scale).astype(np.float32)
    return made


def save(folder, config=CONFIG, tensors=None):
    """Write a folder in the hub's layout."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config))
    made = weights(config) if tensors is None else tensors
    save_file(made, folder / "model.safetensors", {"format": "pt"})
    return folder


def _attention(config, index):
    hidden, dim = config["hidden_size"], config["head_dim"]
    is_sliding = config["layer_types"][index] == "sliding_attention"
    heads = (config["attention_other_setting"] if is_sliding else config)["num_attention_heads"]
    groups = config["num_attention_groups"]
    return {
        "input_layernorm.weight": (hidden,),
        "post_attention_layernorm.weight": (hidden,),
        "self_attn.q_proj.weight": (heads * dim, hidden),
        "self_attn.k_proj.weight": (groups * dim, hidden),
        "self_attn.v_proj.weight": (groups * dim, hidden),
        "self_attn.o_proj.weight": (hidden, heads * dim),
        "self_attn.g_proj.weight": (heads, hidden),
        "self_attn.q_norm.weight": (dim,),
        "self_attn.k_norm.weight": (dim,),
    }


def _ffn(config, index):
    hidden = config["hidden_size"]
    if str(index) not in config["moe_layers_enum"].split(","):
        inner = config["intermediate_size"]
        return _mlp("mlp", hidden, inner)
    experts, inner = config["moe_num_experts"], config["moe_intermediate_size"]
    return _mlp("share_expert", hidden, config["share_expert_dim"]) | {
        "moe.gate.weight": (experts, hidden),
        "moe.router_bias": (experts,),
        "moe.gate_proj.weight": (experts, inner, hidden),
        "moe.up_proj.weight": (experts, inner, hidden),
        "moe.down_proj.weight": (experts, hidden, inner),
    }


def _mlp(name, hidden, inner):
    return {
        f"{name}.gate_proj.weight": (inner, hidden),
        f"{name}.up_proj.weight": (inner, hidden),
        f"{name}.down_proj.weight": (hidden, inner),
    }
