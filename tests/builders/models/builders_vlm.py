"""Tiny random checkpoints of real vision-language architectures, saved as transformers saves them.

Each has its own processor and template; the tokenizer is a byte-level BPE of a few sentences. They
write gibberish: they show that all around a model works, and nothing of how well one answers.
"""

# ruff: noqa: PLC0415 - transformers takes seconds to import: only where first used

from __future__ import annotations

from pathlib import Path

from builders_answer import DEPTHS, MARMOTS, WINTER

TEXT = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 4096,
}
VISION = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "patch_size": 8,
}
QWEN_SIGNS = {
    "image_token": "<|image_pad|>",
    "video_token": "<|video_pad|>",
    "vision_start_token": "<|vision_start|>",
    "vision_end_token": "<|vision_end|>",
}
START, END = "<|im_start|>", "<|im_end|>"
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n"
    "{% if m.content is string %}{{ m.content }}{% else %}{% for p in m.content %}"
    "{% if p.type == 'image' %}IMAGE{% else %}{{ p.text }}{% endif %}"
    "{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
WITHOUT_SYSTEM = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}"
    "{% endif %}" + CHATML
)


def save_qwen3_vl(folder: Path) -> Path:
    """Qwen3-VL: tokens by the pixels of a picture, which its eyes tell to several layers."""
    from transformers import (
        Qwen2VLImageProcessor,
        Qwen3VLConfig,
        Qwen3VLForConditionalGeneration,
        Qwen3VLProcessor,
        Qwen3VLVideoProcessor,
    )

    tokenizer = _tokenizer(QWEN_SIGNS)
    processor = Qwen3VLProcessor(
        image_processor=Qwen2VLImageProcessor(
            patch_size=16, min_pixels=32 * 32, max_pixels=32 * 32 * 64
        ),
        tokenizer=tokenizer,
        video_processor=Qwen3VLVideoProcessor(),
        chat_template=_template("<|vision_start|><|image_pad|><|vision_end|>"),
    )
    config = Qwen3VLConfig(
        text_config={
            **_text(tokenizer),
            "head_dim": 16,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 1e4,
                "mrope_section": [4, 2, 2],
                "mrope_interleaved": True,
            },
        },
        vision_config={
            "depth": 1,
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_heads": 2,
            "out_hidden_size": 32,
            "patch_size": 16,
            "deepstack_visual_indexes": [0],
            "num_position_embeddings": 256,
        },
        **_ids(tokenizer, QWEN_SIGNS),
    )
    return _save(folder, Qwen3VLForConditionalGeneration, config, tokenizer, processor)


def save_gemma3(folder: Path) -> Path:
    """Gemma 3: each picture takes the same number of tokens; its template knows no system here."""
    from transformers import (
        Gemma3Config,
        Gemma3ForConditionalGeneration,
        Gemma3ImageProcessor,
        Gemma3Processor,
    )

    signs = {
        "boi_token": "<start_of_image>",
        "eoi_token": "<end_of_image>",
        "image_token": "<image_soft_token>",
    }
    tokenizer = _tokenizer(signs)
    processor = Gemma3Processor(
        Gemma3ImageProcessor(size={"height": 32, "width": 32}),
        tokenizer,
        image_seq_length=4,
        chat_template=WITHOUT_SYSTEM.replace("IMAGE", "<start_of_image>"),
    )
    config = Gemma3Config(
        text_config={**_text(tokenizer), "head_dim": 8},
        vision_config={**VISION, "image_size": 32, "vision_use_head": False},
        mm_tokens_per_image=4,
        boi_token_index=tokenizer.convert_tokens_to_ids("<start_of_image>"),
        eoi_token_index=tokenizer.convert_tokens_to_ids("<end_of_image>"),
        image_token_index=tokenizer.convert_tokens_to_ids("<image_soft_token>"),
    )
    return _save(folder, Gemma3ForConditionalGeneration, config, tokenizer, processor)


def save_llama(folder: Path) -> Path:
    """Llama: a model without eyes."""
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = _tokenizer({})
    tokenizer.chat_template = CHATML
    config = LlamaConfig(**_text(tokenizer))
    return _save(folder, LlamaForCausalLM, config, tokenizer, tokenizer)


def _template(sign: str) -> str:
    return CHATML.replace("IMAGE", sign)


def _text(tokenizer):
    ids = {"bos_token_id": None, "eos_token_id": tokenizer.eos_token_id, "pad_token_id": 0}
    return {**TEXT, "vocab_size": len(tokenizer), **ids}


def _ids(tokenizer, signs):
    return {f"{name}_id": tokenizer.convert_tokens_to_ids(sign) for name, sign in signs.items()}


def _tokenizer(signs):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<|endoftext|>", START, END, *signs.values()],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator([WINTER, DEPTHS, MARMOTS], trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        eos_token=END,
        pad_token="<|endoftext|>",  # noqa: S106 - it is no password
        extra_special_tokens=signs,
    )


def _save(folder, model_class, config, tokenizer, processor):
    import torch

    torch.manual_seed(0)
    model = model_class(config).eval()
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
