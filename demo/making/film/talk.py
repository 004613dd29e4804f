"""The talk about the new winch: a recording with slides, a camera that moves, and spoken lines."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import facts

from film.filming import Camera, Line, Shot, Slide, Talk, film

CAMERA: Final = Camera(width_px=960, height_px=540, fps=5, quality=31, key_frames=50, seed=7)
PARTS: Final[tuple[tuple[str, Slide | None, float, tuple[str, ...]], ...]] = (
    (
        "Welcome",
        Slide(title="A new winch for the supply line", points=(f"{facts.HEAD}", "Staff evening")),
        13.0,
        (
            "Good evening, and thank you all for coming up to the hut.",
            "I will speak for a minute and a half about the new winch.",
        ),
    ),
    (
        "Why",
        Slide(
            title="Why the old winch must go",
            points=("Built in 1968", "Carries 180 kilograms", "Stands still above 70 km/h of wind"),
        ),
        19.0,
        (
            "The old winch has pulled our supplies up the north flank since 1968.",
            "It carries 180 kilograms, and in wind above 70 kilometres an hour it must stop.",
            "Last winter it stood still on 41 days.",
        ),
    ),
    (
        "Choice",
        None,
        5.0,
        (),
    ),
    (
        "",
        Slide(
            title="What we chose",
            points=("An electric winch from Altenfels", "Carries 350 kilograms", "Heated rollers"),
        ),
        16.0,
        (
            "We looked at three offers, and we chose the electric one from Altenfels.",
            "Its rollers are heated, so that rime cannot block the rope.",
        ),
    ),
    (
        "Budget",
        Slide(
            title="Budget",
            points=("Winch: 212,000 euros", "Foundation: 64,000 euros", "Reserve: 24,000 euros"),
        ),
        21.0,
        (
            "Now the budget, which you have all been waiting for.",
            "The winch and its foundation are paid by the canton, and the reserve is ours.",
            "All of it together must stay below 300,000 euros.",
        ),
    ),
    (
        "Timetable",
        Slide(title="Timetable", points=("Foundation in July", "First load on 2 October")),
        14.0,
        (
            "The foundation is poured in July, as soon as the snow is gone.",
            "If the weather holds, the first load goes up on the second of October.",
        ),
    ),
)
"""Of each part: its chapter ("": that of the part before), its slide (None: the camera moves)."""


def talk() -> Talk:
    """Return the talk with all its seconds."""
    shots: list[Shot] = []
    lines: list[Line] = []
    chapters: list[tuple[str, float]] = []
    now_s = 0.0
    for chapter, slide, seconds, said in PARTS:
        if chapter:
            chapters.append((chapter, now_s))
        shots.append(Shot(seconds=seconds, slide=slide, fades=slide is not None and now_s > 0))
        at_s = now_s + 0.8
        for text in said:
            length_s = 0.9 + len(text) / 17
            lines.append(Line(text=text, start_s=at_s, end_s=at_s + length_s))
            at_s += length_s + 0.3
        now_s += seconds
    return Talk(
        title="A new winch for the supply line",
        shots=tuple(shots),
        lines=tuple(lines),
        chapters=tuple(chapters),
    )


def write(path: Path) -> None:
    """Write the recording."""
    film(path, talk(), CAMERA)
