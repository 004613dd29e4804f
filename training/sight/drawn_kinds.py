"""Drawn pictures of kinds that few labelled ones show: formulas, scatter plots, tables, charts.

`python -m training.sight.drawn_kinds PICTURES LABELS`: writes pictures into the folder of the
others, and their labels in the form of `training/sight/kinds_public.tsv`. Needs the extra `demo`.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from PIL import Image

from training.sight.kinds import COPY_PX, DRAWN

mpl.use("Agg")

EACH: Final = 120
PIES: Final = 60
STYLES: Final = (
    "default",
    "ggplot",
    "fivethirtyeight",
    "bmh",
    "dark_background",
    "classic",
    "seaborn-v0_8-whitegrid",
    "Solarize_Light2",
    "grayscale",
)
WORDS: Final = (
    "year rate share income age north rural price yield count water energy school "
    "model test city west median growth score region total steel coal"
).split()
ATOMS: Final = (
    r"x y \theta \alpha x_i y^{(i)} \mathbf{w} n m \sigma \hat{y} P(A|B) h_\theta(x) "
    r"\lambda f(x) k^2 2 \pi"
).split()
FORMS: Final = (
    r"\frac{{{0}}}{{{1}}}",
    r"\sum_{{i=1}}^{{n}} {0} {1}",
    r"\sqrt{{{0} + {1}}}",
    r"{0} = {1}",
    r"\int_0^1 {0}\,d{1}",
    r"{0} + {1}",
    r"{0} - {1}",
    r"\left({0}, {1}\right)",
    r"{{{0}}}^{{{1}}}",
    r"\log {0} \cdot {1}",
    r"\partial {0} / \partial {1}",
    r"e^{{-{0}}} {1}",
    r"\lim_{{{1} \to 0}} {0}",
    r"{0} \leq {1}",
    r"\prod_{{j}} {0} {1}",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pictures", type=Path)
    parser.add_argument("labels", type=Path)
    told = parser.parse_args()
    told.pictures.mkdir(parents=True, exist_ok=True)
    rows = []
    for kind in DRAWERS:
        for seed in range(PIES if kind == "pie chart" else EACH):
            pixels, style = drawn(kind, seed), STYLES[seed % len(STYLES)]
            name = hashlib.sha256(np.asarray(pixels).tobytes()).hexdigest()[:16]
            pixels.save(told.pictures / f"{name}.png")
            rows.append(f"{name}\t{kind}\t{DRAWN}{style}\tfit\tdrawn:{kind}-{seed}\n")
    told.labels.write_text("".join(rows), encoding="utf-8")


def drawn(kind: str, seed: int) -> Image.Image:
    """Return one picture of a kind: its style goes by the seed, size and font by chance."""
    rng = random.Random(f"{kind} {seed}")  # noqa: S311 - repeatable, not secret
    letters = rng.choice(["sans-serif", "serif", "monospace"])
    signs = rng.choice(["cm", "stix", "dejavuserif"])
    with (
        plt.style.context(["default", STYLES[seed % len(STYLES)]]),
        mpl.rc_context({"font.family": letters, "mathtext.fontset": signs}),
    ):
        figure, axes = plt.subplots(figsize=(rng.uniform(3.5, 8), rng.uniform(2.6, 6)))
        DRAWERS[kind](axes, rng)
        stream, cut = io.BytesIO(), "tight" if _happens(rng, 0.7) else None
        figure.savefig(stream, dpi=rng.choice([72, 100, 150]), bbox_inches=cut)
        plt.close(figure)
    with Image.open(stream) as picture:
        pixels = picture.convert("RGB")
    pixels.thumbnail((COPY_PX, COPY_PX))
    return pixels


def formula(axes: Axes, rng: random.Random) -> None:
    """Draw one to five lines of mathematics, alone."""
    axes.set_axis_off()
    count = rng.choice([1, 1, 1, 2, 3, 5])
    size = rng.uniform(12, 30) if count == 1 else rng.uniform(10, 18)
    for line in range(count):
        text = f"${_term(rng, 3)} = {_term(rng, rng.choice([1, 2, 3]))}$"
        axes.text(rng.uniform(0, 0.2), 1 - line / count, text, fontsize=size)


def _term(rng: random.Random, depth: int) -> str:
    if depth == 0:
        return rng.choice(ATOMS)
    parts = (_term(rng, rng.randrange(depth)), _term(rng, rng.randrange(depth)))
    return rng.choice(FORMS).format(*parts)


def scatter(axes: Axes, rng: random.Random) -> None:
    """Draw one to five clouds of marks, with a line through them at times."""
    noise = np.random.default_rng(rng.randrange(1 << 30))
    for group in range(rng.choice([1, 1, 2, 3, 5])):
        count = rng.choice([12, 30, 80, 250, 800])
        x = noise.normal(rng.uniform(-2, 2), rng.uniform(0.3, 1.5), count)
        off = noise.normal(rng.uniform(-2, 2), rng.uniform(0.2, 1.2), count)
        sizes = noise.uniform(4, 300, count) if _happens(rng, 0.2) else rng.choice([4, 12, 30, 60])
        name, shade = f"{rng.choice(WORDS)} {group}", rng.choice([0.4, 0.8, 1])
        axes.scatter(
            x,
            rng.uniform(-1, 1) * x + off,
            s=sizes,
            marker=rng.choice("ooo.x+^s"),
            alpha=shade,
            label=name,
        )
    if _happens(rng, 0.25):
        axes.plot([-3, 3], [rng.uniform(-2, 2), rng.uniform(-2, 2)])
    _titled(axes, rng)


def table(axes: Axes, rng: random.Random) -> None:
    """Draw rows of words and numbers: with all rules, some or none, plain or striped."""
    axes.set_axis_off()
    columns, rows = rng.randint(2, 8), rng.randint(3, 16)
    made = axes.table(
        [[_cell(rng, column) for column in range(columns)] for _ in range(rows)],
        colLabels=[rng.choice(WORDS).title() for _ in range(columns)],
        loc="center",
        cellLoc=rng.choice(["left", "center", "right"]),
        edges=rng.choice(["closed", "closed", "horizontal", "open", "B"]),
    )
    made.auto_set_font_size(_happens(rng, 0.5))
    made.scale(1, rng.uniform(1, 1.8))
    tint, is_striped = rng.choice(["#ddeeff", "#eeeeee", "#ffe8cc", ""]), _happens(rng, 0.4)
    for (row, _), cell in made.get_celld().items():
        cell.set_linewidth(rng.choice([0.4, 0.8]))
        if tint and (row == 0 or (is_striped and row % 2)):
            cell.set_facecolor(tint)
            cell.fill = True


def _cell(rng: random.Random, column: int) -> str:
    if column == 0:
        return " ".join(rng.sample(WORDS, rng.choice([1, 1, 2])))
    number = rng.uniform(0, 100)
    return rng.choice([f"{number:.1f}", f"{1000 * number:,.0f}", f"{number / 100:.3f}"])


def bars(axes: Axes, rng: random.Random) -> None:
    """Draw bars, standing or lying, alone, in groups or on each other."""
    groups, series = rng.randint(3, 14), rng.choice([1, 1, 1, 2, 3, 4])
    is_lying, is_stacked = _happens(rng, 0.5), _happens(rng, 0.4)
    wide, below = 0.8 if is_stacked else 0.8 / series, np.zeros(groups)
    for n in range(series):
        values = np.array([rng.uniform(5, 100) for _ in range(groups)])
        places = np.arange(groups) + (0 if is_stacked else n * wide)
        start, thick = below if is_stacked else np.zeros(groups), wide * rng.uniform(0.7, 1)
        if is_lying:
            axes.barh(places, values, thick, left=start, label=rng.choice(WORDS))
        else:
            axes.bar(places, values, thick, bottom=start, label=rng.choice(WORDS))
        below = below + values
    names = [" ".join(rng.sample(WORDS, rng.choice([1, 2]))) for _ in range(groups)]
    if is_lying:
        axes.set_yticks(range(groups), names)
    else:
        axes.set_xticks(range(groups), names, rotation=rng.choice([0, 30, 90]))
    _titled(axes, rng)


def lines(axes: Axes, rng: random.Random) -> None:
    """Draw one to six lines over years, with marks or broken at times."""
    noise = np.random.default_rng(rng.randrange(1 << 30))
    count = rng.choice([6, 12, 40, 150])
    for _ in range(rng.choice([1, 1, 2, 3, 6])):
        values = 50 + np.cumsum(noise.normal(rng.uniform(-1, 1), 3, count))
        mark, dashes = rng.choice(["", "", "o", "s"]), rng.choice(["-", "-", "--"])
        thick, years = rng.uniform(0.8, 3), 1990 + np.arange(count)
        name = rng.choice(WORDS)
        axes.plot(years, values, marker=mark, linestyle=dashes, linewidth=thick, label=name)
    _titled(axes, rng)


def pie(axes: Axes, rng: random.Random) -> None:
    """Draw a pie or a ring, named beside its parts or by a legend."""
    shares = [rng.uniform(2, 30) for _ in range(rng.randint(2, 9))]
    names = [rng.choice(WORDS) for _ in shares]
    hole = {"width": rng.uniform(0.2, 0.5)} if _happens(rng, 0.3) else {}
    is_named, printed = _happens(rng, 0.6), rng.choice([None, "%.0f%%"])
    labels, turn = names if is_named else None, rng.uniform(0, 360)
    axes.pie(shares, labels=labels, autopct=printed, wedgeprops=hole, startangle=turn)
    if not is_named:
        axes.legend(names)


def _happens(rng: random.Random, share: float) -> bool:
    return rng.random() < share


def _titled(axes: Axes, rng: random.Random) -> None:
    axes.grid(visible=rng.choice([True, False]))
    if _happens(rng, 0.7):
        axes.set_title(" ".join(rng.sample(WORDS, 4)).capitalize())
        axes.set_xlabel(rng.choice(WORDS))
        axes.set_ylabel(rng.choice(WORDS))
    if _happens(rng, 0.4):
        axes.legend()
    if _happens(rng, 0.5):
        axes.spines[["top", "right"]].set_visible(False)


DRAWERS: Final[dict[str, Callable[[Axes, random.Random], None]]] = {
    "formula": formula,
    "scatter plot": scatter,
    "table": table,
    "bar chart": bars,
    "line chart": lines,
    "pie chart": pie,
}


if __name__ == "__main__":
    main()
