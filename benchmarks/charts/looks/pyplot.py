"""Charts by matplotlib: its own look, seaborn's, and the look of Excel, drawn with its colours."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

EXCEL = {
    "font.family": ["Carlito", "Liberation Sans"],
    "axes.prop_cycle": mpl.cycler(
        color=["#4472C4", "#ED7D31", "#A5A5A5", "#FFC000", "#5B9BD5", "#70AD47", "#264478"]
    ),
    "axes.edgecolor": "#D9D9D9", "axes.labelcolor": "#595959", "text.color": "#595959",
    "xtick.color": "#595959", "ytick.color": "#595959", "xtick.major.size": 0,
    "ytick.major.size": 0, "axes.spines.left": False, "axes.spines.right": False,
    "axes.spines.top": False, "axes.axisbelow": True, "grid.color": "#D9D9D9",
    "lines.linewidth": 2.25, "axes.titlesize": 14, "lines.solid_capstyle": "round",
    "legend.frameon": False,
}  # fmt: skip


STYLES = ("ggplot", "bmh", "seaborn-v0_8", "tableau-colorblind10")
"""Of matplotlib, where a chart has a style."""


def matplotlib_look(spec: dict, path: Path) -> tuple[float, float]:
    with plt.style.context("default" if spec["style"] is None else STYLES[spec["style"]]):
        return _drawn(spec, path, _bars)


def seaborn_look(spec: dict, path: Path) -> tuple[float, float]:
    """Draw with seaborn's own functions, one of its themes or none."""
    theme = ("darkgrid", "whitegrid", None)[len(spec["names"]) % 3]
    palette = None
    if spec["style"] is not None:
        theme = ("dark", "ticks", "white", "darkgrid")[spec["style"]]
        palette = ("muted", "Set2", "colorblind", "pastel")[spec["style"]]
    with mpl.rc_context():
        if theme:
            sns.set_theme(style=theme, palette=palette)
        return _drawn(spec, path, _seaborn_bars if spec["kind"] != "stacked" else _bars)


def excel_look(spec: dict, path: Path) -> tuple[float, float]:
    with mpl.rc_context(EXCEL):
        return _drawn(spec, path, _bars, excel=True)


def _drawn(spec: dict, path: Path, bars: Callable, *, excel: bool = False) -> tuple[float, float]:
    """Draw a chart and return the ends of its axis of values."""
    figure, axes = plt.subplots(figsize=(6.4, 4.8) if not excel else (6.0, 3.6))
    level = spec["kind"] == "horizontal"
    kinds = {"line": _lines, "dates": _dates, "scatter": _dots, "pie": _pie}
    kinds.get(spec["kind"], bars)(axes, spec, excel=excel)
    if spec["kind"] != "pie":
        _dressed(axes, spec, level=level, excel=excel)
    if spec["title"]:
        axes.set_title(spec["title"])
    figure.tight_layout()
    figure.savefig(path, dpi=spec["dpi"], bbox_inches="tight" if spec["outside"] else None)
    ends = axes.get_xlim() if level else axes.get_ylim()
    plt.close(figure)
    return ends


def _dressed(axes: Axes, spec: dict, *, level: bool, excel: bool) -> None:
    values = axes.xaxis if level else axes.yaxis
    if excel or spec["grid"]:
        axes.grid(axis="x" if level else "y")
    if spec["thousands"]:
        values.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    if spec["titled_axes"]:
        values.set_label_text("Thousand euros")
        if spec["kind"] == "dates":
            axes.set_xlabel("Date")
    if len(spec["series"]) > 1:
        below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.1), "ncol": 3}
        outside = {"loc": "upper left", "bbox_to_anchor": (1.02, 1)}
        axes.legend(**(below if excel else outside if spec["outside"] else {}))


def _bars(axes: Axes, spec: dict, *, excel: bool) -> None:
    places, base = np.arange(len(spec["names"])), np.zeros(len(spec["names"]))
    count = 1 if spec["kind"] == "stacked" else len(spec["series"])
    wide = (0.55 if excel else 0.8) / count
    for n, (name, values) in enumerate(spec["series"].items()):
        at = places + (n * wide - (count - 1) * wide / 2 if count > 1 else 0)
        if spec["kind"] == "horizontal":
            drawn = axes.barh(at, values, wide, label=name)
        else:
            drawn = axes.bar(at, values, wide, bottom=base, label=name)
        if spec["kind"] == "stacked":
            base = base + values
        if spec["values"]:
            axes.bar_label(drawn, fmt="{:,.0f}")
    named = axes.set_yticks if spec["kind"] == "horizontal" else axes.set_xticks
    named(places, spec["names"])
    _slanted(axes, spec)


def _seaborn_bars(axes: Axes, spec: dict, *, excel: bool) -> None:
    del excel
    rows = [
        {"name": name, "value": value, "series": series}
        for series, values in spec["series"].items()
        for name, value in zip(spec["names"], values, strict=True)
    ]
    xy = (
        {"x": "value", "y": "name"} if spec["kind"] == "horizontal" else {"x": "name", "y": "value"}
    )
    hue = {"hue": "series"} if len(spec["series"]) > 1 else {}
    sns.barplot(pd.DataFrame(rows), ax=axes, **xy, **hue)
    _slanted(axes, spec)


def _slanted(axes: Axes, spec: dict) -> None:
    """Turn names that would run into each other."""
    if spec["kind"] != "horizontal" and sum(map(len, spec["names"])) > 55:
        axes.tick_params(axis="x", rotation=45)


def _lines(axes: Axes, spec: dict, *, excel: bool) -> None:
    for name, values in spec["series"].items():
        axes.plot(spec["names"], values, label=name, marker=None if excel else "o" * spec["grid"])
    _slanted(axes, spec)


def _dates(axes: Axes, spec: dict, *, excel: bool) -> None:
    del excel
    (values,) = spec["series"].values()
    axes.plot([date.fromisoformat(day) for day in spec["names"]], values)
    axes.figure.autofmt_xdate()


def _dots(axes: Axes, spec: dict, *, excel: bool) -> None:
    ((name, pairs),) = spec["series"].items()
    xs, ys = zip(*pairs, strict=True)
    axes.scatter(xs, ys, label=name)
    if excel:
        axes.grid(axis="x")


def _pie(axes: Axes, spec: dict, *, excel: bool) -> None:
    ((_, values),) = spec["series"].items()
    start, share = (90, "%1.0f%%") if excel else (0, "%1.1f%%")
    lines = {"wedgeprops": {"edgecolor": "white"}, "counterclock": False} if excel else {}
    names = None if excel or spec["outside"] else spec["names"]
    axes.pie(values, labels=names, autopct=share, startangle=start, **lines)
    if names is None:
        axes.legend(spec["names"], loc="center left", bbox_to_anchor=(1, 0.5))
