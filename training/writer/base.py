"""The base model on its way to the machine with the GPU, its vocabulary cut to what lessons use.

`python -m training.writer.base BASE.gguf OUT LESSONS...` leaves tokenizer, config, a card and the
tensors, quantised as they are, in pieces that travel; there `... base OUT` makes a model of them.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from gguf import MODEL_ARCH, GGMLQuantizationType, GGUFReader, get_tensor_name_map
from gguf.quants import dequantize
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from training.writer.chat import EXAMPLES, KEPT, Vocabulary, opening
from training.writer.checks import Lesson, read_lessons
from training.writer.lora import CARD

PROMPTS: Final = (
    "answer",
    "answer_source",
    "question",
    "rewrite",
    "conversation",
    "table_query",
    "summarize",
    "summarize_text",
)
"""That the lessons are made of, in the order in which the card hashes them."""

PIECE_BYTES: Final = 35_000_000
BYTE_TOKENS: Final = 256
FREQUENT_TOKENS: Final = 60_000
"""Of these, in the order of their frequency, plain words are kept: a model may write them."""

_ROUNDED_TO: Final = 64
_INDEX: Final = "index.json"
_HEAD, _EMBEDDING = "output.weight", "token_embd.weight"


def shrink(gguf: Path, out: Path, lessons: Iterable[Lesson]) -> None:
    """Write pieces, index, tokenizer, config and card. The head serves as embedding, too."""
    AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(out)
    kept = np.array(_kept_tokens(Vocabulary(out), lessons), dtype=np.int32)
    np.save(out / KEPT, kept)
    config = AutoConfig.from_pretrained(gguf.parent, gguf_file=gguf.name)
    config.update({"vocab_size": len(kept), "tie_word_embeddings": True})
    config.update(dict.fromkeys(("bos_token_id", "eos_token_id", "pad_token_id")))
    config.save_pretrained(out)
    (out / CARD).write_text(json.dumps(card_of(gguf), indent=2) + "\n")
    index: dict[str, tuple[str, tuple[int, ...]]] = {}
    data = bytearray()
    for tensor in GGUFReader(gguf).tensors:
        if tensor.name != _EMBEDDING:
            rows = tensor.data[kept] if tensor.name == _HEAD else tensor.data
            index[tensor.name] = (tensor.tensor_type.name, rows.shape)
            data += rows.tobytes()
    (out / _INDEX).write_text(json.dumps(index))
    for number, start in enumerate(range(0, len(data), PIECE_BYTES)):
        (out / f"piece-{number:02d}").write_bytes(data[start : start + PIECE_BYTES])


def card_of(gguf: Path) -> dict[str, str]:
    """Return what is taught beside, by SHA-256: the base and the prompts."""
    texts = b"".join((files("prompts") / f"{name}.txt").read_bytes() for name in PROMPTS)
    with gguf.open("rb") as file:
        base = hashlib.file_digest(file, "sha256").hexdigest()
    return {"base_sha256": base, "prompts_sha256": hashlib.sha256(texts).hexdigest()}


def _kept_tokens(vocabulary: Vocabulary, lessons: Iterable[Lesson]) -> list[int]:
    """Return the tokens of lessons and examples, single bytes and plain words, in order."""
    used = set(range(BYTE_TOKENS))
    for path in EXAMPLES.iterdir():
        used.update(vocabulary.encode(opening(path.stem, examples=True)))
    for lesson in lessons:
        used.update(vocabulary.encode_lesson(lesson)[0])
    every = vocabulary.tokenizer.get_vocab()
    plain = (number for text, number in every.items() if re.fullmatch(r"Ġ?[A-Za-z0-9]{1,9}", text))
    used.update(number for number in plain if number < FREQUENT_TOKENS)
    spare = (number for number in range(len(every)) if number not in used)
    return sorted(used | set(itertools.islice(spare, -len(used) % _ROUNDED_TO)))


def grow(folder: Path) -> None:
    """Write model.safetensors in bfloat16 from the pieces."""
    data = b"".join(path.read_bytes() for path in sorted(folder.glob("piece-*")))
    tensors, start = {}, 0
    for name, (kind, shape) in json.loads((folder / _INDEX).read_text()).items():
        dtype = np.float32 if kind == "F32" else np.uint8
        rows = np.frombuffer(data, dtype, count=int(np.prod(shape)), offset=start).reshape(shape)
        start += rows.nbytes
        numbers = dequantize(rows, GGMLQuantizationType[kind])
        tensors[name] = torch.tensor(numbers, dtype=torch.bfloat16)
    tensors[_EMBEDDING] = tensors[_HEAD]
    config = AutoConfig.from_pretrained(folder)
    names = get_tensor_name_map(MODEL_ARCH.QWEN2, config.num_hidden_layers)
    models: Any = AutoModelForCausalLM
    with torch.device("meta"):
        own = dict(models.from_config(config).named_parameters())
    parts = {name: name.rpartition(".") for name in own}
    weights = {name: tensors[f"{names.get_name(p[0])}.{p[2]}"] for name, p in parts.items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gguf", type=Path, help="the base, or alone: the folder of the pieces")
    parser.add_argument("out", type=Path, nargs="?")
    parser.add_argument("lessons", type=Path, nargs="*")
    options = parser.parse_args()
    if options.out:
        lessons = itertools.chain.from_iterable(map(read_lessons, options.lessons))
        shrink(options.gguf, options.out, lessons)
    else:
        grow(options.gguf)


if __name__ == "__main__":
    main()
