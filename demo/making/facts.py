"""The facts of the Sturmjoch weather station, all invented, that every document of the demo shares.

Knows numbers and names; knows nothing of formats. Place, people and measurements are fictitious.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from typing import Final

STATION: Final = "Sturmjoch Weather Station"
ELEVATION_M: Final = 2514
FOUNDED: Final = 1931
HEAD: Final = "Dr. Mirela Ostheim"
CLIMATOLOGIST: Final = "Anneke Rood"
TECHNICIAN: Final = "Jonas Pichlbauer"
OBSERVER: Final = "Tomasz Wieland"
RETIRED_OBSERVER: Final = "Ferdinand Kloss"

RECORD_DATE: Final = "14 March 1999"
RECORD_IN_REPORT_CM: Final = 612
RECORD_IN_LETTER_CM: Final = 587
"""The two disagree on purpose: the demo shows how a conflict between sources is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One month of 2025; `snow_cm` is the depth at its end, `gust_kmh` its strongest gust."""

    name: str
    mean_c: float
    low_c: float
    high_c: float
    rain_mm: int
    sun_h: int
    gust_kmh: int
    snow_cm: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of February 2025."""

    day: date
    mean_c: float
    low_c: float
    high_c: float
    rain_mm: int
    sun_h: int
    gust_kmh: int
    snow_cm: int


_TABLE: Final = """
Jan -8.4 -21.7  1.9 148  96 142 214
Feb -9.1 -24.8  2.6 121 118 167 268
Mar -6.2 -18.3  4.8 176 141 138 331
Apr -3.0 -13.9  8.7 162 158 119 352
May  1.4  -8.2 12.3 187 163 104 188
Jun  6.3  -2.1 17.8 203 178  98   0
Jul  8.2   0.4 19.6 221 189 112   0
Aug  8.6   0.8 21.4 194 196  89   0
Sep  4.1  -4.9 15.2 158 169 101   4
Oct  1.2  -8.8 12.9 117 172 126  18
Nov -4.3 -15.6  7.4 133 109 149  87
Dec -7.0 -19.2  3.1 139  91 158 143
"""


def _month(line: str) -> Month:
    name, mean, low, high, rain, sun, gust, snow = line.split()
    return Month(
        name=name,
        mean_c=float(mean),
        low_c=float(low),
        high_c=float(high),
        rain_mm=int(rain),
        sun_h=int(sun),
        gust_kmh=int(gust),
        snow_cm=int(snow),
    )


MONTHS: Final = tuple(_month(line) for line in _TABLE.strip().splitlines())
INVERSION, COLDEST, GUST = 3, 8, 16
"""Days of February 2025, counted from 0, that the other documents speak of."""
BRIGHT_H: Final = 6
MEAN_C: Final = round(sum(m.mean_c for m in MONTHS) / 12, 1)
RAIN_MM: Final = sum(m.rain_mm for m in MONTHS)
SUN_H: Final = sum(m.sun_h for m in MONTHS)

NORMAL_MEAN_C: Final = -1.9
NORMAL_RAIN_MM: Final = 1874
NORMAL_SUN_H: Final = 1702
NORMAL_MONTHLY_C: Final = (
    -9.3, -9.6, -7.4, -4.5, 0.2, 4.1, 6.6, 6.8, 3.3, 0.5, -5.2, -8.3,
)  # fmt: skip
SNOW_WINTERS: Final = {
    "2022/23": (31, 74, 118, 167, 203, 251, 236, 128, 12),
    "2023/24": (22, 61, 139, 188, 262, 318, 341, 229, 14),
    "2024/25": (12, 41, 93, 214, 268, 331, 352, 188, 0),
}
"""Snow depth in cm at the end of each month from October to June."""

