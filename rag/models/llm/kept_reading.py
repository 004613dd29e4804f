"""What a model has read of its last prompt is kept: the next is read from where it differs.

A second pass over the same sources, or the same question asked again, so costs its own words
alone. Knows the tensors of a prompt and transformers' cache; knows no prompt and no model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any, Final

from transformers.cache_utils import DynamicCache, DynamicLayer

MIN_TOKENS: Final = 32
"""What is shorter in common is read again."""


class KeptReading:
    """The states of one prompt of one model, on its device. One thread uses it at a time."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._cache: DynamicCache | None = None
        self._ids: Sequence[int] = ()
        self._seen = ""

    def taken(self, inputs: Mapping[str, Any], *, picture_token: int | None) -> dict[str, Any]:
        """Return what `generate` takes: the inputs, with the states of what they have in common.

        What was kept is given away, or forgotten. Pictures are left out where they were read: all
        of them stand in the common part and are the same. `picture_token` stands in their places.
        """
        cache, known, seen = self._cache, self._ids, self._seen
        self.forget()
        ids = inputs["input_ids"][0].tolist()
        same = _in_common(known, ids[:-1])  # the last is read anew: what follows it is asked for
        shown = _pictures(inputs)
        if cache is None or same < MIN_TOKENS or seen != _digest(shown):
            return dict(inputs)
        if shown and (picture_token is None or picture_token in ids[same:]):
            return dict(inputs)
        cache.crop(same - len(known))
        return {n: v for n, v in inputs.items() if n not in shown} | {"past_key_values": cache}

    def keep(self, inputs: Mapping[str, Any], ids: Sequence[int], cache: object) -> None:
        """Keep the states of `ids`, made of the inputs; those that can't be cut are left."""
        read = ids[:-1]  # the last token was written, and not read
        if not isinstance(cache, DynamicCache) or cache.get_seq_length() != len(read):
            return
        if any(type(layer) is not DynamicLayer for layer in cache.layers):
            return
        self._cache, self._ids = cache, read
        self._seen = _digest(_pictures(inputs))


def _in_common(known: Sequence[int], ids: Sequence[int]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(known, ids, strict=False)))


def _pictures(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tensors that tell nothing of each token: pictures, and their shapes."""
    shape = inputs["input_ids"].shape
    return {name: value for name, value in inputs.items() if value.shape != shape}


def _digest(tensors: Mapping[str, Any]) -> str:
    told = hashlib.sha256()
    for name in sorted(tensors):
        told.update(name.encode())
        told.update(tensors[name].detach().float().cpu().numpy().tobytes())
    return told.hexdigest()
