"""What is told where nothing, or little, is asked of the documents, or another language differs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rag.datamodel import Hit
from rag.glossary.gloss import as_english, glossed_language
from rag.languages import language_name, script_of
from rag.stop_words import ENGLISH, QUESTION_WORD
from rag.text import STOP_WORDS, words

_I: Final = re.IGNORECASE
NO_WORDS: Final = (
    "There is no word in this to look for. Ask a question in your own words, or give a few key"
    " words."
)
ONE_LETTER: Final = (
    "One letter is too little to look for. Ask a question, or give a word or a name in full."
)
GREETING: Final = (
    "Hello. Ask what you want to know of the documents, give a few key words, or ask for a summary"
    " of one of them."
)
WELCOME: Final = "Ask on whenever you like: what was said before is remembered here."
AGAIN: Final = (
    "Your question before is answered again, with the places that it stands on. Quotations keep the"
    " words and the language of the documents."
)
SORRY: Final = (
    "Sorry that this has not helped. Say in other words what you look for, or name the document"
    " that should hold it; a wrong answer can be reported below it."
)

ABOUT: Final = (
    "Questions are answered here from the documents of the folder, each answer with the places that"
    " it stands on. Ask in your own words, give a few key words, or ask for a summary of a document"
    " or for a list of the documents."
)
UNABLE: Final = (
    "That can't be done here: nothing is translated, written in your name or foretold. Ask what the"
    " documents say of it, or for a summary of one of them."
)
TOO_LITTLE: Final = (
    "These words name nothing that could be looked for. Say what you want to know, and of what: a"
    " thing, a name, a place, a date."
)
PASTED: Final = (
    "This reads as a piece of text, not as a question: the places most like it are shown. Ask what"
    " you want to know of it."
)
MIN_PASTED: Final = 60
"""So many words that ask nothing are a piece of text."""

_ASKS: Final = re.compile(
    rf"\?|\b(?:{QUESTION_WORD}|(?:tell|explain|describe|list|show|find|summar\w+|compare)\b)", _I
)
_GREETING_BEFORE: Final = re.compile(
    r"\A\s*+(?:hi|hello|hey|hallo|good (?:morning|day|evening|afternoon))(?: there)?\s*[,!.]+"
    r"\s*(?=\w)",
    _I,
)
_OF_ITSELF: Final = re.compile(
    r"\W*(?:help(?: me)?|who are you|what are you|what (?:can|do) you (?:do|know)"
    r"|how (?:can|do) you help(?: me)?|what can i (?:ask|do)(?: you| here)?"
    r"|how (?:does|do) (?:this|it|you) work)\W*",
    _I,
)
_WISH: Final = re.compile(
    r"\W*(?:(?:please|pls|can you|could you|bitte)\s+){0,2}"
    r"(?:(?:translate|übersetze?n?|traduis|traduire|traduce|traducir)\b"
    r"|(?:write|draft|compose|schreibe?|écris|escribe)(?:\s|-)+(?:me\s+|mir\s+|moi\s+|us\s+)?"
    r"(?:an?|my|eine?n?|une?)\s+(?:e-?mail|mail|letter|poem|song|story|essay|tweet|speech|brief"
    r"|gedicht|lettre|poème|correo|carta|poema)\b)",
    _I,
)
_FORECAST: Final = re.compile(r"\bweather\b.{0,30}\b(?:tomorrow|tonight|next week)\W*\Z", _I)
_GREETINGS: Final = re.compile(
    r"(?:\s*\b(?:hi|hello|hey|ciao|good (?:morning|day|evening|afternoon)"
    r"|(?:many )?thanks|thank you|thx|danke(?:schön)?|vielen dank|cheers|bye|goodbye|ok|okay|fine"
    r"|great|perfect|very much|much|a lot|so much|again)\b[\W_]*)+",
    _I,
)
_HELLO: Final = re.compile(r"\W*(?:hi|hello|hey|ciao|good)\b", _I)
_ANGRY: Final = frozenset(
    "stupid dumb useless idiot idiotic moron crap rubbish garbage trash shit shitty bullshit suck"
    " sucks fuck fucking damn hate worthless pathetic shut wrong".split()
)
_AT_WHOM: Final = frozenset(
    "bot program machine thing things answer answers computer ai assistant app tool really"
    " completely totally just very what up off u piece you're i'm".split()
)
"""What stands beside an angry word in a sentence that says nothing else."""


def reply_to(text: str) -> str:
    """Return what to say to a text that asks nothing of the documents; "" to any other."""
    signs = [sign for sign in text if sign.isalnum()]
    if not signs:
        return NO_WORDS
    if len(signs) == 1 and signs[0].isascii():
        return ONE_LETTER
    said = as_english(text).strip()
    if _GREETINGS.fullmatch(said):
        return GREETING if _HELLO.match(said) else WELCOME
    if _OF_ITSELF.fullmatch(text):
        return ABOUT
    if _WISH.match(text) or _FORECAST.search(text):
        return UNABLE
    return SORRY if _is_angry(text) else ""


def is_pasted(text: str) -> bool:
    return len(text.split()) >= MIN_PASTED and _ASKS.search(text) is None


def without_greeting(text: str) -> str:
    return _GREETING_BEFORE.sub("", text, count=1) if _GREETING_BEFORE.match(text) else text


def _is_angry(text: str) -> bool:
    found = words(text)
    return not _ANGRY.isdisjoint(found) and all(
        word in _ANGRY or word in _AT_WHOM or word in ENGLISH | STOP_WORDS for word in found
    )


_PLACES: Final = 8

_BY_WORDS: Final = "word by word, by a small dictionary"
_BY_NAMES: Final = "by names, numbers and words that both share"


def other_language(
    question: str, hits: Sequence[Hit], *, read_as: str = "", across: str = ""
) -> str:
    """Return what is matched where question and places differ in language; else ""."""
    asked = _named(question)
    places = " ".join(hit.chunk.text for hit in hits[:_PLACES])
    found = _named(places)
    if not (asked and found) or asked == found:
        return ""
    note = f"The question is in {asked}, the places found are in {found}"
    if across:
        by_words = read_as or (asked == "English" and glossed_language(places))
        note += f": they are matched {_BY_WORDS if by_words else _BY_NAMES}"
    read = f"It was read as “{read_as}”." if read_as else ""
    return " ".join(filter(None, (f"{note}.", read, across)))


def _named(text: str) -> str:
    """Return a text's language, or its script where that can't be told, in English; maybe ""."""
    script = script_of(text)
    return language_name(text) or (f"{script} letters" if script not in ("", "Latin") else "")
