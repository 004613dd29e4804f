"""How the model that comes with the set-up stands, in a sentence of the language that is spoken."""

from __future__ import annotations

from pagelight.ui.html.language import say, say_number
from pagelight.ui.html.sentences import translated
from rag.models.setup.state import SetupState


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
            return say("It is here, and writes answers.")
        case "off":
            return say("RAG_EMBEDDED_MODELS is off: answers are quotations.")
        case _:
            return say("It is not here yet: answers are quotations.")


def _percent(state: SetupState) -> str:
    return say_number(round(100 * state.share))


def _what_to_do(hint: str) -> str:
    if not hint:
        return say("Answers are quotations.")
    return f"{translated(hint).rstrip('.')}. {say('Until then answers are quotations.')}"
