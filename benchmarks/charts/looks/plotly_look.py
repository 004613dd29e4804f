"""Charts by plotly: Express with its default template, written by kaleido."""

from pathlib import Path

import pandas as pd
import plotly.express as px

TEMPLATES = ("plotly_white", "simple_white", "ggplot2", "seaborn")


def draw(spec: dict, path: Path) -> tuple[float, float]:
    """Draw a chart; return the ends of its axis of values, which plotly lays out itself."""
    if spec["kind"] == "scatter":
        xs, ys = zip(*spec["series"]["Points"], strict=True)
        figure = px.scatter(x=xs, y=ys)
    else:
        figure = _of_names(spec)
    figure.update_layout(title=spec["title"] or None)
    if spec["style"] is not None:
        figure.update_layout(template=TEMPLATES[spec["style"]])
    if spec["thousands"]:
        figure.update_layout(separators=".,")
        axis = "xaxis" if spec["kind"] == "horizontal" else "yaxis"
        figure.update_layout({axis: {"tickformat": ",d"}})
    figure.write_image(path, scale=spec["dpi"] / 100)
    if spec["kind"] == "pie":
        return 0.0, 100.0
    full = figure.full_figure_for_development(warn=False)
    axis = full.layout.xaxis if spec["kind"] == "horizontal" else full.layout.yaxis
    return tuple(axis.range)


def _of_names(spec: dict):
    rows = [
        {"name": name, "value": value, "series": series}
        for series, values in spec["series"].items()
        for name, value in zip(spec["names"], values, strict=True)
    ]
    table = pd.DataFrame(rows)
    colour = {"color": "series"} if len(spec["series"]) > 1 else {}
    text = {"text_auto": True} if spec["values"] else {}
    if spec["kind"] == "pie":
        return px.pie(table, names="name", values="value")
    if spec["kind"] in {"line", "dates"}:
        return px.line(table, x="name", y="value", markers=spec["grid"], **colour)
    if spec["kind"] == "horizontal":
        return px.bar(table, x="value", y="name", orientation="h", **text)
    mode = "stack" if spec["kind"] == "stacked" else "group"
    return px.bar(table, x="name", y="value", barmode=mode, **colour, **text)