INSTRUMENTS: Final = (
    ("T-01", "Aspirated thermometer", "2 m", 2016, "2025-06-11", "2027-06", 99.6),
    ("H-01", "Capacitive hygrometer", "2 m", 2016, "2025-06-11", "2026-06", 99.1),
    ("W-01", "Heated cup anemometer", "10 m", 2019, "2025-07-02", "2027-07", 98.7),
    ("W-02", "Unheated cup anemometer", "10 m", 2011, "2025-07-02", "2027-07", 86.4),
    ("W-03", "Sonic anemometer", "10 m", 2023, "2025-07-03", "2026-07", 97.2),
    ("P-01", "Weighing precipitation gauge PG-4", "1.5 m", 2020, "2025-06-12", "2026-06", 98.9),
    ("S-01", "Ultrasonic snow depth sensor", "6 m", 2018, "2025-09-24", "2026-09", 96.8),
    ("R-01", "Pyranometer", "2 m", 2014, "2024-08-20", "2026-08", 97.9),
    ("B-01", "Barometer", "indoors", 2009, "2025-06-11", "2028-06", 99.9),
    ("V-01", "Forward scatter visibility sensor", "2.5 m", 2021, "2025-09-25", "2027-09", 95.3),
)
"""Id, name, height, year installed, last calibration, next calibration, per cent of data got."""

BUDGET: Final = (
    ("Staff", 218_400, 226_900),
    ("Energy and heating", 41_750, 46_300),
    ("Helicopter and cable car", 33_120, 31_500),
    ("Instruments and calibration", 27_860, 52_400),
    ("Data transmission", 9_640, 9_900),
    ("Building upkeep", 18_230, 64_000),
    ("Public visits", 6_480, 7_200),
)
"""Item, 2025 actual in euros, 2026 plan in euros."""

NOTABLE_DAYS: Final = (
    ("3 Jan", "Snowfall", "58 cm of new snow in 24 hours; the pass road closed for two days."),
    ("11 Jan", "Cold", "Lowest reading of the month, -21.7 °C at 06:40."),
    ("19 Jan", "Storm", "Gust of 142 km/h from the north-west; one shutter of the hut lost."),
    ("28 Jan", "Halo", "Full 22° halo with both sun dogs, photographed from the terrace."),
    ("4 Feb", "Inversion", "Sea of fog to 2,300 m; 2.6 °C here and -7 °C in the valley."),
    ("9 Feb", "Cold", "Lowest reading of the year, -24.8 °C at 07:10."),
    ("17 Feb", "Storm", "Strongest gust of the year, 167 km/h at 22:35 from the north-west."),
    ("18 Feb", "Power", "Mains failure for 6 hours 20 minutes; the battery bank carried on."),
    ("2 Mar", "Saharan dust", "Yellow-brown layer on the snow; visibility down to 4 km."),
    ("14 Mar", "Avalanche", "Slab release on the Kessel slope, nobody hurt; path closed 9 days."),
    ("27 Mar", "Snowfall", "44 cm of new snow, the last storm cycle of the winter."),
    ("12 Apr", "Snow depth", "Greatest depth of the season, 368 cm at the stake."),
    ("21 Apr", "Rime", "Rime feathers of 74 cm on the windward side of the mast."),
    ("8 May", "Thunder", "First thunderstorm of the year, 11 days earlier than usual."),
    ("23 May", "Rain", "41 mm of rain on snow in 9 hours; slush flows below the pass."),
    ("10 Jun", "Calibration", "Four instruments changed and calibrated in three days."),
    ("19 Jun", "Melt-out", "Snow gone at the stake, 8 days earlier than the normal."),
    ("30 Jun", "Hail", "Hail of 2.5 cm; two dents in the cover of the pyranometer."),
    ("6 Jul", "Rain", "Wettest day of the year, 63 mm."),
    ("15 Jul", "Lightning", "Direct strike on the mast at 16:52; W-03 out for 6 days."),
    ("29 Jul", "Storm", "Gust of 112 km/h ahead of a cold front."),
    ("9 Aug", "Meteors", "A clear night: 87 meteors counted by two observers in an hour."),
    ("12 Aug", "Heat", "Highest reading since 1931, 21.4 °C at 14:20."),
    ("24 Aug", "Snowfall", "First fresh snow of the late summer, 3 cm, gone by noon."),
    ("13 Sep", "Visit", "Open day of the station with 46 guests."),
    ("26 Sep", "Snowfall", "14 cm of snow; the first night under -4 °C."),
    ("7 Oct", "Aurora", "Faint red aurora to the north between 21:10 and 21:45."),
    ("23 Oct", "Storm", "Gust of 126 km/h; a warm wind from the south."),
    ("5 Nov", "Frost", "Freezing fog for 31 hours without a break."),
    ("20 Nov", "Storm", "Gust of 149 km/h from the west."),
    ("8 Dec", "Snowfall", "39 cm of new snow in 24 hours."),
    ("27 Dec", "Storm", "Gust of 158 km/h from the north-west, the second strongest of 2025."),
)
"""Date in 2025, kind, what happened."""

