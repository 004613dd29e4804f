"""Tiny random encoders, as sentence-transformers saves them: for words, and for pairs."""

from __future__ import annotations

from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer import modules
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    PreTrainedTokenizerFast,
)

SENTENCES = [
    "Snow lay deep on the pass in March.",
    "The barometer fell and the road was closed.",
    "A letter disagrees with the report of the station.",
]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


def save_cross_encoder(folder: Path, *, labels: int = 1, seed: int = 0) -> Path:
    torch.manual_seed(seed)
    tokenizer = _tokenizer()
    BertForSequenceClassification(_config(tokenizer, num_labels=labels)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def save_text_embedder(folder: Path, *, width: int = 32, seed: int = 0) -> Path:
    torch.manual_seed(seed)
    tokenizer = _tokenizer()
    inner = folder.parent / f"{folder.name}-bare"
    BertModel(_config(tokenizer, hidden_size=width)).save_pretrained(inner)
    tokenizer.save_pretrained(inner)
    words = modules.Transformer(str(inner), max_seq_length=128)
    pooling = modules.Pooling(words.get_embedding_dimension())
    SentenceTransformer(modules=[words, pooling], device="cpu").save(str(folder))
    return folder


def _config(tokenizer: PreTrainedTokenizerFast, **changes: int) -> BertConfig:
    values = {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "max_position_embeddings": 600,
    }
    return BertConfig(**values | changes)


def _tokenizer() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))  # noqa: S106 - a sign, no secret
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.WordPieceTrainer(vocab_size=300, special_tokens=SPECIAL)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",  # noqa: S106 - as above
        unk_token="[UNK]",  # noqa: S106 - as above
        cls_token="[CLS]",  # noqa: S106 - as above
        sep_token="[SEP]",  # noqa: S106 - as above
        model_max_length=512,
    )
