"""A prompt for a chat model: its messages, and how large each picture is shown.

Document text can't act: what a model takes for a sign of its own (an end of turn, the place of a
picture) is broken up. Pictures that are not shown are told of in words; one full of lettering gets
twice the tokens of one without: what can't be read is of no use. Of what comes back thoughts are
left out. Knows pixels and prompts; knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from queue import Empty, Queue, SimpleQueue
from typing import Any, Final

import numpy as np
from PIL import Image

from rag.datamodel import ImageAsset, PageView, Prompt, QueryImage
from rag.models.base.computing import widened
from rag.protocols import Pixels

_BREAK: Final = "\u200b"
_USUAL: Final = re.compile(
    r"<(?=\|)|<(?=/?(?:image|start_of_|end_of_|__media__|s>))|\[(?=/?INST\])"
)
"""How signs of common chat formats begin, for where the model's own are not known."""

UNSEEN: Final = "(A picture stands here that is not shown; its words are above.)"

Message = dict[str, Any]


def messages_of(
    prompt: Prompt, shown: Collection[int], *, signs: Collection[str] = ()
) -> list[Message]:
    """Return a system and a user message; `shown` are places among the parts of the prompt.

    A part of a picture is {"type": "image", "place": its place}; the caller sets in the picture.
    Each stands after a line that says whose picture it is: some templates move all of them ahead.
    A page that is not shown is left out with its source.
    """
    content = list(_content(prompt, shown, signs))
    return [
        {"role": "system", "content": [{"type": "text", "text": prompt.system}]},
        {"role": "user", "content": content},
    ]


def _content(prompt: Prompt, shown: Collection[int], signs: Collection[str]) -> Iterator[Message]:
    numbers = [hit.rank for hit in (*prompt.context.hits, *prompt.context.pages)]
    source = picture = 0
    for place, part in enumerate(prompt.parts):
        if isinstance(part, str):
            source += place < len(prompt.parts) - 1
            if not _is_unseen_page(prompt, place, shown):
                yield _text(defused(part, signs))
        elif place in shown:
            picture += 1
            owner = "the question"
            if not isinstance(part, QueryImage):
                owner = f"source [{numbers[source - 1]}]"
            yield _text(f"Picture {picture}, of {owner}:\n")
            yield {"type": "image", "place": place}
            yield _text("\n")
        elif not isinstance(part, PageView):
            yield _text(f"{UNSEEN}\n")


def _is_unseen_page(prompt: Prompt, place: int, shown: Collection[int]) -> bool:
    following = prompt.parts[place + 1 : place + 2]
    return any(isinstance(part, PageView) for part in following) and place + 1 not in shown


def _text(words: str) -> Message:
    return {"type": "text", "text": words}


def as_text(message: Message) -> Message:
    """Return the message of a model that takes words alone."""
    texts = [part["text"] for part in message["content"] if part["type"] == "text"]
    return {"role": message["role"], "content": "".join(texts)}


def with_pictures(message: Message, parts: Mapping[int, Message]) -> Message:
    """Return the message with the part of each picture, by its place, as the model takes it."""
    content = [parts[p["place"]] if p["type"] == "image" else p for p in message["content"]]
    return {"role": message["role"], "content": content}


def merged(messages: list[Message]) -> list[Message]:
    """Return the messages with the system's words in the user's, for templates without a system."""
    system, user = messages
    if isinstance(user["content"], str):
        return [{"role": "user", "content": f"{system['content']}\n{user['content']}"}]
    return [{"role": "user", "content": [*system["content"], *user["content"]]}]


def defused(text: str, signs: Collection[str]) -> str:
    """Return text in which no sign of a chat model is left whole: a zero-width space parts it."""
    text = _USUAL.sub(lambda found: found.group() + _BREAK, text)
    for sign in signs:
        if sign in text:
            text = text.replace(sign, sign[0] + _BREAK + sign[1:])
    return text


LOOK_S: Final = 0.5
"""So often, while nothing comes, whoever reads may leave: an empty piece comes."""


def taken(waiting: SimpleQueue[str | None] | Queue[str | None]) -> Iterator[str]:
    """Yield the pieces that a thread puts there, until None; while nothing comes an empty one."""
    while True:
        try:
            piece = waiting.get(timeout=LOOK_S)
        except Empty:
            piece = ""
        if piece is None:
            return
        yield piece


OPEN: Final = "<think>"
CLOSE: Final = "</think>"
"""Models that reason write their thoughts first (Qwen3, DeepSeek-R1); some templates write the
opening sign themselves."""


def without_thoughts(pieces: Iterable[str], *, begun: bool = False) -> Iterator[str]:
    """Yield the pieces after the thoughts that an answer opens with; all of them where it has none.

    `begun` tells that the first piece stands in a thought already. For a piece that tells nothing
    an empty one comes, at which whoever reads may leave.
    """
    said, rest = OPEN if begun else "", iter(pieces)
    for piece in rest:
        said += piece
        if answer := _answer(said):
            yield answer
            yield from rest
            return
        yield ""
    if said and not said.lstrip().startswith(OPEN):
        yield said


def _answer(said: str) -> str:
    """Return what is answered so far; "" while it may all be thoughts."""
    if said.lstrip().startswith(OPEN):
        return said.partition(CLOSE)[2].lstrip()
    return "" if OPEN.startswith(said.lstrip()) else said


MIN_OCR_WORDS: Final = 12
"""From so many words a picture counts as one to be read."""

OCR_WEIGHT: Final = 2.0
SHRINK: Final = 0.85
MIN_SIDE_PX: Final = 56
"""Two patches of 28 pixels: Qwen2.5-VL refuses less than one, and nothing is to be seen on it."""