LOGBOOK: Final = (
    ("11 Mar", "-9.6", "WNW 7", "538", "snow all day, drifting"),
    ("12 Mar", "-11.2", "NW 9", "554", "snow, no view, mast iced"),
    ("13 Mar", "-10.8", "NW 10", "573", "storm; door dug out twice"),
    ("14 Mar", "-8.1", "NW 8", "587", "stake 587, hut wall 612 (drift)"),
    ("15 Mar", "-6.4", "W 5", "581", "clearing from noon, settling"),
    ("16 Mar", "-4.9", "SW 3", "574", "sun; stake cleaned and checked"),
    ("17 Mar", "-3.7", "S 2", "569", "supplies came by helicopter"),
)
"""March 1999: date, temperature at 7 h, wind and force, snow at the stake in cm, remarks."""


def february() -> tuple[Day, ...]:
    """Return the 28 days of February 2025: they add up to the month's row in `MONTHS`."""
    rng = random.Random(20250228)  # noqa: S311 - a drawing of weather, not a secret
    means = _means(rng)
    sun = _spread(rng, total=MONTHS[1].sun_h, most=9)
    for clear, storm in ((INVERSION, GUST), (COLDEST, GUST + 1)):
        sun[clear], sun[storm] = sun[storm], sun[clear]
    rain = _rain(rng, sun)
    gusts = [rng.randrange(38, 96) for _ in range(28)]
    gusts[GUST - 1], gusts[GUST], gusts[GUST + 1] = 121, MONTHS[1].gust_kmh, 134
    lows = [round(max(-24.1, mean - rng.uniform(2.2, 4.4)), 1) for mean in means]
    highs = [round(min(2.1, mean + rng.uniform(2.2, 4.4)), 1) for mean in means]
    lows[COLDEST], highs[INVERSION] = MONTHS[1].low_c, MONTHS[1].high_c
    snow = _snow(rain)
    return tuple(
        Day(
            day=date(2025, 2, i + 1),
            mean_c=means[i],
            low_c=lows[i],
            high_c=highs[i],
            rain_mm=rain[i],
            sun_h=sun[i],
            gust_kmh=gusts[i],
            snow_cm=snow[i],
        )
        for i in range(28)
    )


def _rain(rng: random.Random, sun: list[int]) -> list[int]:
    """Return millimetres for each day: none on bright days, the month's sum in all."""
    total = MONTHS[1].rain_mm
    dull = [i for i, hours in enumerate(sun) if hours < BRIGHT_H]
    wet = _spread(rng, total=total, most=17)
    rain = [mm if i in dull else 0 for i, mm in enumerate(wet)]
    for step in range(total - sum(rain)):
        rain[dull[step % len(dull)]] += 1
    return rain


def _snow(rain: list[int]) -> list[int]:
    """Return the depth on each day: new snow on top, settling below, the month's end at the end."""
    start, depth, depths = MONTHS[0].snow_cm, float(MONTHS[0].snow_cm), []
    for mm in rain:
        depth += mm * 1.1 - (depth - start) * 0.078
        depths.append(round(depth))
    return [*depths[:-1], MONTHS[1].snow_cm]


def _means(rng: random.Random) -> list[float]:
    """Return the mean of each day in °C; their mean is that of the month."""
    total = round(MONTHS[1].mean_c * 10) * 28
    tenths = [round(rng.gauss(total / 28, 38)) for _ in range(28)]
    tenths[INVERSION], tenths[COLDEST] = -18, -206
    spare = total - sum(tenths)
    free = [i for i in range(28) if i not in {INVERSION, COLDEST}]
    for step in range(abs(spare)):
        tenths[free[step % len(free)]] += 1 if spare > 0 else -1
    return [t / 10 for t in tenths]


def _spread(rng: random.Random, *, total: int, most: int) -> list[int]:
    values = [0] * 28
    while sum(values) < total:
        i = rng.randrange(28)
        values[i] = min(most, values[i] + rng.randrange(1, 4), values[i] + total - sum(values))
    return values
