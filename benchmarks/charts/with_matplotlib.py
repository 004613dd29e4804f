"""Charts drawn by matplotlib, each on a page with a caption and text: `draw(specs, path)`."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import matplotlib as mpl

mpl.use("pdf")
import matplotlib.pyplot as plt
from matplotlib.backends.backend_pdf import PdfPages

STYLES = ("default", "ggplot", "bmh", "classic")
HELD_BACK = ("seaborn-v0_8-whitegrid", "fivethirtyeight", "grayscale", "Solarize_Light2",
             "tableau-colorblind10", "seaborn-v0_8-darkgrid")  # fmt: skip
PROSE = (
    "The figures of this section were gathered by the districts themselves and were checked twice\n"
    "before they were printed. Where a district gave none, those of the year before were used, and\n"
    "the tables at the end of the report say so. What follows from them is told in the next part."
)


def draw(specs, path: Path, *, held_back: bool = False) -> None:
    """Write one page for each chart; the first says of which type the fonts of all are.

    A file's fonts are written when it is closed: another type by then makes them wrong.
    """
    fonts = {"pdf.fonttype": 42 if specs[0].style % 2 else 3}
    with mpl.rc_context(fonts), PdfPages(path) as pages:
        for spec in specs:
            rnd = random.Random(spec.style)
            name = rnd.choice(HELD_BACK if held_back else STYLES)
            with plt.style.context(name):
                plt.rcParams.update(fonts)
                plt.rcParams["font.size"] = rnd.choice([7, 8, 9, 10])
                figure = page_of(spec, rnd)
                pages.savefig(figure)
                plt.close(figure)


def page_of(spec, rnd):
    """Return an A4 page with the chart, its caption and some text."""
    figure = plt.figure(figsize=(8.27, 11.69), facecolor="white")
    axes = figure.add_axes((0.2, 0.5, 0.62, rnd.uniform(0.22, 0.32)))
    _plot(axes, spec, rnd)
    axes.tick_params(labelsize=plt.rcParams["font.size"])
    figure.text(0.12, 0.40, f"Figure {spec.seed + 1}: {spec.title}.", fontsize=9)
    figure.text(0.12, 0.3, PROSE, fontsize=9.5)
    figure.text(0.12, 0.9, PROSE, fontsize=9.5)
    return figure


def _plot(axes, spec, rnd):
    kind = spec.kind
    {
        "pie": _pie,
        "scatter": _scatter,
        "area": _area,
        "stacked area": _area,
    }.get(kind, _lines if "line" in kind else _bars)(axes, spec, rnd)
    if kind == "pie":
        return
    if rnd.random() < 0.7:
        (axes.set_xlabel if "level" in kind else axes.set_ylabel)(spec.y_title)
    if spec.x_title:
        axes.set_xlabel(spec.x_title)
    if rnd.random() < 0.4:
        axes.set_title(spec.title)
    if len(spec.series) > 1:
        place = rnd.choice(["best", "upper center", "below"])
        if place == "below":
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=len(spec.series))
        else:
            axes.legend(loc="best")


def _bars(axes, spec, rnd):
    level, count = "level" in spec.kind, len(spec.names)
    draw = axes.barh if level else axes.bar
    below = [0.0] * count
    edge = rnd.choice([{}, {"edgecolor": "black", "linewidth": 0.6}])
    for n, (name, values) in enumerate(spec.series.items()):
        if "stacked" in spec.kind:
            drawn = draw(range(count), values, 0.7, below, label=name, **edge)
            below = [a + b for a, b in zip(below, values, strict=True)]
        else:
            thick = 0.8 / len(spec.series)
            places = [k - 0.4 + thick * (n + 0.5) for k in range(count)]
            drawn = draw(places, values, thick, label=name, **edge)
        if spec.labelled:
            axes.bar_label(drawn, fmt="{:.3g}", padding=2)
    turned = rnd.choice([0, 0, 0, 45, 90]) if not level and count > 5 else 0
    where = {"rotation": turned, "ha": "right"} if turned == 45 else {"rotation": turned}
    if level:
        axes.set_yticks(range(count), spec.names)
        axes.invert_yaxis() if rnd.random() < 0.5 else None
    else:
        axes.set_xticks(range(count), spec.names, **where)


def _lines(axes, spec, rnd):
    names = spec.names
    if spec.kind == "date line":
        names = [date.fromisoformat(name) for name in names]
    marker = rnd.choice(["", "", "o", "s"])
    for name, values in spec.series.items():
        axes.plot(names, values, label=name, marker=marker)
    if spec.kind == "log line":
        axes.set_yscale("log")
    elif rnd.random() < 0.5:
        axes.set_ylim(0, None)


def _scatter(axes, spec, rnd):
    size = rnd.choice([12, 25])
    for n, (name, pairs) in enumerate(spec.series.items()):
        xs, ys = zip(*pairs, strict=True)
        axes.scatter(xs, ys, s=size, label=name, color=f"C{n}")


def _area(axes, spec, _rnd):
    if spec.kind == "area":
        (name, values), *_ = spec.series.items()
        axes.fill_between(range(len(values)), values, label=name)
        axes.set_xticks(range(len(values)), spec.names)
    else:
        axes.stackplot(range(len(spec.names)), *spec.series.values(), labels=list(spec.series))
        axes.set_xticks(range(len(spec.names)), spec.names)
    axes.set_ylim(0, None)


def _pie(axes, spec, rnd):
    (values,) = spec.series.values()
    told = {"autopct": "%.0f%%"} if spec.labelled else {}
    width = {"wedgeprops": {"width": 0.4}} if rnd.random() < 0.3 and not told else {}
    if rnd.random() < 0.4:
        wedges = axes.pie(values, **told, **width)[0]
        axes.legend(wedges, spec.names, loc="center left", bbox_to_anchor=(1, 0.5))
    else:
        axes.pie(values, labels=spec.names, **told, **width)
