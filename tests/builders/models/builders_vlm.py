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
IDEFICS_SIGNS = {
    "image_token": "<image>",
    "fake_image_token": "<fake_token_around_image>",
    "global_image_token": "<global-img>",
    "end_of_utterance_token": "<end_of_utterance>",
}
TILES = [f"<row_{i}_col_{j}>" for i in range(1, 7) for j in range(1, 7)]
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


def save_qwen25_vl(folder: Path, **text: object) -> Path:
    """Qwen2.5-VL: tokens by the pixels of a picture."""
    from transformers import (
        Qwen2_5_VLConfig,
        Qwen2_5_VLForConditionalGeneration,
        Qwen2_5_VLProcessor,
        Qwen2VLImageProcessor,
        Qwen2VLVideoProcessor,
    )

    tokenizer = _tokenizer(QWEN_SIGNS)
    pixels = {"min_pixels": 28 * 28, "max_pixels": 28 * 28 * 64}
    processor = Qwen2_5_VLProcessor(
        image_processor=Qwen2VLImageProcessor(**pixels),
        tokenizer=tokenizer,
        video_processor=Qwen2VLVideoProcessor(),
        chat_template=_template("<|vision_start|><|image_pad|><|vision_end|>"),
    )
    config = Qwen2_5_VLConfig(
        text_config={
            **_text(tokenizer, **text),
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 1e4,
                "mrope_section": [1, 1, 2],
            },
        },
        vision_config={
            "depth": 1,
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_heads": 2,
            "out_hidden_size": text.get("hidden_size", 32),
            "fullatt_block_indexes": [0],
        },
        **_ids(tokenizer, QWEN_SIGNS),
    )
    return _save(folder, Qwen2_5_VLForConditionalGeneration, config, tokenizer, processor)


def save_qwen3_vl(folder: Path) -> Path:
    """Qwen3-VL: as Qwen2.5-VL, with what its eyes see told to several layers."""
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


def save_smolvlm(folder: Path) -> Path:
    """SmolVLM 2: Idefics3 with a processor of its own, which reads films too."""
    from transformers import (
        SmolVLMConfig,
        SmolVLMForConditionalGeneration,
        SmolVLMImageProcessor,
        SmolVLMProcessor,
        SmolVLMVideoProcessor,
    )

    tokenizer = _tokenizer(IDEFICS_SIGNS | {"video_token": "<video>"}, more=TILES)
    sizes = {"size": {"longest_edge": 64}, "max_image_size": {"longest_edge": 32}}
    processor = SmolVLMProcessor(
        SmolVLMImageProcessor(**sizes, do_image_splitting=True),
        tokenizer,
        SmolVLMVideoProcessor(**sizes),
        image_seq_len=4,
        chat_template=_template("<image>"),
    )
    config = SmolVLMConfig(
        text_config={"model_type": "llama", **_text(tokenizer)},
        vision_config={**VISION, "image_size": 32},
        scale_factor=2,
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
    )
    return _save(folder, SmolVLMForConditionalGeneration, config, tokenizer, processor)


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


def _text(tokenizer, **changes):
    ids = {"bos_token_id": None, "eos_token_id": tokenizer.eos_token_id, "pad_token_id": 0}
    return {**TEXT, "vocab_size": len(tokenizer), **ids, **changes}


def _ids(tokenizer, signs):
    return {f"{name}_id": tokenizer.convert_tokens_to_ids(sign) for name, sign in signs.items()}


def _tokenizer(signs, *, more=()):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<|endoftext|>", START, END, *signs.values(), *more],
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
