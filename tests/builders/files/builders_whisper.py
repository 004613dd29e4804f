"""Saves a tiny Whisper of random weights as transformers does: it hears, and makes no sense."""

from pathlib import Path

import torch
from tokenizers.pre_tokenizers import ByteLevel
from transformers import (
    GenerationConfig,
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
    WhisperProcessor,
    WhisperTokenizer,
)

SIGNS = [
    "<|endoftext|>",
    "<|startoftranscript|>",
    "<|en|>",
    "<|de|>",
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
]
TIMES = [f"<|{n * 0.02:.2f}|>" for n in range(1501)]


def save_whisper(folder: Path) -> Path:
    """Write config, weights, tokenizer and feature extractor; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    letters = sorted(ByteLevel.alphabet())
    vocabulary = {token: n for n, token in enumerate([*letters, *SIGNS, *TIMES])}
    tokenizer = WhisperTokenizer(vocab=vocabulary, merges=[], extra_special_tokens=SIGNS[1:])
    extractor = WhisperFeatureExtractor(feature_size=8, n_fft=400, hop_length=160)
    start, end = vocabulary["<|startoftranscript|>"], vocabulary["<|endoftext|>"]
    torch.manual_seed(3)
    model = WhisperForConditionalGeneration(
        WhisperConfig(
            vocab_size=len(vocabulary),
            num_mel_bins=8,
            d_model=16,
            encoder_layers=1,
            decoder_layers=1,
            encoder_attention_heads=2,
            decoder_attention_heads=2,
            encoder_ffn_dim=16,
            decoder_ffn_dim=16,
            max_target_positions=448,
            decoder_start_token_id=start,
            bos_token_id=end,
            eos_token_id=end,
            pad_token_id=end,
        )
    )
    model.generation_config = GenerationConfig(
        decoder_start_token_id=start,
        bos_token_id=end,
        eos_token_id=end,
        pad_token_id=end,
        max_length=448,
        is_multilingual=True,
        lang_to_id={"<|en|>": vocabulary["<|en|>"], "<|de|>": vocabulary["<|de|>"]},
        task_to_id={
            "transcribe": vocabulary["<|transcribe|>"],
            "translate": vocabulary["<|translate|>"],
        },
        no_timestamps_token_id=vocabulary["<|notimestamps|>"],
        max_initial_timestamp_index=50,
        prev_sot_token_id=vocabulary["<|startofprev|>"],
        return_timestamps=True,
    )
    model.save_pretrained(folder)
    WhisperProcessor(extractor, tokenizer).save_pretrained(folder)
    return folder
