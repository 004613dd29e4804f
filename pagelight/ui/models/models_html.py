"""The panel of models: what runs, what is here, what could come, and how a change or download goes.

Turns data into HTML. Knows nothing of threads, Gradio or HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from pagelight.services.models.models import Trial
from pagelight.services.models.models_job import FetchState, ModelChange, SwitchView
from pagelight.ui.html.language import key, known, say, say_count, say_number, time_left
from pagelight.ui.html.sentences import translated
from pagelight.ui.templating import render
from rag.models.generators import where
from rag.models.registry.model_table import PARTS, Part
from rag.models.setup.bundled import Role
from rag.models.setup.state import SetupState
from rag.pipeline.engine.models_in_use import Profile

MAX_TRIAL_LETTERS: Final = 60

_PURPOSES: Final[dict[Role, str]] = {
    "hearing": key("Writes down what is said in recordings."),
    "seeing": key("Tells what photographs show."),
    "languages": key("Finds across languages."),
    "writer": key("Writes answers."),
}
_READ: Final[dict[Part, tuple[str, str, str]]] = {
    "text": (
        key("{name} is reading the documents"),
        key("{done} of {n} passage"),
        key("{done} of {n} passages"),
    ),
    "images": (
        key("{name} is looking at the pictures"),
        key("{done} of {n} picture"),
        key("{done} of {n} pictures"),
    ),
}


def models_html(
    found: Mapping[str, Any],
    state: FetchState,
    switch: SwitchView,
    profile: Profile,
    added: Mapping[str, str],
) -> Markup:
    """Return the panel's content; it asks the page to look again while something runs.

    `added`: the sources of the writers that a person added, by name.
    """
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


def trial_words(trial: Trial) -> str:
    """Return what a model that was tried said, and how fast."""
    seconds = say_number(trial.seconds, places=1)
    words = trial.text[:MAX_TRIAL_LETTERS]
    words_text = say("It answers after {n} s: “{words}”", n=seconds, words=words)
    return f"{trial.model_id}. {words_text}"


def profile_html(offered: Sequence[str], state: FetchState, writer: SetupState) -> Markup:
    """Return what stands at the top while models come, or could be used at once: `offered`.

    `state` tells how far a download is, `writer` how the model of the set-up comes.
    """
    words, downloading = writer_words(writer), _downloading(state)[0]
    values = {"offered": offered, "state": state, "writer": words, "downloading": downloading}
    return render("models/profile.html", **values)


def change_words(change: ModelChange) -> str:
    if not change.total:
        named = say("Loading {name} …", name=change.name)
        return named if change.name else say("Changing models …")
    does, *counts = _READ[change.part]
    done = say_count(change.total, *counts, done=say_number(change.done))
    speed = f"{say_number(change.per_s, places=1)}/s" if change.per_s else ""
    facts = (say(does, name=change.name), done, speed, time_left(change.seconds_left))
    return " · ".join(filter(None, facts))


def _bundled_words(row: Mapping[str, Any]) -> str:
    state = SetupState(
        stage=row["state"], share=row["share"], problem=row["problem"], hint=row["hint"]
    )
    purpose = known(_PURPOSES[row["role"]])
    return f"{purpose} {writer_words(state) or said_at_rest(state)}"


def _downloading(state: FetchState) -> tuple[str, float | None]:
    """Return how far a download is, in words and in percent; None: not known yet."""
    progress, how_far, percent = state.progress, "…", None
    if progress is not None and progress.total_bytes:
        sizes = (progress.done_bytes, progress.total_bytes)
        done, total = (f"{say_number(size / 1e9, places=2)} GB" for size in sizes)
        how_far = say("{n} of {count}", n=done, count=total)
        percent = 100 * progress.done_bytes / progress.total_bytes
    return say("Downloading {name} {how_far}", name=state.current, how_far=how_far), percent


def writer_words(state: SetupState) -> str:
    """Return what goes on, or what a person could do; "" where nothing is to be told."""
    match state.stage:
        case "fetching":
            return say("The writer is being fetched, {n} %", n=_percent(state))
        case "building":
            return say("The writer is being built, {n} %", n=_percent(state))
        case "failed" | "damaged" | "too small":
            return f"{translated(state.problem)} {_what_to_do(state.hint)}"
        case "absent" | "ready" | "off":
            return ""


def said_at_rest(state: SetupState) -> str:
    """Return how it stands where nothing goes on and nothing is wrong."""
    match state.stage:
        case "ready":
            return say("It is here.")
        case "off":
            return say("It is switched off (RAG_EMBEDDED_MODELS).")
        case _:
            return say("It is not here yet.")


def _percent(state: SetupState) -> str:
    return say_number(round(100 * state.share))


def _what_to_do(hint: str) -> str:
    if not hint:
        return say("Answers are quotations.")
    return f"{translated(hint).rstrip('.')}. {say('Until then answers are quotations.')}"
