"""Makes the shipped weights: `python -m training.reader.export CHECKPOINT DATA OUT`.

The difference from the trunk is written in 4 bits; then the calibration is fitted on rows that
were kept from training, through the very reader that ships.
"""

from __future__ import annotations

import argparse
import itertools
import json
import logging
import random
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np
import torch
from safetensors.torch import save_file
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from rag.models.base.weights import MINILM
from rag.models.reader.model import GROUP, LEVELS
from rag.models.reader.reader import Calibration, Pair, Reader, WindowReading
from training.reader.data import ReaderRow, by_set, is_held_back, read_rows, sample
from training.reader.evaluate import read_answers
from training.reader.metrics import best_threshold, word_f1
from training.reader.model import apply_adapter, new_model

SHRINKS: Final = (1.0, 0.9, 0.8, 0.7, 0.6)
"""Clipping a group's extremes often lowers its squared error: the best of these is taken."""
MIN_QUANTISED: Final = 100_000
"""Matrices smaller than this are kept in 16 bits."""


def pack(delta: Tensor) -> tuple[Tensor, Tensor]:
    """Quantise a tensor whose size is a multiple of GROUP: codes, two in a byte, and scales."""
    groups = delta.float().reshape(-1, GROUP)
    widest = groups.abs().amax(dim=1, keepdim=True)  # (n / GROUP, 1)
    trials = [(widest * shrink / LEVELS).half().float() for shrink in SHRINKS]
    errors = torch.stack([_error(groups, scale) for scale in trials])  # (shrinks, n / GROUP)
    best = errors.argmin(dim=0)
    scale = torch.stack(trials)[best, torch.arange(len(groups))]
    codes = (_codes(groups, scale) + LEVELS).to(torch.uint8).reshape(-1, 2)
    return codes[:, 0] | (codes[:, 1] << 4), scale.squeeze(1).half()


def _codes(groups: Tensor, scale: Tensor) -> Tensor:
    return (groups / scale.clamp_min(1e-12)).round().clamp(-LEVELS, LEVELS)


def _error(groups: Tensor, scale: Tensor) -> Tensor:
    return (_codes(groups, scale) * scale - groups).square().sum(dim=1)


def save_adapter(
    path: Path,
    tuned: dict[str, Tensor],
    origin: dict[str, Tensor],
    *,
    trunk_sha256: str,
    calibration: dict[str, float],
) -> None:
    """Write what differs between the tuned reader and a fresh one (same names)."""
    tensors: dict[str, Tensor] = {}
    for name, value in tuned.items():
        if torch.equal(value, origin[name]):
            continue
        if value.numel() < MIN_QUANTISED:
            tensors[name] = value.half().contiguous()
        else:
            codes, scales = pack(value - origin[name])
            tensors |= {f"{name}.codes": codes, f"{name}.scales": scales}
    metadata = {"trunk_sha256": trunk_sha256, "calibration": json.dumps(calibration)}
    save_file(tensors, path, metadata=metadata)


logger = logging.getLogger("training")

TEMPERATURES: Final = (0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 3.0)
SHARE: Final = 0.65
"""What new weights count beside the former ones: the best of .5, .65, .8 on held-back rows."""
RIGHT_F1: Final = 0.8
"""A candidate span counts as the answer from this F1 on."""


def held_back(data: Path, *, count: int, seed: int) -> list[ReaderRow]:
    """Draw rows that were kept from training, in the mix and dress of the training."""
    files = [data / name for name in ("reader.jsonl.gz", "reader_silver.jsonl.gz")]
    rows = itertools.chain.from_iterable(read_rows(path) for path in files)
    groups = by_set(row for row in rows if is_held_back(row))
    drawn = sample(groups, random.Random(seed))  # noqa: S311 - repeatable, not secret
    return list(itertools.islice(drawn, count))


