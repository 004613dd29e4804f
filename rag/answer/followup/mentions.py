"""What a sentence speaks of: names, subjects, years. English rules over words; knows no model."""

from __future__ import annotations

import re
from typing import Final

from rag.stop_words import NAME_PARTICLES, QUESTION_WORDS
from rag.text import MONTH, STOP_WORDS, YEAR, words

AUXILIARY: Final = frozenset(
    "is are was were be been am do does did has have had can could will would shall should may "
    "might must isn't aren't wasn't weren't don't doesn't didn't hasn't haven't hadn't can't "
    "couldn't won't wouldn't shouldn't 's".split()
)
COPULA: Final = frozenset("is are was were 's isn't aren't wasn't weren't".split())
PREPOSITIONS: Final = frozenset(
    "of in on at for with from by to about into over under between during before after since "
    "until through against among within without across per on near above below than as besides "
    "according like".split()
)
OPENERS: Final = frozenset(
    "tell show list name describe explain give compare find summarize summarise please yes no ok "
    "okay oh thanks thank great wow interesting hmm sorry hello hi well let let's i i'm i'd i've "
    "i'll besides anything any now really could according as".split()
)
_NOT_NAMES: Final = STOP_WORDS | QUESTION_WORDS | AUXILIARY | PREPOSITIONS | OPENERS
_JOINT: Final = NAME_PARTICLES | frozenset("of the and & for".split())
_TOKEN: Final = re.compile(r"[^\s,;:?!()\"“”]+|[,;:?!()\"“”]")
_QUOTED: Final = re.compile(r"[\"“]([^\"“”]{2,80})[\"”]")
_EDGE: Final = ".'’`"
_APOSTROPHES: Final = frozenset("'’")
_POSSESSIVE: Final = re.compile(r"['’]s?$")
A_YEAR: Final = re.compile(rf"\b{YEAR}\b")
_MONTH: Final = re.compile(MONTH)
_NO_SUBJECTS: Final = frozenset("there your you my it i we this that these those".split())
_POINTS: Final = frozenset(
    "it its they them their he she him her his this that these those".split()
)
_ARTICLES: Final = frozenset("the a an".split())
_LONG_PHRASE: Final = 4
"""Words after which two of a phrase may be its verb and object, its article not counted."""
_NAME_WORDS: Final = 6
_PERSON_WORDS: Final = range(2, 5)


def tokens(text: str) -> list[str]:
    """Return words with their own points and apostrophes, and marks, in order."""
    return [match.group() for match in _TOKEN.finditer(text)]


def names(text: str) -> list[str]:
    """Return names in order, each once: runs of capitalised words, and what is quoted.

    A capital at the beginning of a sentence counts only where the word asks and opens nothing.
    """
    found: dict[str, None] = {}
    for run in _capital_runs(tokens(text)):
        found.setdefault(run)
    for quoted in _QUOTED.findall(text):
        found.setdefault(quoted)
    return list(found)


def _capital_runs(parts: list[str]) -> list[str]:
    runs: list[list[str]] = [[]]
    for at, part in enumerate(parts):
        if _is_name_word(part):
            runs[-1].append(part)
            if bare(part) != part:
                runs.append([])
        elif runs[-1] and part in _JOINT and _is_name_word(_at(parts, at + 1)):
            # `and` joins two names, not two halves of one.
            runs[-1:] = [runs[-1], []] if part == "and" else [[*runs[-1], part]]
        else:
            runs.append([])
    found = (bare(" ".join(run[:_NAME_WORDS]).strip(_EDGE + " ")) for run in runs)
    return [name for name in found if name and not name.isdigit()]


def _is_name_word(part: str) -> bool:
    word = bare(part.strip(_EDGE))
    if not word or word.lower().replace("’", "'") in _NOT_NAMES:
        return False
    return any(letter.isupper() for letter in word)


def _at(parts: list[str], at: int) -> str:
    return parts[at] if at < len(parts) else ""


def bare(name: str) -> str:
    """Return the name without the mark of possession."""
    return _POSSESSIVE.sub("", name) if _APOSTROPHES.intersection(name) else name


def is_person(name: str) -> bool:
    """Tell whether a name looks like a person's: two to four capitalised words."""
    parts = bare(name).split()
    if len(parts) not in _PERSON_WORDS:
        return False
    return all(part[0].isupper() for part in parts) and not any(c.isdigit() for c in name)


def things(text: str) -> list[str]:
    """Return the names that are no month's: of what "they" and "there" can stand for."""
    return [name for name in names(text) if not _MONTH.fullmatch(name)]


def subject(question: str) -> str:
    """Return the phrase that a question is about; "" where the wording does not tell."""
    for rule in (_of_interest, _after_copula):
        if found := shortened(rule(question)):
            return found
    known = names(_after_first_auxiliary(question)) or names(question)
    if known:
        return _with_its_nouns(known[0], question)
    return shortened(_after_auxiliary(question))


