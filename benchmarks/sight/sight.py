"""Finding pictures with an image model: centring against the modality gap, and composed queries.

    python -m benchmarks.sight.sight MODEL_FOLDER CAPTIONS.jsonl

MODEL_FOLDER is one that open_clip saved. Each line of CAPTIONS.jsonl is {"image": path beside the
file, "words": what it shows}. Recall@1 and @5 of each picture among all, asked for by its words, by
its left half, and by both; vectors as they are, and with means subtracted (Liang et al., Mind the
Gap, NeurIPS 2022). The mean of the words is that of the other captions. Drawn pictures, and more
that is asked of them: `sight_drawn`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image

from rag.models.embeddings.image_embedder import OpenClipEmbedder
from rag.protocols import Matrix

RANKS = (1, 5)
WEIGHTS_OF_WORDS = tuple(n / 10 for n in range(11))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("captions", type=Path)
    options = parser.parse_args()
    lines = options.captions.read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    whole = [_pixels(options.captions.parent / row["image"]) for row in rows]
    halves = [pixels[:, : max(1, pixels.shape[1] // 2)] for pixels in whole]
    model = OpenClipEmbedder(options.model)
    pictures, parts = model.embed_images(whole), model.embed_images(halves)
    words = model.embed_queries([row["words"] for row in rows])
    gap = float(np.linalg.norm(words.mean(axis=0) - pictures.mean(axis=0)))
    print(f"{len(rows)} pictures, {model.model_id}; the means lie {gap:.3f} apart")
    for name, centred_words, centred in centrings(words, pictures):
        report(f"words, {name}", centred_words, centred)
    centred_parts = unit(parts - pictures.mean(axis=0))
    _, centred_words, centred = centrings(words, pictures)[-1]
    for weight in WEIGHTS_OF_WORDS:
        name = f"words {weight:.1f}, half picture {1 - weight:.1f}"
        report(name, mixed(words, parts, weight), pictures)
        report(f"{name}, centred", mixed(centred_words, centred_parts, weight), centred)


def centrings(words: Matrix, pictures: Matrix) -> list[tuple[str, Matrix, Matrix]]:
    """Return name, words and pictures as they are, pictures centred, and both centred."""
    centred = unit(pictures - pictures.mean(axis=0))
    others = (words.sum(axis=0) - words) / max(1, len(words) - 1)  # (n, dim)
    return [
        ("as they are", words, pictures),
        ("pictures centred", words, centred),
        ("both centred", unit(words - others), centred),
    ]


def mixed(words: Matrix, parts: Matrix, weight: float) -> Matrix:
    return unit(weight * words + (1 - weight) * parts)


def unit(rows: Matrix) -> Matrix:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)


def report(name: str, asked: Matrix, pictures: Matrix) -> None:
    """Print how many are found first, and among five; a tie counts against."""
    cosines = asked @ pictures.T  # (n, n)
    better = (cosines >= np.diag(cosines)[:, None]).sum(axis=1)
    told = "  ".join(f"recall@{k} {np.mean(better <= k):.3f}" for k in RANKS)
    print(f"{name:38} {told}")


def _pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"), dtype=np.uint8)


if __name__ == "__main__":
    main()
