"""What is typed and is no question: signs alone, one letter, a greeting, an angry word.

Each gets a sentence that helps on; nothing is searched. Knows words alone. English rules.
"""

from __future__ import annotations

import re
from typing import Final

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
SORRY: Final = (
    "Sorry that this has not helped. Say in other words what you look for, or name the document"
    " that should hold it; a wrong answer can be reported below it."
)

_GREETINGS: Final = re.compile(
    r"(?:\s*\b(?:hi|hello|hey|hallo|bonjour|hola|ciao|good (?:morning|day|evening|afternoon)"
    r"|thanks|thank you|thx|cheers|bye|goodbye|okay|very much|a lot|so much|again)\b[\W_]*)+",
    _I,
)
_ANGRY: Final = re.compile(
    r"\W*(?:(?:you|u|this|that|it|the (?:program|answer|bot))"
    r"(?:\s*['’]?(?:re|s)|\s+(?:are|is|r))?\s+)?"
    r"(?:(?:so|such|a|an|really|completely|totally|just|very)\s+)*+"
    r"(?:stupid|dumb|useless|idiot(?:ic)?|moron|crap|rubbish|garbage|trash|shit(?:ty)?|bullshit"
    r"|sucks?|wrong|fuck(?:ing)?(?:\s+(?:you|off|this))?|damn(?:\s+(?:you|it))?|hate you)"
    r"(?:\s+(?:bot|program|machine|thing|answer|idiot|you|it|this))?\W*",
    _I,
)


def reply_to(text: str) -> str:
    """Return what to say to a text that asks nothing of the documents; "" to any other."""
    signs = [sign for sign in text if sign.isalnum()]
    if not signs:
        return NO_WORDS
    if len(signs) == 1 and signs[0].isascii():
        return ONE_LETTER
    if _GREETINGS.fullmatch(text.strip()):
        return GREETING
    return SORRY if _ANGRY.fullmatch(text.strip()) else ""
