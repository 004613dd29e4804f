"""The small model before it has learned anything: Idefics3, as transformers saves it.

Idefics3 (Laurençon et al., Building and better understanding vision-language models, arXiv
2408.12637) is the architecture of the first SmolVLM. A picture is brought to one square of
`PICTURE_PX` and takes `PICTURE_TOKENS` tokens. The tokenizer is a byte-level BPE of drawn lessons,
with single digits, and the fixed words of our prompt as one token each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import prompts
from training.writer.beginnings import begin_to_copy

if TYPE_CHECKING:
    from transformers import Idefics3ForConditionalGeneration, Idefics3Processor

WINDOW_TOKENS: Final = 2048
VOCABULARY: Final = 2048
WIDTH: Final = 128
"""Divides by 64, as 4-bit weights must."""

LAYERS: Final = 4
HEADS: Final = 4
LIKENESS: Final = 0.7
ROPE_BASE: Final = 1e6
PICTURE_PX: Final = 64
PATCH_PX: Final = 8
PICTURE_TOKENS: Final = 16
START, END, PAD = "<|im_start|>", "<|im_end|>", "<|endoftext|>"
SIGNS: Final = {
    "image_token": "<image>",
    "fake_image_token": "<fake_token_around_image>",
    "global_image_token": "<global-img>",
    "end_of_utterance_token": "<end_of_utterance>",
}
TEMPLATE: Final = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n"
    "{% if m.content is string %}{{ m.content }}{% else %}{% for p in m.content %}"
    "{% if p.type == 'image' %}<image>{% else %}{{ p.text }}{% endif %}"
    "{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def fixed_words() -> Iterator[str]:
    """Yield what of our prompts never changes; each is one token."""
    yield from ("system\n", "user\n", "assistant\n")
    for line in prompts.load("system").template.splitlines():
        yield f"{line}\n"
    yield from fixed_words_of_source()
    yield prompts.load("question").template.partition("$")[0]
    calls = prompts.load("calls").template.replace("${left}", "$left")
    for part in calls.split("$left"):
        yield from (line for line in part.splitlines(keepends=True))
    yield from ("You asked for: search “", "”. It brought: ")


def fixed_words_of_source() -> Iterator[str]:
    """Yield what of a source in a prompt never changes, what opens it first."""
    source = prompts.load("source").template.replace("${", "$")
    for name in ("number", "file", "page", "text"):
        before, _, source = source.partition(f"${name}")
        yield before
    yield source


def new_processor(texts: Iterable[str]) -> Idefics3Processor:
    """Return the processor with a tokenizer trained on the texts."""
    from transformers import Idefics3ImageProcessor, Idefics3Processor

    square = {"longest_edge": PICTURE_PX}
    pictures = Idefics3ImageProcessor(size=square, max_image_size=square, do_image_splitting=False)
    return Idefics3Processor(
        pictures, _tokenizer(texts), image_seq_len=PICTURE_TOKENS, chat_template=TEMPLATE
    )


def new_model(tokenizer: Any) -> Idefics3ForConditionalGeneration:
    """Return a model of random weights."""
    from transformers import Idefics3Config, Idefics3ForConditionalGeneration

    config = Idefics3Config(
        text_config={
            "model_type": "llama",
            "hidden_size": WIDTH,
            "intermediate_size": 4 * WIDTH,
            "num_hidden_layers": LAYERS,
            "num_attention_heads": HEADS,
            "num_key_value_heads": HEADS,
            "max_position_embeddings": WINDOW_TOKENS,
            "rope_theta": ROPE_BASE,
            "rope_parameters": {"rope_type": "default", "rope_theta": ROPE_BASE},
            "vocab_size": len(tokenizer),
            "bos_token_id": None,
            "eos_token_id": tokenizer.eos_token_id,
            "pad_token_id": tokenizer.pad_token_id,
        },
        vision_config={
            "hidden_size": 128,
            "intermediate_size": 256,
            "num_hidden_layers": 3,
            "num_attention_heads": 4,
            "image_size": PICTURE_PX,
            "patch_size": PATCH_PX,
        },
        scale_factor=2,
        image_token_id=tokenizer.convert_tokens_to_ids(SIGNS["image_token"]),
        tie_word_embeddings=True,
    )
    model = Idefics3ForConditionalGeneration(config)
    for layer in model.model.text_model.layers[2:]:
        _look_for_the_like(layer.self_attn)
    begin_to_copy(model)
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    return model


def _look_for_the_like(attention: Any) -> None:
    """Have tokens attend to their like from the beginning, which to copy takes long to learn else.

    Queries and keys are one map (Trockman and Kolter, Mimetic Initialization of Self-Attention
    Layers, ICML 2023).
    """
    import torch

    with torch.no_grad():
        torch.nn.init.orthogonal_(attention.q_proj.weight, gain=LIKENESS)
        attention.k_proj.weight.copy_(attention.q_proj.weight)


def _tokenizer(texts: Iterable[str]) -> Any:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    letters = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), letters]
    )
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[PAD, START, END, *SIGNS.values()],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(texts, trainer)
    bpe.add_tokens([AddedToken(words, normalized=False) for words in fixed_words()])
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # it has no annotations
        tokenizer_object=bpe, eos_token=END, pad_token=PAD, extra_special_tokens=dict(SIGNS)
    )
