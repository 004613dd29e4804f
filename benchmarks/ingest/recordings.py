"""Made recordings of talks: slides found, once each, and the moment that an answer cites.

`python -m benchmarks.ingest.recordings FOLDER` makes thirty recordings with known slides, lines and
seconds in FOLDER, reads them as the program does, and asks sixty questions of the embedded profile:
thirty about what is said, thirty about what only a slide shows. `--slides` stops before them.
"""

from __future__ import annotations

import random
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import typer

ROOT: Final = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "demo"))

from film.filming import Camera, Line, Shot, Slide, Talk, film  # noqa: E402 - beside the demo's own

from ingest.discovery.discover import FoundFile, identify  # noqa: E402 - as above
from ingest.parsers.registry import parser_for  # noqa: E402 - as above
from pagelight import Answer, Citation, open_workspace  # noqa: E402 - as above
from rag.datamodel import Document, Element  # noqa: E402 - as above
from rag.settings import Settings  # noqa: E402 - as above
from rag.storage.images.assets import AssetStore  # noqa: E402 - as above

TALKS: Final = 30
NEAR_S: Final = 2.0
"""A moment is right if it is cited within so many seconds."""

PLACES: Final = (
    "Arvendal Brisko Calmeret Dornholt Eskvik Fallmora Grentham Halvoden Istrava Jorlund "
    "Kestrel-Bay Lorvenna Mistral-Point Norhaven Ostrava-Mill Pellimar Quarnholm Rastavell "
    "Sundermoor Tarnwick Ulverath Vendrossa Wexmere Yarrowby Zellenbach Ambervale Brackwater "
    "Coldstrand Dunmarrow Elmgate"
).split()
THINGS: Final = (
    ("harbour", "crane", "pier"),
    ("library", "reading room", "archive"),
    ("waterworks", "pump", "reservoir"),
    ("tramway", "depot", "viaduct"),
    ("hospital", "ward", "laboratory"),
)
NAMES: Final = "Ada Brandt,Ilse Novak,Piotr Lang,Mara Quist,Jon Ferrier,Tilda Roche".split(",")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, an answer to it, and the seconds from and to which it is said or shown."""

    text: str
    answer: str
    source: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A recording with what is true of it: its slides with all seconds of their showings."""

    name: str
    talk: Talk
    camera: Camera
    slides: tuple[tuple[Slide, tuple[tuple[float, float], ...]], ...]
    questions: tuple[Question, ...]


def made(number: int) -> Made:
    """Return one of the thirty: slides, a camera that moves between some, one slide shown twice."""
    rng = random.Random(number)  # noqa: S311 - seeded on purpose, nothing is secret
    place, (thing, part, other) = PLACES[number], THINGS[number % len(THINGS)]
    speaker = rng.choice(NAMES)
    cost, year, length = rng.randint(12, 98), rng.randint(1890, 1990), rng.randint(120, 980)
    workers, days = rng.randint(30, 400), rng.randint(11, 90)
    slides = [
        Slide(title=f"The {thing} of {place}", points=(f"A talk by {speaker}",)),
        Slide(title="How it began", points=(f"Opened in {year}", f"The {part} came first")),
        Slide(title="Budget", points=(f"{place}: {cost} million crowns", "Paid over five years")),
        Slide(title=f"The {other}", points=(f"Length: {length} metres", "Built of local stone")),
        Slide(title="What comes next", points=(f"Closed for {days} days", "Then open to all")),
    ]
    said = [
        (f"Good morning, and welcome to {place}.", f"I am {speaker} and I speak of the {thing}."),
        (f"The {thing} of {place} is older than its {other}.", "People came from far to see it."),
        (f"The repair of the {thing} of {place} took {workers} workers.", "They came each day."),
        (f"The {other} is what everybody asks about.", "It stands on piles of oak."),
        ("After the summer all of it will be painted.", "Thank you for listening."),
    ]
    order = [0, 1, 2, 3, 1, 4] if number % 3 == 0 else [0, 1, 2, 3, 4]
    shots, lines, shown = _scheduled(rng, slides, said, order)
    name = f"talk-{number:02d}-{place.lower()}.{('mp4', 'mkv', 'webm')[number % 3]}"
    talk = Talk(title=f"The {thing} of {place}", shots=tuple(shots), lines=tuple(lines))
    spoken = next(line for line in lines if "workers" in line.text)
    budget = shown[2][0]
    return Made(
        name=name,
        talk=talk,
        camera=_camera(number),
        slides=tuple((slide, tuple(shown[n])) for n, slide in enumerate(slides)),
        questions=(
            Question(
                text=f"How many workers did the repair of the {thing} of {place} take?",
                answer=str(workers),
                source=name,
                start_s=spoken.start_s,
                end_s=spoken.end_s,
            ),
            Question(
                text=f"What is the budget of {place} in crowns?",
                answer=f"{cost} million",
                source=name,
                start_s=budget[0],
                end_s=budget[1],
            ),
        ),
    )


def _scheduled(
    rng: random.Random, slides: list[Slide], said: list[tuple[str, str]], order: list[int]
) -> tuple[list[Shot], list[Line], list[list[tuple[float, float]]]]:
    """Return shots and lines one after another, and when each slide is shown."""
    shots: list[Shot] = []
    lines: list[Line] = []
    shown: list[list[tuple[float, float]]] = [[] for _ in slides]
    now_s = 0.0
    for place, n in enumerate(order):
        if place and rng.random() < 0.5:  # noqa: PLR2004 - half of them
            wander_s = round(rng.uniform(3, 9), 1)
            shots.append(Shot(seconds=wander_s, fades=rng.random() < 0.3))  # noqa: PLR2004 - as above
            now_s += wander_s
        seconds = round(rng.uniform(9, 16), 1)
        shots.append(Shot(seconds=seconds, slide=slides[n], fades=rng.random() < 0.4))  # noqa: PLR2004
        shown[n].append((now_s, now_s + seconds))
        if len(shown[n]) == 1:
            at_s = now_s + 0.6
            for text in said[n]:
                length_s = 1.0 + len(text) / 16
                lines.append(Line(text=text, start_s=at_s, end_s=at_s + length_s))
                at_s += length_s + rng.uniform(0.1, 0.8)
        now_s += seconds
    return shots, lines, shown


