"""Messages and pictures to the tensors of one model, by its own template and processor.

Shared by all that a vision-language model is used for. Knows no prompt and no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from rag.models.prompting.chat_messages import Message, as_text, merged

if TYPE_CHECKING:
    from rag.models.llm.folder import Loaded, PromptTokenizer
    from rag.protocols import Pixels

PATCH_PX: Final = 28
"""Side of what one token shows where a processor can't tell (Qwen2-VL; others show more)."""


def templated(
    reading: PromptTokenizer, messages: Sequence[Message], shown: Mapping[int, Pixels]
) -> Any:  # noqa: ANN401 - a library's dictionary of tensors
    """Return the messages as tokens, the turn of the model begun, with the pictures `shown`."""
    from jinja2 import TemplateError

    writer = reading.processor or reading.tokenizer
    chat = [
        as_text(message) if reading.processor is None else _pictured(message, shown)
        for message in messages
    ]
    options: dict[str, Any] = {
        "add_generation_prompt": True,
        "tokenize": True,
        "return_dict": True,
        "return_tensors": "pt",
    }
    if reading.thinks:
        options["enable_thinking"] = False  # an answer is awaited, and its words are few
    try:
        return writer.apply_chat_template(chat, **options)
    except TemplateError:  # some families know no system: Gemma 2, Mistral 7B
        return writer.apply_chat_template(merged(chat), **options)


def tensors_of(made: Any, loaded: Loaded) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Return what the model takes, on its device; pixels in its own kind of float."""
    return {
        name: value.to(loaded.model.dtype) if value.is_floating_point() else value
        for name, value in made.to(loaded.device).items()
        if hasattr(value, "is_floating_point")
    }


def picture_tokens(reading: PromptTokenizer, height: int, width: int) -> int:
    """Return how many tokens a picture of that size, in pixels, takes."""
    count: Callable[..., Any] | None = getattr(
        reading.processor, "_get_num_multimodal_tokens", None
    )
    if count is None:
        return -(-height // PATCH_PX) * -(-width // PATCH_PX)
    return int(count(image_sizes=[(height, width)]).num_image_tokens[0])


def _pictured(message: Message, shown: Mapping[int, Pixels]) -> Message:
    """Return the message with its pictures set in."""
    from PIL import Image

    content = [
        {"type": "image", "image": Image.fromarray(shown[part["place"]])}
        if part["type"] == "image"
        else part
        for part in message["content"]
    ]
    return {"role": message["role"], "content": content}