def averaged(checkpoints: Sequence[Path]) -> dict[str, torch.Tensor]:
    """Return the mean of the checkpoints' weights (Wortsman et al., Model soups, ICML 2022)."""
    states = [torch.load(path, weights_only=True)["model"] for path in checkpoints]
    return {name: sum(state[name] for state in states) / len(states) for name in states[0]}


def blended(state: dict[str, torch.Tensor], adapter: Path) -> dict[str, torch.Tensor]:
    """Return the mean of the weights, counting SHARE, and those shipped before.

    What was not trained, and what the adapter does not hold, stays as it is.
    """
    model = new_model()
    apply_adapter(model, adapter)
    fresh, former = new_model().state_dict(), model.state_dict()
    trained = [name for name in state if not torch.equal(former[name], fresh[name])]
    shipped = [name for name in trained if not name.startswith(("start.", "end."))]
    return state | {n: SHARE * state[n] + (1 - SHARE) * former[n] for n in shipped}


def write(path: Path, state: dict[str, torch.Tensor], calibration: Calibration) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_adapter(
        path,
        state,
        new_model().state_dict(),
        trunk_sha256=MINILM.sha256,
        calibration=asdict(calibration),
    )


def fit(path: Path, rows: Sequence[ReaderRow]) -> Calibration:
    """Fit relevance, then spans, then the threshold, of the adapter at `path`."""
    reader = Reader(adapter=path)
    pairs = [Pair(question=r.question, passage=r.context, context=r.lead) for r in rows]
    passages, windows = reader.read_windows(pairs)
    best = [max(found, key=lambda w: w.answer + w.lead) for found in windows]
    features = np.array([[window.answer, window.lead, 1.0] for window in best])
    labels = np.array([float(row.answerable) for row in rows])
    # A slight ridge: signs that part the rows whole have no greatest likelihood.
    fitted = LogisticRegression(C=1000, fit_intercept=False).fit(features, labels)
    answer, lead, bias = (float(weight) for weight in fitted.coef_[0])
    texts = [
        [row.context[p.offsets[a][0] : p.offsets[b][1]] for a, b, _ in window.spans]
        for row, p, window in zip(rows, passages, best, strict=True)
    ]
    temperature = fit_temperature(rows, best, texts)
    return Calibration(answer=answer, lead=lead, bias=bias, temperature=temperature)


def fit_temperature(
    rows: Sequence[ReaderRow], windows: Sequence[WindowReading], texts: Sequence[Sequence[str]]
) -> float:
    """Return the temperature under which the right candidate spans are likeliest."""
    cases = []
    for row, window, given in zip(rows, windows, texts, strict=True):
        wanted = [row.context[a:b] for a, b in row.answers]
        right = [any(word_f1(text, w) >= RIGHT_F1 for w in wanted) for text in given]
        if any(right):
            cases.append((np.array([logit for _, _, logit in window.spans]), np.array(right)))

    def likelihood(temperature: float) -> float:
        return sum(
            float(np.logaddexp.reduce(z[y] / temperature) - np.logaddexp.reduce(z / temperature))
            for z, y in cases
        )

    return max(TEMPERATURES, key=likelihood)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("data", type=Path, help="folder of reader*.jsonl.gz")
    parser.add_argument("out", type=Path, help="reader.safetensors")
    parser.add_argument(
        "--also", type=Path, nargs="*", default=[], help="checkpoints to average it with"
    )
    parser.add_argument("--former", type=Path, help="shipped weights to blend it with")
    parser.add_argument("--rows", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=2)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    state = averaged([options.checkpoint, *options.also])
    if options.former:
        state = blended(state, options.former)
    rows = held_back(options.data, count=options.rows, seed=options.seed)
    write(options.out, state, Calibration())
    calibration = fit(options.out, rows)
    write(options.out, state, calibration)
    judged = read_answers(Reader(adapter=options.out), rows)
    calibration = Calibration(**asdict(calibration) | {"threshold": best_threshold(judged)})
    write(options.out, state, calibration)
    logger.info("wrote %s, %d bytes, %s", options.out, options.out.stat().st_size, calibration)


if __name__ == "__main__":
    main()