def _camera(number: int) -> Camera:
    webm = number % 3 == 2  # noqa: PLR2004 - as the suffixes
    return Camera(
        width_px=(640, 854, 960)[number % 3],
        height_px=(360, 480, 540)[number % 3],
        fps=(5, 10, 12)[number % 3],
        codec="libvpx" if webm else "libx264",
        key_frames=(20, 60, 250, 9999)[number % 4],
        seed=number + 1,
    )


def read(path: Path, assets: Path) -> Document:
    """Read a recording as the program does."""
    status = path.stat()
    found = FoundFile(
        path=str(path),
        source=path.name,
        root=str(path.parent),
        size_bytes=status.st_size,
        mtime_ns=status.st_mtime_ns,
    )
    settings = Settings()
    file = identify(found, settings=settings)
    parser = parser_for(file.media_type, settings=settings)
    if parser is None:
        raise RuntimeError(f"no parser for {file.media_type}")
    return parser.parse(file, AssetStore(assets, megapixels=settings.image_megapixels))


@dataclass(slots=True, kw_only=True)
class Tally:
    """Slides that there are, that were found, and figures that are none or a second time one."""

    there: int = 0
    found: int = 0
    false: int = 0
    figures: int = 0
    late_s: list[float] = field(default_factory=list)


def judge(one: Made, figures: list[Element], tally: Tally) -> None:
    """Compare the figures of a recording with its slides: each must begin at a showing of one."""
    seen: set[int] = set()
    for figure in figures:
        start_s, end_s = figure.provenances[0].start_s or 0.0, figure.provenances[0].end_s or 0.0
        middle_s = (start_s + end_s) / 2
        owner = next(
            (
                n
                for n, (_, times) in enumerate(one.slides)
                if any(a <= middle_s < b for a, b in times)
            ),
            None,
        )
        if owner is None or owner in seen:
            tally.false += 1
            print(f"  false: {one.name} {start_s:.1f}-{end_s:.1f} {owner}")
            continue
        seen.add(owner)
        tally.late_s.append(abs(start_s - one.slides[owner][1][0][0]))
    for n, (slide, times) in enumerate(one.slides):
        if n not in seen:
            print(f"  missed: {one.name} {slide.title} {times}")
    tally.there += len(one.slides)
    tally.found += len(seen)
    tally.figures += len(figures)


def ask(folder: Path, all_made: list[Made]) -> None:
    """Read the folder into a workspace of its own, ask all questions, and print what is right."""
    right = answered = 0
    questions = [question for one in all_made for question in one.questions]
    with open_workspace(folder / "workspace", settings=Settings(profile="embedded")) as workspace:
        workspace.ingest(folder / "corpus")
        for question in questions:
            answer = workspace.ask(question.text)
            moments = [_moment(citation) for citation in answer.citations]
            is_near = question.source in answer_sources(answer) and _is_near(moments, question)
            right += is_near
            answered += question.answer in answer.text
            if not is_near:
                print(f"  wrong: {question} {answer.state} {moments} {answer.text[:120]!r}")
    print(
        f"questions: the moment is right in {right} of {len(questions)} "
        f"({right / len(questions):.1%}); the answer is in the words of {answered}"
    )


def answer_sources(answer: Answer) -> set[str]:
    """Return the file that is cited first, if any."""
    return {citation.chunk.source for citation in answer.citations[:1]}


def _moment(citation: Citation) -> float | None:
    places = citation.provenances or citation.chunk.provenances
    return places[0].start_s if places else None


def _is_near(moments: list[float | None], question: Question) -> bool:
    """Say whether the first citation begins within `NEAR_S` of what is asked for."""
    return bool(moments) and moments[0] is not None and abs(moments[0] - question.start_s) <= NEAR_S


def main(
    folder: Path,
    talks: Annotated[int, typer.Option(help="How many recordings.")] = TALKS,
    *,
    slides: Annotated[bool, typer.Option("--slides", help="Look for slides alone.")] = False,
) -> None:
    """Make the recordings, read and judge them, and ask."""
    tally = Tally()
    all_made = [made(n) for n in range(talks)]
    taken_s = 0.0
    for one in all_made:
        path = folder / "corpus" / one.name
        path.parent.mkdir(exist_ok=True, parents=True)
        if not path.exists():
            film(path, one.talk, one.camera)
        began_s = time.process_time()
        document = read(path, folder / "assets")
        taken_s += time.process_time() - began_s
        judge(one, [e for e in document.elements if e.role == "figure"], tally)
    length_s = sum(one.talk.seconds for one in all_made)
    print(
        f"slides: {tally.found} of {tally.there} found ({tally.found / tally.there:.1%}), "
        f"{tally.false} of {tally.figures} figures false; begin within "
        f"{np.percentile(tally.late_s, 95):.2f} s for 95 %; "
        f"{taken_s:.0f} s of processor for {length_s:.0f} s of film"
    )
    if not slides:
        ask(folder, all_made)


if __name__ == "__main__":
    typer.run(main)
