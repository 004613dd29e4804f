"""The drawn pictures: the gauge, two maps and the wind rose, as PNG."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import matplotlib as mpl

mpl.use("Agg")

import numpy as np
from look import AMBER, BLUE, GREY, ICE, INK, SKY
from matplotlib import patches
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

Grid = NDArray[np.float64]
STATION_AT: Final = (7.35, 5.6)
PATH: Final = ((0.9, 1.1), (1.9, 1.7), (2.9, 1.5), (3.6, 2.3), (4.5, 2.6), (5.1, 3.5), (5.9, 3.9),
               (6.2, 4.7), (6.9, 4.9), STATION_AT)  # fmt: skip
WIND_SHARES: Final = {
    "N": (6, 3, 1), "NE": (4, 1, 0), "E": (3, 1, 0), "SE": (4, 2, 1),
    "S": (6, 5, 3), "SW": (5, 3, 1), "W": (7, 6, 3), "NW": (11, 13, 11),
}  # fmt: skip
"""Per cent of all hours of 2025 with wind from there: under 20, 20 to 50, over 50 km/h."""

CALLOUTS: Final = (
    ("1", "Wind shield\nwith 32 leaves", (1.35, 5.3), (0.5, 6.6)),
    ("2", "Heated rim, opening 400 cm²", (4.4, 6.9), (6.1, 7.5)),
    ("3", "Funnel", (3.4, 5.9), (6.1, 6.4)),
    ("4", "Collecting bucket, 30 litres,\nwith 4 litres of antifreeze", (3.7, 4.3), (6.1, 4.9)),
    ("5", "Load cell, reads every 6 s", (4.0, 2.62), (6.1, 3.3)),
    ("6", "Data logger and 24 V supply", (4.3, 1.75), (6.1, 1.9)),
    ("7", "Concrete base, 1.1 m deep", (3.0, 0.55), (6.1, 0.6)),
)


def _save(figure: Figure, path: Path, *, dpi: int = 150) -> None:
    # The version of the library in a file's metadata would change the file with every upgrade.
    figure.savefig(path, dpi=dpi, metadata={"Software": None})
    plt.close(figure)


def gauge(path: Path) -> None:
    """Draw the weighing precipitation gauge with its seven numbered parts."""
    figure = plt.figure(figsize=(8.4, 7.0))
    axes = figure.add_axes((0.02, 0.02, 0.96, 0.86))
    axes.set(xlim=(0, 10), ylim=(0, 8), aspect="auto")
    axes.axis("off")
    figure.text(0.04, 0.945, "Weighing precipitation gauge PG-4", size=18, weight="bold", color=INK)
    figure.text(0.04, 0.905, "Sturmjoch, instrument P-01. Cut through the middle, not to scale.",
                size=10.5, color=GREY)  # fmt: skip
    _gauge_body(axes)
    _gauge_shield(axes)
    for number, text, point, label in CALLOUTS:
        _callout(axes, number, text, point, label)
    _save(figure, path)


def _gauge_body(axes: Axes) -> None:
    metal = {"edgecolor": INK, "linewidth": 1.8}
    axes.add_patch(patches.Rectangle((0, 0), 10, 0.85, facecolor="#dfe7ec", edgecolor="none"))
    axes.add_patch(patches.Rectangle((2.1, 0.2), 1.8, 0.85, facecolor="#b9b4ab", **metal))
    axes.add_patch(patches.Rectangle((1.7, 1.05), 2.6, 1.2, facecolor="#f4f6f8", **metal))
    axes.add_patch(patches.Rectangle((2.2, 1.4), 1.6, 0.55, facecolor=AMBER, **metal))
    axes.add_patch(patches.Rectangle((1.7, 2.25), 2.6, 4.55, facecolor="#f4f6f8", **metal))
    axes.add_patch(patches.Rectangle((2.0, 2.5), 2.0, 0.25, facecolor=GREY, **metal))
    axes.add_patch(patches.Rectangle((2.05, 2.75), 1.9, 2.3, facecolor="white", **metal))
    axes.add_patch(patches.Rectangle((2.09, 2.79), 1.82, 1.25, facecolor=SKY, edgecolor="none"))
    axes.add_patch(patches.Polygon([(1.95, 6.5), (4.05, 6.5), (3.3, 5.3), (2.7, 5.3)],
                                   facecolor=ICE, **metal))  # fmt: skip
    axes.add_patch(patches.Rectangle((1.6, 6.8), 2.8, 0.2, facecolor="#c94f3d", **metal))
    for x in (2.45, 3.0, 3.55):
        axes.plot(x, 7.45, marker=(6, 2, 0), markersize=13, color=BLUE)


def _gauge_shield(axes: Axes) -> None:
    for x in (0.55, 0.95, 1.35, 4.65, 5.05, 5.45):
        leaf = [(x - 0.13, 6.1), (x + 0.13, 6.1), (x + 0.07, 3.6), (x - 0.07, 3.6)]
        axes.add_patch(patches.Polygon(leaf, facecolor="#c3ccd3", edgecolor=INK, linewidth=1.2))
    for x in (0.3, 5.7):
        axes.plot([x, x], [0.85, 6.25], color=INK, linewidth=3)
    axes.plot([0.3, 1.55], [6.15, 6.15], color=INK, linewidth=2)
    axes.plot([4.45, 5.7], [6.15, 6.15], color=INK, linewidth=2)


def _callout(
    axes: Axes, number: str, text: str, point: tuple[float, float], label: tuple[float, float]
) -> None:
    axes.plot([point[0], label[0]], [point[1], label[1]], color=GREY, linewidth=1.0)
    axes.plot(*point, "o", color=INK, markersize=4)
    axes.text(*label, number, ha="center", va="center", size=11, weight="bold", color="white",
              bbox={"boxstyle": "circle", "facecolor": BLUE, "edgecolor": "none"})  # fmt: skip
    if label[0] > 1:
        axes.text(label[0] + 0.38, label[1], text, ha="left", va="center", size=11.5, color=INK)
    else:
        axes.text(label[0] - 0.35, label[1] + 0.3, text, ha="left", va="bottom", size=11.5,
                  color=INK)  # fmt: skip


def _terrain() -> tuple[Grid, Grid, Grid]:
    """Return x, y in km and the height in metres of the invented Sturmjoch and its valley."""
    x, y = np.meshgrid(np.linspace(0, 10, 240), np.linspace(0, 7, 170))
    height = 1180 + 150 * x + 40 * y
    for cx, cy, width, top in ((7.2, 6.4, 1.7, 620), (9.0, 3.0, 1.6, 560), (3.0, 5.4, 1.8, 820),
                               (5.2, 1.0, 1.5, 520)):  # fmt: skip
        height += top * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / width**2)
    height -= 420 * np.exp(-((y - 0.6 - 0.45 * x) ** 2) / 1.1)
    return x, y, height + 40 * np.sin(2.1 * x + 1.3 * y) * np.cos(1.7 * y - 0.6 * x)


def _map_base(axes: Axes) -> None:
    x, y, height = _terrain()
    axes.contourf(x, y, height, levels=14, cmap="terrain", alpha=0.38)
    axes.contour(x, y, height, levels=28, colors="#8a7a66", linewidths=0.5)
    axes.set(xlim=(0, 10), ylim=(0, 7), xticks=[], yticks=[], aspect="equal")
    axes.plot([0.9, 4.5], [1.1, 2.6], color=INK, linewidth=2.2)
    for t in np.linspace(0.1, 0.9, 7):
        axes.plot(0.9 + 3.6 * t, 1.1 + 1.5 * t, "s", color=INK, markersize=3.5)
    axes.plot(*STATION_AT, "^", color="#b3261e", markersize=15, markeredgecolor="white")


def _place(axes: Axes, at: tuple[float, float], text: str, *, ha: str = "left") -> None:
    axes.text(*at, text, ha=ha, va="center", size=10.5, weight="bold", color=INK,
              bbox={"boxstyle": "round,pad=0.25", "facecolor": "white", "alpha": 0.88,
                    "edgecolor": "none"})  # fmt: skip


def _compass_and_scale(axes: Axes) -> None:
    axes.annotate("N", (9.5, 6.75), (9.5, 5.9), ha="center", size=12, weight="bold",
                  arrowprops={"arrowstyle": "<-", "lw": 0}, color=INK)  # fmt: skip
    axes.annotate("", (9.5, 6.75), (9.5, 6.1), arrowprops={"arrowstyle": "-|>", "color": INK})
    axes.plot([7.6, 9.6], [0.35, 0.35], color=INK, linewidth=3)
    axes.text(8.6, 0.53, "2 km", ha="center", size=10, color=INK)


def route_map(path: Path) -> None:
    """Draw the way from the valley to the station."""
    figure, axes = plt.subplots(figsize=(9.2, 6.9), layout="constrained")
    _map_base(axes)
    axes.plot(*zip(*PATH[4:], strict=True), color="#b3261e", linewidth=2.6, linestyle="--")
    _place(axes, (0.5, 0.62), "Altmoos, valley station, 1,240 m")
    _place(axes, (3.3, 3.15), "Kesselalm, top of cable car, 1,910 m", ha="center")
    _place(axes, (6.15, 3.55), "Red Cairn, 2,230 m")
    _place(axes, (7.7, 5.6), "Sturmjoch, 2,514 m")
    axes.text(1.9, 2.25, "cable car, 9 min", rotation=22, size=10, color=INK)
    axes.text(4.45, 4.35, "path 14,\n2 h 10 min", size=10, color="#b3261e", ha="center")
    _compass_and_scale(axes)
    axes.set_title("How to reach the Sturmjoch Weather Station", size=15, weight="bold", color=INK)
    _save(figure, path)


def works_map(path: Path) -> None:
    """Draw the part of the path that the works close, and the way around it."""
    figure, axes = plt.subplots(figsize=(9.2, 6.9), layout="constrained")
    _map_base(axes)
    open_part, closed_part = PATH[4:7], PATH[6:]
    axes.plot(*zip(*open_part, strict=True), color="#b3261e", linewidth=2.6, linestyle="--")
    axes.plot(*zip(*closed_part, strict=True), color=INK, linewidth=5, alpha=0.9)
    axes.add_patch(patches.Ellipse((6.65, 4.8), 2.3, 1.5, angle=48, hatch="//",
                                   facecolor="#f6c34455", edgecolor=AMBER, lw=2))  # fmt: skip
    around = ((5.9, 3.9), (7.0, 3.6), (8.0, 4.2), (8.2, 5.1), STATION_AT)
    axes.plot(*zip(*around, strict=True), color=BLUE, linewidth=3)
    _place(axes, (5.3, 5.35), "CLOSED 8-19 June 2026", ha="center")
    _place(axes, (8.1, 3.45), "Way round by the east ridge,\n50 min longer", ha="center")
    _place(axes, (7.65, 5.85), "Sturmjoch")
    _place(axes, (4.9, 3.8), "Red Cairn", ha="right")
    _compass_and_scale(axes)
    axes.set_title("Closed part of path 14", size=15, weight="bold", color=INK)
    _save(figure, path)


def wind_rose(path: Path) -> None:
    """Draw where the wind of 2025 came from, in eight directions and three classes."""
    figure = plt.figure(figsize=(6.6, 5.6))
    axes = figure.add_axes((0.07, 0.07, 0.6, 0.76), projection="polar")
    angles = np.arange(8) * np.pi / 4
    base = np.zeros(8)
    for i, (label, colour) in enumerate(
        (("under 20 km/h", SKY), ("20 to 50 km/h", BLUE), ("over 50 km/h", AMBER))
    ):
        shares = np.array([row[i] for row in WIND_SHARES.values()], dtype=float)
        axes.bar(angles, shares, width=0.62, bottom=base, color=colour, label=label,
                 edgecolor="white")  # fmt: skip
        base += shares
    axes.set_theta_zero_location("N")  # type: ignore[attr-defined]  # a method of polar axes only
    axes.set_theta_direction(-1)  # type: ignore[attr-defined]  # as above
    axes.set_xticks(angles, list(WIND_SHARES), size=12, color=INK)
    axes.set_yticks([10, 20, 30], ["10 %", "20 %", "30 %"], size=9, color=GREY)
    axes.set_ylim(0, 37)
    axes.text(-np.pi / 4 + 0.42, 31, "35 %", size=13, weight="bold", color=INK)
    figure.legend(loc="center right", frameon=False, fontsize=11, title="Wind speed")
    figure.text(0.03, 0.94, "Wind direction 2025, per cent of hours", size=14, weight="bold",
                color=INK)  # fmt: skip
    _save(figure, path)