def shortened(phrase: str) -> str:
    """Return the phrase without marks and prepositions after it."""
    parts = phrase.strip(" ?.!,;").split()
    while parts and parts[-1].lower() in PREPOSITIONS | {"and", "or", "also", "like"}:
        parts.pop()
    known = content(phrase) and _POINTS.isdisjoint(words(phrase))
    return " ".join(parts) if known else ""


_COPULAR: Final = re.compile(
    r"(?:^|[,.;] |\band )(?:so |and )?(?:what|who|where|how)(?:['’]s| (?:is|are|was|were)) "
    r"(?P<it>[^?.!]+)",
    re.IGNORECASE,
)
_ABOUT: Final = re.compile(
    r"(?:\b(?:tell me|know|learn|information|more|talk|read|heard|hear|interested)(?: more)? "
    r"(?:about|on|in)|\blooking for|^(?:please )?(?:describe|explain|summari[sz]e)) "
    r"(?P<it>[^?.!]+)",
    re.IGNORECASE,
)
_AUX: Final = r"(?:are|is|was|were|do|does|did|has|have|had|can|will|would)\b"
_COUNT: Final = re.compile(
    rf"^(?:and |so )?(?:(?P<many>how (?:many|much))|which|what) "
    rf"(?P<it>(?:(?!{_AUX}|on\b|in\b|of\b)[\w'’-]+ ){{1,4}}?)(?={_AUX}|(?:of|in|on)\b)",
    re.IGNORECASE,
)


_LISTED: Final = re.compile(
    r"^(?:list|name|show)(?: me)?(?: all)?(?: of)?(?: the)? "
    r"(?P<it>[\w'’-]+(?: [\w'’-]+){0,2})[?.!]*$",
    re.IGNORECASE,
)


def _after_copula(question: str) -> str:
    match = _COPULAR.search(question)
    if match is None:
        return ""
    phrase = match["it"]
    first = phrase.split()[0].lower()
    return "" if first in PREPOSITIONS or first in _NO_SUBJECTS else phrase


def _of_interest(question: str) -> str:
    match = _ABOUT.search(question)
    return match["it"] if match else ""


def _after_first_auxiliary(question: str) -> str:
    match = re.search(r"\b(?:did|does|do|has|have|had|was|were|is|are|can|will) (.*)", question)
    return match[1] if match else ""


def counted_noun(question: str) -> str:
    """Return the noun that `one` and `ones` stand for: `province`, `ducks`; "" if there is none."""
    match = _COUNT.search(question) or _LISTED.match(question)
    return match["it"].split()[-1] if match else ""


def counted_phrase(question: str) -> str:
    """Return what a question counts: `membership warehouses`; "" where it counts nothing."""
    match = _COUNT.search(question)
    return match["it"].strip() if match and match["many"] else ""


def _with_its_nouns(name: str, question: str) -> str:
    """Return `the Shell receipt` for `Shell` where these words stand so in the question."""
    match = re.search(
        rf"\b(?P<all>the (?:[a-z-]+ ){{0,2}}{re.escape(name)}(?: (?P<noun>[a-z-]+))?)(?P<end>\W|$)",
        question,
    )
    if match is None:
        return name
    noun = (match["noun"] or "").lower()
    last = question[match.end("all") :].strip(" ?.!") == ""
    if noun and (noun in _NOT_NAMES or not last):
        return match["all"][: -len(noun) - 1]
    return match["all"]


def _after_auxiliary(question: str) -> str:
    """Return the words from an auxiliary to the next function word: `did snowboarding begin`."""
    parts = tokens(question)
    lowered = [part.lower() for part in parts]
    start = next((at + 1 for at, word in enumerate(lowered) if word in AUXILIARY), None)
    if start is None:
        return ""
    phrase: list[str] = []
    for part, word in zip(parts[start:], lowered[start:], strict=True):
        if not part[0].isalnum() or (phrase and word in _NOT_NAMES - {"of", "and"}):
            break
        if word in (_NO_SUBJECTS if phrase else _NO_SUBJECTS | _NOT_NAMES - {"the", "a", "an"}):
            return ""
        phrase.append(part)
    if phrase and lowered[start - 1] in COPULA and not phrase[-1].endswith(("ed", "en", "ing")):
        return " ".join(phrase)
    # What follows the subject is its verb, maybe with an object.
    said = sum(part.lower() not in _ARTICLES for part in phrase)
    return " ".join(phrase[: max(1, len(phrase) - (1 if said < _LONG_PHRASE else 2))])


def content(text: str) -> set[str]:
    """Return the folded words that are no stop words."""
    return {word for word in words(text) if word not in STOP_WORDS}
