"""Charts as plotting libraries and office programs draw them by default, with their values.

`python -m benchmarks.charts.default_looks FOLDER [--first SEED] [--each 1]` draws pictures and a
`charts.jsonl`, which `real_charts FOLDER --labels FOLDER/charts.jsonl` reads. It needs matplotlib,
seaborn, pandas, openpyxl, pypdfium2, plotly below 6 and kaleido 0.2.1, in an environment of their
own, and LibreOffice; the look of Excel is drawn by matplotlib in its default colours and font.
"""

import argparse
import json
import random
from datetime import date
from pathlib import Path

from benchmarks.charts.looks import calc, plotly_look, pyplot

KINDS = ("bar", "grouped", "stacked", "horizontal", "line", "dates", "scatter", "pie")
LOOKS = {
    "matplotlib": pyplot.matplotlib_look,
    "seaborn": pyplot.seaborn_look,
    "plotly": plotly_look.draw,
    "excel": pyplot.excel_look,
    "libreoffice": calc.draw,
}
MONTHS = "January February March April May June July August September October November December"
NAMES = (
    [month[:3] for month in MONTHS.split()],
    MONTHS.split()[:6],
    [str(year) for year in range(2015, 2025)],
    ["North", "South", "East", "West", "Centre", "Coast"],
    ["Apples", "Pears", "Plums", "Cherries", "Quinces", "Grapes", "Figs"],
    ["Q1", "Q2", "Q3", "Q4"],
    ["Berlin", "Paris", "Madrid", "Rome", "Vienna", "Lisbon", "Warsaw", "Oslo"],
)
OTHER_NAMES = (
    [str(year) for year in range(2004, 2012)],
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    ["Product A", "Product B", "Product C", "Product D", "Product E"],
    ["Bus", "Tram", "Train", "Bicycle", "Car", "On foot"],
    ["Q1 2023", "Q2 2023", "Q3 2023", "Q4 2023", "Q1 2024", "Q2 2024"],
    ["Kenya", "Peru", "Japan", "Norway", "Chile", "Canada", "Ghana"],
)
SERIES = ("Sales", "Costs", "Profit", "Visitors", "Online", "Retail", "Export", "2022", "2023")
TITLES = (
    "Sales by region",
    "Monthly results",
    "Units sold",
    "Visitors to the museum",
    "Output",
    "",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--each", type=int, default=1, help="charts of a kind and a look")
    parser.add_argument("--held-out", action="store_true", help="other names, sizes and styles")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with (asked.folder / "charts.jsonl").open("w", encoding="utf-8") as lines:
        for n in range(asked.each):
            for kind in KINDS:
                for look, draw in LOOKS.items():
                    spec = spec_of(kind, f"{look}-{asked.first + n}", held_out=asked.held_out)
                    path = asked.folder / f"{kind}-{look}-{asked.first + n}.png"
                    low, high = draw(spec, path)
                    lines.write(json.dumps(_labels(spec, path.name, abs(high - low))) + "\n")


def spec_of(kind: str, seed: str, *, held_out: bool) -> dict:
    """Return a chart: its kind, names, series of values, and what of its look is not by default."""
    rnd = random.Random(f"{kind}-{seed}")
    names = rnd.choice(OTHER_NAMES if held_out else NAMES)
    count = rnd.randint(2, 3) if kind in {"grouped", "stacked"} else 1
    if kind == "line":
        count = rnd.randint(1, 3)
    if kind == "dates":
        year = rnd.randint(2012, 2023)
        names = [
            date(year + n // 12, n % 12 + 1, 1).isoformat() for n in range(rnd.choice((12, 24)))
        ]
    if kind == "pie":
        names = names[:6]
    size = 10.0 ** rnd.randint(1, 6 if held_out else 5) * rnd.uniform(1, 5)
    spec = {
        "kind": kind,
        "names": names,
        "series": {
            name: [_rounded(rnd.uniform(0.1, 1.0) * size, size) for _ in names]
            for name in rnd.sample(SERIES[:7], count)
        },
        "title": rnd.choice(TITLES),
        "titled_axes": rnd.random() < 0.5,
        "grid": rnd.random() < 0.3,
        "values": kind in {"bar", "horizontal"} and rnd.random() < 0.3,
        "outside": rnd.random() < 0.3,
        "thousands": size > 2e3 and rnd.random() < 0.5,
        "dpi": rnd.choice((100, 100, 150)),
        "style": rnd.randrange(4) if held_out else None,
    }
    if kind == "scatter":
        spec["series"] = {"Points": _pairs(rnd, size)}
    if kind == "bar" and rnd.random() < 0.3:
        (name, values), *_ = spec["series"].items()
        spec["series"] = {name: [-v if rnd.random() < 0.4 else v for v in values]}
    return spec


def _pairs(rnd: random.Random, size: float) -> list[tuple[float, float]]:
    xs = [rnd.uniform(1, 60) for _ in range(rnd.randint(12, 30))]
    return [(round(x, 1), _rounded(size * (x / 90 + rnd.uniform(0, 0.3)), size)) for x in xs]


def _rounded(value: float, size: float) -> float:
    return round(value, 1) if size < 100 else float(round(value))


def _labels(spec: dict, file: str, span: float) -> dict:
    """Return a line of labels, as `real_charts.jsonl` has them."""
    if spec["kind"] == "scatter":
        (pairs,) = spec["series"].values()
        return {"file": file, "page": 1, "kind": "scatter", "axis": span, "pairs": pairs}
    rows = [list(row) for row in zip(spec["names"], *spec["series"].values(), strict=True)]
    if spec["kind"] == "pie":
        total = sum(row[1] for row in rows)
        rows, span = [[name, 100 * value / total] for name, value in rows], 100
    columns = list(spec["series"])
    return {"file": file, "page": 1, "kind": spec["kind"], "axis": span, "columns": columns,
            "rows": rows}  # fmt: skip


if __name__ == "__main__":
    main()
