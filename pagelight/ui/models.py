"""The panel of models: what runs, is here, or could come, and the person's word to change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Body, HTTPException, Request
from fastapi.responses import Response
from markupsafe import Markup

from pagelight.server.middleware.audit_log import note
from pagelight.server.middleware.headers import fresh, there
from pagelight.services.answering.asking import AnyEngine
from pagelight.services.models.models import checked, overview, tried
from pagelight.services.models.models_job import (
    Fetches,
    FetchState,
    ModelChange,
    Switches,
    SwitchView,
)
from pagelight.ui.language import key, known, say, say_count, say_number, time_left, translated
from pagelight.ui.templating import render
from rag.errors import ModelError
from rag.models.generators import where
from rag.models.registry.choice import AddedWriters, next_step
from rag.models.registry.model_table import PARTS, Part, model_named, this_machine
from rag.models.setup.bundled import Role, SetupState
from rag.pipeline.engine.models_in_use import Profile
from rag.settings import Settings

MAX_TRIAL_LETTERS: Final = 60

_PURPOSES: Final[dict[Role, str]] = {
    "hearing": key("Writes down what is said in recordings."),
    "seeing": key("Tells what photographs show."),
    "languages": key("Finds across languages."),
    "writer": key("Writes answers."),
}
_AT_REST: Final = {
    "ready": key("It is here."),
    "off": key("It is switched off (RAG_EMBEDDED_MODELS)."),
    "absent": key("It is not here yet."),
}
PICTURES: Final = (key("{done} of {n} picture"), key("{done} of {n} pictures"))
PASSAGES: Final = (key("{done} of {n} passage"), key("{done} of {n} passages"))
_READ: Final[dict[Part, tuple[str, tuple[str, str]]]] = {
    "text": (key("{name} is reading the documents"), PASSAGES),
    "images": (key("{name} is looking at the pictures"), PICTURES),
}


def models_html(
    found: Mapping[str, Any],
    state: FetchState,
    switch: SwitchView,
    profile: Profile,
    added: Mapping[str, str],
) -> Markup:
    """Return the panel; `added` are the sources of writers that a person added, by name."""
    rows = {row["name"]: row for row in found["models"]}
    downloading, share = _downloading(state)
    return render(
        "models/panel.html",
        found=found,
        state=state,
        switch=switch,
        profile=profile,
        parts=PARTS,
        bundled=[(row, _bundled_words(row)) for row in found["bundled"]],
        changes=[(change, change_words(change)) for change in switch.running],
        downloading=downloading,
        share=share,
        here=[row for row in found["models"] if row["on_disk"]],
        offered=[rows[name] for name in found["next"]["models"]],
        added={name: where(source) for name, source in added.items()},
    )


def profile_html(offered: Sequence[str], state: FetchState, writer: SetupState) -> Markup:
    """Return what stands at the top while models come, or could be used at once: `offered`."""
    values = {"writer": _writer_words(writer), "downloading": _downloading(state)[0]}
    return render("models/profile.html", offered=offered, state=state, **values)


def change_words(change: ModelChange) -> str:
    if not change.total:
        named = say("Loading {name} …", name=change.name)
        return named if change.name else say("Changing models …")
    does, counts = _READ[change.part]
    done = say_count(change.total, *counts, done=say_number(change.done))
    speed = f"{say_number(change.per_s, places=1)}/s" if change.per_s else ""
    facts = (say(does, name=change.name), done, speed, time_left(change.seconds_left))
    return " · ".join(filter(None, facts))


def _bundled_words(row: Mapping[str, Any]) -> str:
    state = SetupState(
        stage=row["state"], share=row["share"], problem=row["problem"], hint=row["hint"]
    )
    return f"{known(_PURPOSES[row['role']])} {_writer_words(state) or known(_AT_REST[state.stage])}"


def _downloading(state: FetchState) -> tuple[str, float | None]:
    """Return how far a download is, in words and in percent; None: not known yet."""
    progress, how_far, percent = state.progress, "…", None
    if progress is not None and progress.total_bytes:
        sizes = (progress.done_bytes, progress.total_bytes)
        done, total = (f"{say_number(size / 1e9, places=2)} GB" for size in sizes)
        how_far = say("{n} of {count}", n=done, count=total)
        percent = 100 * progress.done_bytes / progress.total_bytes
    return say("Downloading {name} {how_far}", name=state.current, how_far=how_far), percent


def _writer_words(state: SetupState) -> str:
    """Return what goes on, or what a person could do; "" where nothing is to be told."""
    percent = say_number(round(100 * state.share))
    match state.stage:
        case "fetching":
            return say("The writer is being fetched, {n} %", n=percent)
        case "building":
            return say("The writer is being built, {n} %", n=percent)
        case "failed" | "damaged" | "too small":
            problem, hint = translated(state.problem), translated(state.hint).rstrip(".")
            if not hint:
                return f"{problem} {say('Answers are quotations.')}"
            return f"{problem} {hint}. {say('Until then answers are quotations.')}"
        case _:
            return ""


ALL = "all"


def models_routes(
    settings: Settings, engine: AnyEngine, fetches: Fetches, switches: Switches
) -> APIRouter:
    """Return the routes. Only what the panel offers can be fetched, and what is fetched be used."""
    router = APIRouter(prefix="/models")
    added = AddedWriters(settings.workspace)

    @router.get("")
    def panel() -> Response:
        found, view = overview(settings), switches.view()
        return fresh(models_html(found, fetches.state, view, engine.profile, added.read()))

    @router.post("/stop")
    def stop() -> Response:
        fetches.stop()
        return panel()

    @router.post("/writers/{action}")
    def writer(
        request: Request,
        action: Literal["try", "add", "remove"],
        name: Annotated[str, Body(max_length=80)],
        source: Annotated[str, Body(max_length=400)] = "",
    ) -> Response:
        """Try, add or remove a model that writes. A refusal is 422 `{"error"}`."""
        note(request.scope, f"{action}: {name} {source}")
        if action == "try":
            trial = tried(source.strip(), settings)
            seconds, words = say_number(trial.seconds, places=1), trial.text[:MAX_TRIAL_LETTERS]
            told = say("It answers after {n} s: “{words}”", n=seconds, words=words)
            return fresh({"told": f"{trial.model_id}. {told}"})
        added.set(*((name, "") if action == "remove" else checked(name, source)))
        return panel()

    @router.post("/{do}/{what}")
    def act(
        request: Request, do: Literal["fetch", "use", "built-in", "stay"], what: str
    ) -> Response:
        note(request.scope, f"{what}: built in" if do == "built-in" else what)
        match do:
            case "fetch":
                step = next_step(settings, this_machine())
                fetches.start([model for model in step if what in (ALL, model.name)])
            case "use":
                switches.start(_part(what), what)
            case "built-in":
                switches.start(_changed(what), "")
            case "stay":
                switches.stop(_changed(what))
        return panel()

    return router


def _part(name: str) -> Part:
    try:
        return _changed(model_named(name).part)
    except ModelError as error:
        raise HTTPException(404) from error


def _changed(part: str) -> Part:
    """Return the part; what hears is told by a setting alone."""
    return there(next((one for one in PARTS if one == part), None))
