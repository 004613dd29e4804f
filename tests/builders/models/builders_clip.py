"""Tiny random checkpoints of real open_clip architectures, saved as open_clip saves them."""

from __future__ import annotations

import json
from pathlib import Path

import open_clip
import torch
from safetensors.torch import save_file
from transformers import GemmaTokenizer

CLIP = {
    "embed_dim": 32,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 32, "patch_size": 8, "head_width": 16},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1},
}
"""The architecture of CLIP: its own tokenizer, which comes with open_clip."""

SIGLIP = {
    "embed_dim": 64,
    "init_logit_bias": -10,
    "custom_text": True,
    "vision_cfg": {
        "image_size": 160,
        "timm_model_name": "test_vit",
        "timm_model_pretrained": False,
        "timm_pool": "map",
        "timm_proj": "none",
    },
    "text_cfg": {
        "context_length": 64,
        "vocab_size": 64,
        "hf_tokenizer_name": "timm/ViT-B-16-SigLIP2",
        "tokenizer_kwargs": {"clean": "canonicalize"},
        "width": 64,
        "heads": 2,
        "layers": 1,
        "no_causal_mask": True,
        "proj_bias": True,
        "pool_type": "last",
        "norm_kwargs": {"eps": 1e-6},
        "act_kwargs": {"approximate": "tanh"},
    },
}
"""As ViT-B-16-SigLIP2 of open_clip: a vision tower of timm, a Gemma tokenizer in the folder."""

MOBILECLIP = {
    "embed_dim": 48,
    "custom_text": True,
    "vision_cfg": {
        "timm_model_name": "fastvit_t8",
        "timm_model_pretrained": False,
        "timm_pool": "avg",
        "timm_proj": None,
        "image_size": 64,
    },
    "text_cfg": {
        "context_length": 77,
        "vocab_size": 49408,
        "width": 32,
        "heads": 2,
        "layers": 1,
        "no_causal_mask": True,
    },
}
"""As MobileCLIP2-S0 of open_clip, over the smallest FastViT: convolutions that are made one."""

PREPROCESS = {
    "mean": [0.5, 0.5, 0.5],
    "std": [0.5, 0.5, 0.5],
    "interpolation": "bicubic",
    "resize_mode": "squash",
}


def save_clip(folder: Path, *, seed: int = 0) -> Path:
    """Save a random model of CLIP's architecture; another seed makes another model."""
    return _save(folder, CLIP, seed=seed)


def save_mobileclip(folder: Path, *, seed: int = 0) -> Path:
    """Save a random model of MobileCLIP's architecture."""
    return _save(folder, MOBILECLIP, seed=seed)


def save_siglip(folder: Path, *, seed: int = 0) -> Path:
    """Save a random model of SigLIP 2's architecture with its tokenizer."""
    _save(folder, SIGLIP, seed=seed)
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    tokens = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "▁", *letters]
    vocab = {token: number for number, token in enumerate(tokens)}
    tokenizer = GemmaTokenizer(
        vocab, [], padding_side="right", add_bos_token=False, add_eos_token=True
    )
    tokenizer.save_pretrained(str(folder))
    return folder


def _save(folder, config, *, seed):
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"model_cfg": config, "preprocess_cfg": PREPROCESS})
    (folder / "open_clip_config.json").write_text(text, encoding="utf-8")
    torch.manual_seed(seed)
    model = open_clip.create_model(f"local-dir:{folder}", load_weights=False)
    save_file(model.state_dict(), str(folder / "open_clip_model.safetensors"))
    return folder
