"""What the first layers do before they have learned anything: they go on as it stood before.

To find by chance that copying pays takes a small network longer than all that it learns upon it. So
the two layers that do it begin as what they would become (induction heads: Olsson et al.,
In-context Learning and Induction Heads, arXiv 2209.11895): one tells each token the two before it,
the next looks for where the own token was the one before, and brings what stands there. Learning
moves them like all else. Knows the layers of a Llama; knows no lesson.
"""

from __future__ import annotations

from typing import Any, Final

import torch

STEADY: Final = 0
"""The dimension that is the same in every token: what place alone decides is asked by it."""

OWN: Final = slice(1, 80)
BEFORE: Final = slice(80, 112)
SECOND_BEFORE: Final = slice(112, 128)
"""Where in a token's state stands what it is, and in short what the two before it are."""

BROUGHT: Final = (slice(1, 28), slice(28, 54), slice(54, 80))
"""What of a token's own each head of the second layer brings."""

FAST: Final = 6
"""So many pairs of a head's dimensions turn with the place (RoPE); the others bear a likeness."""

LENGTH: Final = 0.06
STEADY_LENGTH: Final = 5 * LENGTH
"""How long embeddings are in each of their own dimensions, and in the steady one."""

LOOKED: Final = 2.0
"""What queries and keys weigh by which a place is looked for, or a likeness."""

KEPT: Final = 0.1
"""How much of their first weights is left beside."""

TOLD: Final = 0.06
COPIED: Final = 0.3
"""How long in each dimension is what the first layer tells, and what the second brings."""


def begin_to_copy(model: Any) -> None:
    """Have the first layer tell of the tokens before, and the second bring what stood after."""
    text = model.model.text_model
    first, second = (layer.self_attn for layer in text.layers[:2])
    with torch.no_grad():
        _spread(model.get_input_embeddings().weight)
        code = _orthogonal(_length(OWN), _length(BEFORE))
        turns = text.rotary_emb.inv_freq[:FAST]
        for head, (back, place) in enumerate(((1, BEFORE), (2, SECOND_BEFORE))):
            _look_back(first, head, back * turns)
            _tell(first, head, code, place)
        for head, own in enumerate(BROUGHT):
            _look_for_the_like(second, head, code, as_well=head == len(BROUGHT) - 1)
            _bring(second, head, own)


def _spread(embeddings: torch.Tensor) -> None:
    """Draw embeddings of one length, which leave room for what is told of the tokens before."""
    own = torch.nn.functional.normalize(torch.randn(len(embeddings), _length(OWN)))
    embeddings.zero_()
    embeddings[:, OWN] = own * LENGTH * own.shape[1] ** 0.5
    embeddings[:, STEADY] = STEADY_LENGTH


def _look_back(attention: Any, head: int, turned: torch.Tensor) -> None:
    """Have a head attend to the token that stands `turned` before: an angle for each fast pair."""
    rows = _rows(attention, head)
    pairs = attention.head_dim // 2
    queries, keys = attention.q_proj.weight, attention.k_proj.weight
    for weight, angle in ((queries, -turned), (keys, torch.zeros_like(turned))):
        weight[rows] *= KEPT
        weight[rows.start : rows.start + FAST, STEADY] = LOOKED * angle.cos()
        weight[rows.start + pairs : rows.start + pairs + FAST, STEADY] = LOOKED * angle.sin()


def _tell(attention: Any, head: int, code: torch.Tensor, place: slice) -> None:
    """Have a head put what it attends to, in short, where there is room for it."""
    first, count = _rows(attention, head).start, _length(place)
    _clear(attention, head)
    attention.v_proj.weight[first : first + count, OWN] = code.T[:count]
    attention.o_proj.weight[place, first : first + count] = TOLD * torch.eye(count)


def _look_for_the_like(attention: Any, head: int, code: torch.Tensor, *, as_well: bool) -> None:
    """Have a head attend to where the own token was the one before; `as_well` the own one's."""
    rows, half = _rows(attention, head), attention.head_dim // 2
    slow = [rows.start + pair + side for pair in range(FAST, half) for side in (0, half)]
    mixed = LOOKED * _orthogonal(code.shape[1], code.shape[1])[: len(slow)]
    queries, keys = attention.q_proj.weight, attention.k_proj.weight
    queries[rows] *= KEPT
    keys[rows] *= KEPT
    of_own = slow[: len(slow) // 2] if as_well else slow
    queries[of_own, OWN] = mixed[: len(of_own)] @ code.T
    keys[of_own, BEFORE] = mixed[: len(of_own)]
    if as_well:
        count = _length(SECOND_BEFORE)
        rest = slow[len(of_own) :]
        turned = LOOKED * _orthogonal(count, count)[: len(rest)]
        queries[rest, BEFORE.start : BEFORE.start + count] = turned
        keys[rest, SECOND_BEFORE] = turned


def _bring(attention: Any, head: int, own: slice) -> None:
    """Have a head bring what the token that it attends to is."""
    first, count = _rows(attention, head).start, _length(own)
    _clear(attention, head)
    attention.v_proj.weight[first : first + count, own] = torch.eye(count)
    attention.o_proj.weight[own, first : first + count] = COPIED * torch.eye(count)


def _clear(attention: Any, head: int) -> None:
    attention.v_proj.weight[_rows(attention, head)] = 0
    attention.o_proj.weight[:, _rows(attention, head)] = 0


def _rows(attention: Any, head: int) -> slice:
    return slice(head * attention.head_dim, (head + 1) * attention.head_dim)


def _orthogonal(rows: int, columns: int) -> torch.Tensor:
    directions: torch.Tensor = torch.linalg.qr(torch.randn(rows, columns)).Q
    return directions


def _length(place: slice) -> int:
    length: int = place.stop - place.start
    return length