MAX_SIDE_PX: Final = 2048
LONGEST_SHAPE: Final = 8
"""A side may be so many times the other; a longer picture gets a white margin."""

LEGIBLE_PAGE_PX: Final = (990, 700)
"""Height and width under which a page in 10 points is not read: 85 dots an inch of A4."""

LEGIBLE_SIDE_PX: Final = 448
"""So much of a figure's longer side is reckoned with at least, or its own."""

Picture = ImageAsset | QueryImage | PageView
LoadPixels = Callable[[Picture], Pixels]
"""Decodes a stored picture, or one that came with a question, or draws a page; raises OSError."""

TokensOf = Callable[[int, int], int]
"""The tokens that a picture of some height and width, in pixels, takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighedPicture:
    """One picture of a prompt: its place among the parts, and its weight against the others."""

    place: int
    picture: Picture
    weight: float


def wanted_pictures(prompt: Prompt) -> list[WeighedPicture]:
    """Return the pictures: the person's own, then those of the sources, best or first."""
    worth = _worth(prompt)
    found = [
        WeighedPicture(place=place, picture=part, weight=_weight(part, prompt.parts[place - 1]))
        for place, part in enumerate(prompt.parts)
        if not isinstance(part, str)
    ]
    found.sort(key=lambda one: worth.get(one.place, one.place))
    return sorted(found, key=lambda one: not isinstance(one.picture, QueryImage))


def with_best_pictures(prompt: Prompt, most: int | None) -> Prompt:
    """Return the prompt with so many of its pictures, the best first; None: with all."""
    if most is None:
        return prompt
    kept = {one.place for one in wanted_pictures(prompt)[:most]}
    parts = (part for n, part in enumerate(prompt.parts) if isinstance(part, str) or n in kept)
    return replace(prompt, parts=tuple(parts))


def _worth(prompt: Prompt) -> dict[int, int]:
    """Return for the places of pictures how many come before; nothing where that is not told."""
    context = prompt.context
    if context.pictures is None:
        return {}
    hits = (*context.hits, *context.pages)
    order = {number: at for at, number in enumerate(context.pictures)}
    found: dict[int, int] = {}
    source = 0
    for place, part in enumerate(prompt.parts[:-1]):
        source += isinstance(part, str)
        if isinstance(part, ImageAsset | PageView):
            found[place] = order[hits[source - 1].rank]
    return found


def _weight(picture: Picture, before: object) -> float:
    if isinstance(picture, PageView):
        return OCR_WEIGHT
    words = picture.lettering if isinstance(picture, QueryImage) else str(before)
    return OCR_WEIGHT if len(words.split()) >= MIN_OCR_WORDS else 1.0


def legible(
    wanted: Sequence[WeighedPicture], tokens_of: TokensOf, *, room_tokens: int
) -> list[WeighedPicture]:
    """Return the pictures without the pages that there is no room for at a size to be read."""
    kept: list[WeighedPicture] = []
    used = 0
    for one in wanted:
        least = tokens_of(*_min_size(one.picture))
        if used + least <= room_tokens or not isinstance(one.picture, PageView):
            kept.append(one)
            used += least
    return kept


def _min_size(picture: Picture) -> tuple[int, int]:
    if isinstance(picture, PageView):
        return LEGIBLE_PAGE_PX
    if isinstance(picture, QueryImage):
        return LEGIBLE_SIDE_PX, LEGIBLE_SIDE_PX
    scale = min(1.0, LEGIBLE_SIDE_PX / max(picture.height_px, picture.width_px))
    return _scaled(picture.height_px, picture.width_px, scale)


def shown_pictures(
    wanted: Sequence[WeighedPicture], load: LoadPixels, tokens_of: TokensOf, *, room_tokens: int
) -> dict[int, Pixels]:
    """Return place -> pixels, scaled so that all of them take at most `room_tokens`.

    Pages that could not be read are left out. Each other gets its share of what is left; one whose
    least form is over its share is shown while there is room, and left out else. A picture that
    can't be decoded is left out.
    """
    shown: dict[int, Pixels] = {}
    left = room_tokens
    wanted = legible(wanted, tokens_of, room_tokens=room_tokens)
    for i, one in enumerate(wanted):
        share = int(left * one.weight / sum(other.weight for other in wanted[i:]))
        try:
            pixels = load(one.picture)
        except OSError:
            continue
        pixels = widened(pixels, longest_shape=LONGEST_SHAPE, min_side_px=MIN_SIDE_PX)
        height, width = _fitting(pixels.shape[0], pixels.shape[1], tokens_of, share)
        tokens = tokens_of(height, width)
        if tokens <= left:
            picture = Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS)
            shown[one.place] = np.asarray(picture, dtype=np.uint8)
            left -= tokens
    return dict(sorted(shown.items()))


def _fitting(height: int, width: int, tokens_of: TokensOf, max_tokens: int) -> tuple[int, int]:
    """Return the largest size tried within the tokens; the least, or the whole, where none is."""
    scale = min(1.0, MAX_SIDE_PX / max(height, width))
    whole = size = _scaled(height, width, scale)
    while tokens_of(*size) > max_tokens:
        if min(size) * SHRINK < MIN_SIDE_PX:
            return whole if tokens_of(*whole) == tokens_of(*size) else size
        scale *= SHRINK
        size = _scaled(height, width, scale)
    return size


def _scaled(height: int, width: int, scale: float) -> tuple[int, int]:
    return max(1, round(height * scale)), max(1, round(width * scale))
