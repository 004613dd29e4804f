"""The plain files: an HTML page and a Markdown notice with local pictures, and a CSV."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

import facts

PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Visiting the Sturmjoch Weather Station</title>
<style>
body { font-family: Georgia, serif; max-width: 46rem; margin: 2rem auto; color: #1d2b36; }
h1, h2 { color: #1f5f8b; }
table { border-collapse: collapse; } th, td { border: 1px solid #c9d3da; padding: .3rem .7rem; }
figure { margin: 1.5rem 0; } img { max-width: 100%; } figcaption { color: #6b7782; }
</style>
</head>
<body>
<nav><a href="#history">History</a> <a href="#visit">Visit</a> <a href="#way">Way up</a></nav>
<h1>Visiting the Sturmjoch Weather Station</h1>
<p>The station stands on a pass of the Karn range at 2,514 metres. It has been staffed without a
break since 1 October 1931, longer than any other station of the region.</p>
<figure>
<img src="station-at-dawn.jpg" alt="The station hut with its mast in front of snowy peaks at dawn">
<figcaption>The station at dawn, painted after a photograph of 6 January.</figcaption>
</figure>
<h2 id="history">History</h2>
<p>The hut was built in the summer of 1931 by the Altmoos section of the mountain club, with stones
carried up by mules. Its first observer was Leopold Brandauer, who stayed for nineteen years and
sent the readings to the valley by carrier pigeon in the first winter, because the telephone line
kept breaking.</p>
<p>The snow stake was set up in 1954. Electricity came with the cable car to the Kesselalm in 1968,
the first automatic instruments in 1987. Since 2001 every reading has been sent by radio link
every ten minutes.</p>
<h2 id="visit">Guided visits</h2>
<p>Visits take place from 1 July to 15 October and last 75 minutes. Groups have at most 24 people.
Children under eight cannot be admitted, because of the ladder to the measuring platform. Dogs wait
outside; there is water and shade at the north wall.</p>
<table>
<caption>Visits and prices</caption>
<tr><th>Visit</th><th>Days</th><th>Start</th><th>Price per person</th></tr>
<tr><td>Station and platform</td><td>Wednesday, Saturday</td><td>11:00</td><td>9 euros</td></tr>
<tr><td>Sunrise visit</td><td>first Sunday of the month</td><td>05:15</td><td>16 euros</td></tr>
<tr><td>School class</td><td>Tuesday</td><td>10:30</td><td>3 euros</td></tr>
</table>
<p>The sunrise visit includes breakfast. Bring a warm jacket: even in August the wind makes it feel
like frost on the platform.</p>
<h2 id="way">The way up</h2>
<figure>
<img src="pictures/route-map.png" alt="Map with cable car, path 14 and the station">
<figcaption>From Altmoos by cable car to the Kesselalm, then on path 14 to the pass.</figcaption>
</figure>
<p>The cable car runs from 08:00 to 17:30 and takes nine minutes. From the Kesselalm the marked path
14 leads past the Red Cairn to the pass in 2 hours and 10 minutes; it climbs 604 metres and needs
firm boots. The last descent should begin at 15:00.</p>
<footer><p>Page kept by Anneke Rood. Last change: 20 May 2026.</p></footer>
</body>
</html>
"""

NOTICE: Final = """# Notice: path 14 closed for lightning protection works

**From Monday 8 June to Friday 19 June 2026** path 14 is closed between the Red Cairn and the
Sturmjoch. A helicopter brings up the new mast foundation and 1.8 kilometres of copper cable.

![Map of the closed part of path 14 and the way round](pictures/closed-path.png)

*The closed part of path 14 and the way round by the east ridge.*

## What is being built

The direct strike of 15 July 2025 showed that the earthing of 1978 no longer suffices. The new
protection has

- a ring of copper cable around the hut and the mast, 0.6 m deep,
- eight earth rods of 4.5 m length,
- a new air terminal, 3 m above the top of the mast.

The works cost 48,500 euros. They are done by Elektro Niederhauser of Altmoos.

## Way round

Hikers take the east ridge from the Red Cairn. It takes **50 minutes longer**, has a fixed rope for
60 metres and is not suitable for children. The ridge is closed in thunderstorms as well.

## Times

| Day | Work | Helicopter |
| --- | --- | --- |
| 8-9 June | Foundation and material | 07:00-12:00 |
| 10-12 June | Cable ring and earth rods | none |
| 15-17 June | Air terminal and mast | 08:00-10:00 |
| 18-19 June | Measurements and clearing | none |

During the flights the terrace is closed too. Questions: ask the site manager, Rosa Niederhauser,
at the Kesselalm, daily at 07:30.
"""


def html_page(path: Path) -> None:
    """Write the page for visitors."""
    path.write_text(PAGE, encoding="utf-8")


def notice(path: Path) -> None:
    """Write the notice about the works on path 14."""
    path.write_text(NOTICE, encoding="utf-8")


def daily_csv(path: Path) -> None:
    """Write the days of February 2025."""
    header = ("date", "mean_c", "lowest_c", "highest_c", "precipitation_mm", "sunshine_h",
              "gust_kmh", "snow_depth_cm")  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for d in facts.february():
            writer.writerow(
                (d.day.isoformat(), d.mean_c, d.low_c, d.high_c, d.rain_mm, d.sun_h, d.gust_kmh,
                 d.snow_cm)
            )  # fmt: skip
