"""Charts to draw, made at random with known values: what is shown, not how it looks."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

WORDS = (
    "Roads Schools Parks Water Energy Housing Health Police Libraries Museums Harbour Railways"
    " Forests Fisheries Tourism Industry Trade Farming Mining Banking Insurance Software"
).split()
PLACES = (
    "Norway;Chile;Japan;Kenya;Peru;Canada;Ireland;Portugal;Viet Nam;Austria;New Zealand;Morocco;"
    "South Korea;Iceland;Denmark;Ghana;Uruguay;Costa Rica;Estonia;Sri Lanka"
).split(";")
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
UNITS = ("Tonnes", "Share of budget (%)", "Visitors (thousands)", "Price in euros", "Score", "GWh")
KINDS = ("bar", "grouped", "stacked", "level", "level grouped", "negative", "line", "year line",
         "scatter", "pie", "area", "log line", "date line", "stacked area")  # fmt: skip


@dataclass(kw_only=True)
class Spec:
    """One chart: `names` along x, `series` of values; scatter has pairs instead of names."""

    kind: str
    title: str
    x_title: str
    y_title: str
    names: list
    series: dict
    style: int = 0
    seed: int = 0
    labelled: bool = False
    top: float = 0.0
    low: float = 0.0
    right: float = 0.0
    extra: dict = field(default_factory=dict)


def spec_of(kind: str, seed: int) -> Spec:
    """Return a chart of a kind; the same for the same seed."""
    rnd = random.Random(f"{kind}-{seed}")
    many = 1 if kind in {"bar", "level", "negative", "pie", "area"} else rnd.randint(2, 4)
    if kind in {"line", "year line", "log line", "date line", "scatter"}:
        many = rnd.randint(1, 4)
    names = _names(kind, rnd)
    keys = rnd.sample(WORDS, many)
    size = 10.0 ** rnd.randint(0, 4)
    series = {key: _values(kind, len(names), size, rnd) for key in keys}
    if kind == "scatter":
        series = {key: _pairs(size, rnd) for key in keys}
    if kind == "pie":
        series = {keys[0]: _shares(len(names), rnd)}
    made = Spec(
        kind=kind,
        title=f"{rnd.choice(['Spending', 'Output', 'Use', 'Growth'])} of the district {seed}",
        x_title=_x_title(kind),
        y_title=rnd.choice(UNITS),
        names=names,
        series=series,
        style=rnd.randint(0, 10**6),
        seed=seed,
        labelled=kind in {"bar", "level", "pie"} and rnd.random() < 0.3,
    )
    return _with_axis(made)


def _x_title(kind):
    titles = {"year line": "Year", "date line": "Month", "scatter": "Distance (km)"}
    return titles.get(kind, "")


def _names(kind, rnd):
    if kind in {"year line", "log line"}:
        begin = rnd.randint(1960, 2005)
        return list(range(begin, begin + rnd.randint(6, 18)))
    if kind == "date line":
        year, count = rnd.randint(1990, 2022), rnd.choice([12, 24, 36])
        return [f"{year + n // 12}-{n % 12 + 1:02d}-01" for n in range(count)]
    if kind in {"line", "stacked area", "area"}:
        return MONTHS[: rnd.randint(6, 12)]
    if kind == "pie":
        return rnd.sample(WORDS, rnd.randint(3, 7))
    if "level" in kind:
        return rnd.sample(PLACES, rnd.randint(4, 9))
    some = rnd.choice([WORDS, [str(year) for year in range(2008, 2024)], MONTHS])
    count = rnd.randint(4, 8)
    return rnd.sample(some, count) if some is WORDS else some[:count]


def _values(kind, count, size, rnd):
    if kind == "negative":
        return [round(rnd.uniform(-1, 1) * size, 2) for _ in range(count)]
    if kind == "log line":
        return [round(10 ** rnd.uniform(0.2, 3.8), 2) for _ in range(count)]
    if "line" in kind or "area" in kind:
        value, found = rnd.uniform(0.3, 0.7), []
        for _ in range(count):
            value = min(1.0, max(0.06, value + rnd.uniform(-0.15, 0.17)))
            found.append(round(value * size, 3))
        return found
    return [round(rnd.uniform(0.08, 1) * size, 2) for _ in range(count)]


def _pairs(size, rnd):
    slope = rnd.uniform(0.3, 0.8)
    xs = [rnd.uniform(2, 48) for _ in range(rnd.randint(8, 30))]
    return [(round(x, 2), round((slope * x / 50 + rnd.uniform(0.02, 0.2)) * size, 3)) for x in xs]


def _shares(count, rnd):
    parts = [rnd.uniform(0.6, 4) for _ in range(count)]
    return [round(100 * part / sum(parts), 1) for part in parts]


def _with_axis(spec: Spec) -> Spec:
    """Give a chart the ends of its axis: round numbers."""
    values = [v[1] if isinstance(v, tuple) else v for vs in spec.series.values() for v in vs]
    high, low = max(values), min([0.0, *values])
    if "stacked" in spec.kind:
        high = max(sum(column) for column in zip(*spec.series.values(), strict=True))
    step = nice((high - low) / 4.5)
    spec.top, spec.low = step * math.ceil(high / step + 0.05), step * math.floor(low / step)
    spec.extra["step"] = step
    return spec


def nice(step: float) -> float:
    """Return the least of 1, 2, 2.5, 5 times a power of ten that is not smaller."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(n * power for n in (1, 2, 2.5, 5, 10) if n * power >= step * 0.999)
