"""Words, pictures and both together, searched in one contrastive space, on drawn scenes.

    python -m training.sight.sight FOLDER --seed 1
    python -m benchmarks.sight.sight_drawn FOLDER [FOLDER OF ANOTHER SEED ...]

The gallery holds one picture of every scene; asked for are those that were held back from the
training, by words, by another picture of the same scene, by both (Vo et al., Composing Text and
Image for Image Retrieval, CVPR 2019: a picture and the words of what shall be otherwise; also
with words that say nothing of it), and in a list that mixes passages with pictures. As they are
and with means subtracted (Liang et al., Mind the Gap, NeurIPS 2022). The models are small and
know drawings alone: the figures say which way of combining serves in a space with a gap, nothing
of how well published weights find pictures.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.sight.sight import unit
from rag.evaluation.measures.bootstrap import estimate, paired_difference
from rag.models.embeddings.image_embedder import OpenClipEmbedder
from rag.protocols import Matrix, Pixels
from rag.retrieval.sight import TEMPERATURE
from training.sight.drawing import colourless, draw
from training.sight.scenes import PARTS, Part, Scene, caption, changed, scenes, split

RANKS = (1, 5)
WEIGHTS_OF_WORDS = tuple(n / 10 for n in range(11))
WEIGHT_TODAY = 0.5
RRF_K = 60
"""Cormack, Clarke and Buettcher, SIGIR 2009; ranks count from 1."""
SEED = 101
TELL_NOTHING = (
    "What does this picture show?",
    "Which value is the highest?",
    "another one like this",
    "Explain this.",
)
"""Words that people put beside a picture without saying what it looks like."""

Ranks = NDArray[np.int64]
"""(targets, queries of each): at which rank the right one stood, from 1; a tie counts against."""


@dataclass(frozen=True)
class Composed:
    """Queries of a picture and words, one for each target."""

    pictures: Sequence[Pixels]
    words: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Composition:
    """What is asked with a picture and words, how the two are combined, what the words weigh."""

    question: str
    way: str
    weight: float


@dataclass(frozen=True, kw_only=True)
class Drawings:
    """All that is asked and searched: the same for every model."""

    gallery: list[Pixels]
    targets: list[int]
    again: list[Pixels]
    questions: Mapping[str, Sequence[Composed]]
    written: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Space:
    """What one model makes of them, each (n, dim), rows of length 1."""

    gallery: Matrix
    words: Matrix
    passages: Matrix
    again: Matrix
    learnt: Matrix
    embed: Callable[[Composed], tuple[Matrix, Matrix]]

    @property
    def mean_words(self) -> Matrix:
        """Of captions of the scenes that were learnt, (1, dim)."""
        return np.asarray(self.learnt.mean(axis=0, keepdims=True))

    @property
    def mean_pictures(self) -> Matrix:
        """Of the gallery, (1, dim): in a search, of all that is stored."""
        return np.asarray(self.gallery.mean(axis=0, keepdims=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "models", type=Path, nargs="+", help="folders that training.sight.sight wrote"
    )
    parser.add_argument("--widened", type=float, default=0.0, help="move words and pictures apart")
    options = parser.parse_args()
    drawings = draw_all()
    print(f"{len(drawings.gallery)} scenes, {len(drawings.targets)} of them asked for")
    simple: defaultdict[str, list[Ranks]] = defaultdict(list)
    both: defaultdict[Composition, list[Ranks]] = defaultdict(list)
    for folder in options.models:
        space = widened(embedded(OpenClipEmbedder(folder), drawings), options.widened)
        print(f"{folder.name}: {told_gap(space)}")
        for name, found in [*alone(space, drawings), *in_a_mixed_list(space, drawings)]:
            simple[name].append(found)
        for composition, found in composed(space, drawings):
            both[composition].append(found)
    for name, runs in simple.items():
        print(f"{name:38} {told(runs)}")
    tell_composed(both)


def draw_all() -> Drawings:
    rng = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    shown = scenes()
    place = {scene: n for n, scene in enumerate(shown)}
    targets = split()[1]
    again = [draw(scene, rng) for scene in targets]
    return Drawings(
        gallery=[draw(scene, rng) for scene in shown],
        targets=[place[scene] for scene in targets],
        again=again,
        questions={
            "change of one part": [changes(targets, part, rng) for part in PARTS],
            "grey picture, colour told": [bare(targets, rng)],
            "nothing told": [Composed(again, [words] * len(again)) for words in TELL_NOTHING],
        },
        written=np.array([rng.random() < 0.5 for _ in shown]),  # noqa: PLR2004 - half
    )


def changes(targets: Sequence[Scene], part: Part, rng: random.Random) -> Composed:
    """Ask with scenes that differ from the targets in one part, and words that tell it."""
    others = [rng.choice(changed(scene, part)) for scene in targets]
    return Composed(
        [draw(scene, rng) for scene in others],
        [caption(scene, parts=[part]) for scene in targets],
    )


def bare(targets: Sequence[Scene], rng: random.Random) -> Composed:
    """Ask with grey pictures of the targets, and words that tell their colours."""
    return Composed(
        [colourless(draw(scene, rng)) for scene in targets],
        [caption(scene, parts=["colour"]) for scene in targets],
    )


def embedded(model: OpenClipEmbedder, drawings: Drawings) -> Space:
    shown, (learnt, _) = scenes(), split()
    seen = [caption(scene, wording=n % 2) for n, scene in enumerate(learnt)]
    return Space(
        gallery=model.embed_images(drawings.gallery),
        words=model.embed_queries([caption(shown[n]) for n in drawings.targets]),
        passages=model.embed_queries([caption(scene, wording=1) for scene in shown]),
        again=model.embed_images(drawings.again),
        learnt=model.embed_queries(seen),
        embed=lambda asked: (model.embed_queries(asked.words), model.embed_images(asked.pictures)),
    )


def widened(space: Space, by: float) -> Space:
    """Move words and pictures apart along the gap, each by so much (Liang et al., section 5)."""
    gap = unit(space.mean_words - space.mean_pictures)

    def embed(asked: Composed) -> tuple[Matrix, Matrix]:
        words, pictures = space.embed(asked)
        return unit(words + by * gap), unit(pictures - by * gap)

    return Space(
        gallery=unit(space.gallery - by * gap),
        words=unit(space.words + by * gap),
        passages=unit(space.passages + by * gap),
        again=unit(space.again - by * gap),
        learnt=unit(space.learnt + by * gap),
        embed=embed,
    )


def told_gap(space: Space) -> str:
    """Say how far the means of words and pictures lie apart, and how alike pairs are."""
    pictures = space.mean_pictures.ravel()
    gap = float(np.linalg.norm(space.mean_words - pictures))
    cosines = {
        "two pictures": space.gallery @ pictures,
        "two captions": space.passages @ space.mean_words.T,
        "a picture and its caption": (space.gallery * space.passages).sum(axis=1),
        "a picture and any caption": space.passages @ pictures,
    }
    alike = ", ".join(f"of {what} {float(found.mean()):.2f}" for what, found in cosines.items())
    return f"the means lie {gap:.2f} apart; mean cosine {alike}"


def alone(space: Space, drawings: Drawings) -> Iterator[tuple[str, Ranks]]:
    right = np.array(drawings.targets)
    centre = space.mean_pictures
    centred = unit(space.gallery - centre)
    yield "words, as they are", ranks(space.words @ space.gallery.T, right)
    yield "words, pictures centred", ranks(space.words @ centred.T, right)
    yield "words, both centred", ranks(unit(space.words - space.mean_words) @ centred.T, right)
    yield "picture, as they are", ranks(space.again @ space.gallery.T, right)
    yield "picture, centred", ranks(unit(space.again - centre) @ centred.T, right)


def ranks(scores: Matrix, right: NDArray[np.int64]) -> Ranks:
    """Return the rank of `right`, (n, 1), among the columns of scores (n, all)."""
    own = np.take_along_axis(scores, right[:, None], axis=1)
    counted: Ranks = (scores >= own).sum(axis=1, keepdims=True)
    return counted


def in_a_mixed_list(space: Space, drawings: Drawings) -> Iterator[tuple[str, Ranks]]:
    """Ask with words where half of the scenes are passages and the others pictures."""
    right, written = np.array(drawings.targets), drawings.written
    centre = space.mean_pictures
    pictures, passages = unit(space.gallery - centre), unit(space.passages - space.mean_words)
    words = unit(space.words - space.mean_words)
    to_pictures, to_passages = space.words @ space.gallery.T, space.words @ space.passages.T
    lists = {
        "as they are": (to_pictures, to_passages),
        "pictures centred": (space.words @ pictures.T, to_passages),
        "both centred": (words @ pictures.T, words @ passages.T),
        "by rank": (by_rank(to_pictures, ~written), by_rank(to_passages, written)),
        "by shares": (shares(to_pictures, ~written), shares(to_passages, written)),
    }
    for name, (of_pictures, of_passages) in lists.items():
        found = ranks(np.where(written, of_passages, of_pictures), right)
        yield f"mixed list, {name}: a passage", found[written[right]]
        yield f"mixed list, {name}: a picture", found[~written[right]]


def by_rank(scores: Matrix, there: NDArray[np.bool_]) -> Matrix:
    """Return 1 / (RRF_K + rank) among the columns that are there."""
    kept = np.where(there, scores, -np.inf)
    order = (-kept).argsort(axis=1).argsort(axis=1)
    return np.asarray(1 / (RRF_K + 1 + order), dtype=np.float32)


def shares(scores: Matrix, there: NDArray[np.bool_]) -> Matrix:
    """Return the shares that `rag.retrieval.sight.shared` makes, of the columns that are there."""
    logits = np.where(there, scores, -np.inf) / TEMPERATURE
    parts = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(parts / parts.sum(axis=1, keepdims=True), dtype=np.float32)


def composed(space: Space, drawings: Drawings) -> Iterator[tuple[Composition, Ranks]]:
    """Ask with words and picture together: each way of combining at each weight of the words."""
    for question, asked in drawings.questions.items():
        runs: defaultdict[Composition, list[Ranks]] = defaultdict(list)
        for queries in asked:
            for (way, weight), found in _composed(queries, space, drawings):
                composition = Composition(question=question, way=way, weight=weight)
                runs[composition].append(found)
        for composition, several in runs.items():
            yield composition, np.hstack(several)


def _composed(
    queries: Composed, space: Space, drawings: Drawings
) -> Iterator[tuple[tuple[str, float], Ranks]]:
    right = np.array(drawings.targets)
    words, pictures = space.embed(queries)
    for way, (of_words, of_pictures) in ways(space, words, pictures).items():
        for weight in WEIGHTS_OF_WORDS:
            yield (way, weight), ranks(weight * of_words + (1 - weight) * of_pictures, right)


def by_spread(scores: Matrix) -> Matrix:
    """Return the scores in units of their standard deviation over all that is searched."""
    return np.asarray(scores / scores.std(axis=1, keepdims=True), dtype=np.float32)


def ways(space: Space, words: Matrix, pictures: Matrix) -> dict[str, tuple[Matrix, Matrix]]:
    """Return scores of words and of pictures to add up.

    A sum of cosines is the cosine of the sum of the vectors, but for a factor that is the same
    for all that is found.
    """
    centre = space.mean_pictures
    gallery = unit(space.gallery - centre)
    to_words, to_pictures = words @ space.gallery.T, pictures @ space.gallery.T
    everything = np.ones(len(space.gallery), dtype=np.bool_)
    return {
        "sum": (to_words, to_pictures),
        "sum of centred": (
            unit(words - space.mean_words) @ gallery.T,
            unit(pictures - centre) @ gallery.T,
        ),
        "sum by spread": (by_spread(to_words), by_spread(to_pictures)),
        "ranks": (by_rank(to_words, everything), by_rank(to_pictures, everything)),
        "shares": (shares(to_words, everything), shares(to_pictures, everything)),
    }


def told(runs: Sequence[Ranks]) -> str:
    """Say recall over the models, its interval over the targets, and that of each model."""
    parts = []
    for k in RANKS:
        mean = estimate(hits(runs, k), seed=SEED)
        if mean is not None:
            each = " ".join(f"{np.mean(ranked <= k):.3f}" for ranked in runs)
            parts.append(f"@{k} {mean.value:.3f} [{mean.low:.3f}-{mean.high:.3f}] ({each})")
    return "  ".join(parts)


def tell_composed(both: Mapping[Composition, Sequence[Ranks]]) -> None:
    """Print recall at each weight, and how far each way at its best is from what is done today."""
    for question, way in dict.fromkeys((c.question, c.way) for c in both):
        runs = [both[Composition(question=question, way=way, weight=w)] for w in WEIGHTS_OF_WORDS]
        print(f"{question}, {way}: {told_difference(both, question, way)}")
        for k in RANKS:
            print(f"  @{k} " + " ".join(f"{hits(run, k).mean():.3f}" for run in runs))


def told_difference(both: Mapping[Composition, Sequence[Ranks]], question: str, way: str) -> str:
    """Compare the best weight (by the first of RANKS) with the sum at today's weight."""
    k = RANKS[0]
    weight = max(
        WEIGHTS_OF_WORDS,
        key=lambda w: hits(both[Composition(question=question, way=way, weight=w)], k).mean(),
    )
    best = both[Composition(question=question, way=way, weight=weight)]
    today = both[Composition(question=question, way="sum", weight=WEIGHT_TODAY)]
    found = paired_difference(hits(best, k), hits(today, k), seed=SEED)
    if found is None:
        return f"best {weight}"
    return (
        f"best {weight}, {told(best)}; @{k} {found.value:+.3f} "
        f"[{found.low:+.3f} to {found.high:+.3f}] to the sum at {WEIGHT_TODAY}"
    )


def hits(runs: Sequence[Ranks], k: int) -> NDArray[np.float64]:
    """Return (targets, 1): of the models and queries, the share that finds each among k."""
    found = np.mean([ranked <= k for ranked in runs], axis=0, dtype=np.float64)
    return np.asarray(found.mean(axis=1, keepdims=True))


if __name__ == "__main__":
    main()
