"""Models in the folder of fetched ones, as a download leaves them, and a quick one that writes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from builders_answer import DEPTHS, MARMOTS, WINTER
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from rag.models.registry.downloads import Manifest, ModelStore, StoredFile, finish

WIDTH = 16
PAD, START, END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def store_model(models: Path, name: str, made: Path) -> Path:
    """Move a model that was made into the folder, under a name of the table."""
    store = ModelStore(models)
    files = tuple(
        StoredFile(name=str(path.relative_to(made)), size_bytes=path.stat().st_size)
        for path in made.rglob("*")
        if path.is_file()
    )
    models.mkdir(parents=True, exist_ok=True)
    manifest = Manifest(repository=f"maker/{name}", revision="1", files=files)
    finish(made, store.path(name), manifest)
    return store.path(name)


def save_writer(folder: Path) -> Path:
    """Save a random Llama of one layer that knows no end, as transformers does but without it.

    A browser journey would spend most of its time on importing transformers.
    """
    folder.mkdir(parents=True)
    tokenizer = _tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    size, end = tokenizer.get_vocab_size(), tokenizer.token_to_id(END)
    kind = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": END, "pad_token": PAD}
    _write(folder / "tokenizer_config.json", kind)
    (folder / "chat_template.jinja").write_text(TEMPLATE, encoding="utf-8")
    _write(folder / "config.json", _llama(size, end))
    save_file(_weights(size, end), folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def _tokenizer() -> Tokenizer:
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=[PAD, START, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator([WINTER, DEPTHS, MARMOTS], trainer)
    return bpe


def _llama(size: int, end: int) -> dict[str, object]:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "dtype": "float32",
        "vocab_size": size,
        "hidden_size": WIDTH,
        "intermediate_size": WIDTH,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "max_position_embeddings": 32768,
        "tie_word_embeddings": False,
        "bos_token_id": None,
        "eos_token_id": end,
        "pad_token_id": 0,
    }


def _weights(size: int, end: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    layer = [f"self_attn.{name}_proj" for name in "qkvo"]
    layer += [f"mlp.{name}_proj" for name in ("gate", "up", "down")]
    shapes = {f"model.layers.0.{name}": (WIDTH, WIDTH) for name in layer}
    shapes |= {"model.embed_tokens": (size, WIDTH), "lm_head": (size, WIDTH)}
    norms = ("layers.0.input_layernorm", "layers.0.post_attention_layernorm", "norm")
    made = {f"{name}.weight": random.normal(0, 1, shape) for name, shape in shapes.items()}
    made |= {f"model.{name}.weight": np.ones(WIDTH) for name in norms}
    made["lm_head.weight"][end] = 0  # so that another token is always likelier
    return {name: values.astype(np.float32) for name, values in made.items()}


def _write(path: Path, content: dict[str, object]) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")
