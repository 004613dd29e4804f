"""Words that a question is asked with and that tell no document from another, by language.

In a folder of English documents the few German ones alone hold "wie" and "der", which so look like
rare and telling words: in a German question they must go. The lists are the commonest function
words of each language (after Snowball's, snowballstem.org) and what questions begin with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

FUNCTION_WORDS: Final = frozenset(
    """
    a about according after all also an and any are as at be been being both but by can could
    did do does each for from had has have her his how i if in into is it its itself may me
    might more most my no nor not of on or other our out over same shall she should so some such
    than that the their them then there these they this those to under up was we were what when
    where which while who whom whose why will with would you your
    """.split()
)
"""English words that tell neither what is asked for nor where it stands."""

QUESTION_WORDS: Final = frozenset("who whom whose what which when where why how".split())
"""The English words that a question asks with."""

AUXILIARIES: Final = frozenset(
    "is are was were be been being am do does did has have had can could will would shall should "
    "may might must isn't aren't wasn't weren't don't doesn't didn't hasn't haven't hadn't can't "
    "couldn't won't wouldn't shouldn't 's".split()
)
"""The English verbs that a question may begin with."""

PREPOSITIONS: Final = frozenset(
    "of in on at for with from by to about into over under between during before after since "
    "until through against among within without across per on near above below than as besides "
    "according like".split()
)
"""English."""

QUESTION_WORD: Final = rf"(?:{'|'.join(sorted(QUESTION_WORDS))})\b"
"""The same as a pattern."""

ENGLISH: Final = FUNCTION_WORDS | frozenset(
    """
    above again am because before below between d doing down during few further having he here
    hers him ll m must off once only own re s t theirs through too until upon ve very yours
    """.split()
)
"""What no index is searched for. Beside the right words, before or between still tell which place
answers: they are no `rag.text.STOP_WORDS`."""

BY_LANGUAGE: Final[Mapping[str, frozenset[str]]] = {
    "en": ENGLISH,
    "de": frozenset(
        """
        aber als am an auch auf aus bei beim bin bis das dass dem den der des die dies diese
        diesem diesen dieser dieses durch ein eine einem einen einer eines er es für gab gibt
        haben hat hatte hatten heißen heißt ich ihr ihre ihren im in ins ist ja kann kein keine
        können laut man mit nach nicht noch nur ob oder ohne sein seine sich sie sind so um und
        uns unter vom von vor war waren was welche welchem welchen welcher welches wem wen wer
        werden wessen wie wieviel wieviele viel viele wir wird wo worden wurde wurden zu zum zur
        zwischen
        """.split()
    ),
    "fr": frozenset(
        """
        à au aux avec c ce ces cet cette chez combien comme comment d dans de des du elle elles en
        entre est et était être eu il ils j je l la laquelle le lequel les leur leurs lui mais
        même n ne nous on ont où ou par pas plus pour pourquoi qu quand que quel quelle quelles
        quels qui quoi s sa sans se selon ses si son sont sous sur t te tu un une vers vous y été
        """.split()
    ),
    "es": frozenset(
        """
        a al ante cómo como con cual cuál cuáles cuándo cuánta cuántas cuánto cuántos de del desde
        donde dónde durante e el él ella ellos en entre era eran es esa ese eso esta está están
        este esto fue fueron ha han hasta hay la las le les lo los más me mi muy no nos o para
        pero por porque que qué quién quiénes se según ser si sin sobre son su sus te tiene tienen
        tu un una uno unos y ya
        """.split()
    ),
    "it": frozenset(
        """
        a ad agli ai al alla alle allo anche c che chi ci come con cosa cui d da dagli dai dal
        dalla dalle degli dei del dell della delle dello di dove e è ed era erano fra gli ha hanno
        i il in l la le lo loro ma nei nel nell nella nelle non o per perché più qual quale quali
        quando quante quanti quanta quanto se secondo si sono su sua suo sul sulla tra un una uno
        """.split()
    ),
    "pt": frozenset(
        """
        a à ao aos as às até com como da das de dela dele do dos e é ela ele eles em entre era
        eram essa esse esta este está estão foi foram há isso já lhe mais mas na nas não no nos o
        onde os ou para pela pelas pelo pelos por porque qual quais quando quanta quantas quanto
        quantos que quem se segundo sem ser seu seus sua suas são também tem têm um uma
        """.split()
    ),
    "nl": frozenset(
        """
        aan als bij daar dan dat de der deze die dit door een en er had hebben heeft hem het hij
        hoe hoeveel hun ik in is je kan met na naar niet nog nu of om onder ons ook op over te
        tegen tot uit van vanaf volgens voor waar waarom wanneer waren was wat we welk welke werd
        werden wie wordt worden zich zij zijn ze
        """.split()
    ),
}
"""By ISO 639-1 code: the languages that Pagelight knows words of."""

ASKING: Final[Mapping[str, frozenset[str]]] = {
    code: frozenset(text.split())
    for code, text in {
        "de": "beschreibe erkläre fasse nenne vergleiche wann warum welche welchem welchen welcher"
        " welches wem wen wer weshalb wessen wieviel wieviele wieso wofür woher wohin zeige",
        "fr": "combien décris explique laquelle lequel montre pourquoi quand quel quelle quelles"
        " quels résume",
        "es": "cuál cuáles cuándo cuánta cuántas cuánto cuántos cómo dónde explica qué quién"
        " quiénes",
        "it": "chi elenca perché quale quali quanti riassumi spiega",
        "pt": "quais quantos quem resuma",
        "nl": "beschrijf hoe hoeveel vergelijk waarom wanneer welke",
    }.items()
}
"""Words that a question begins with in one of the languages alone; each counts twice."""

COMMANDS: Final = frozenset(
    "beschreibe erkläre fasse nenne vergleiche zeige décris explique montre résume explica elenca"
    " riassumi spiega resuma beschrijf vergelijk".split()
)
"""Those of them that ask for something without a question."""

NAME_PARTICLES: Final = frozenset(
    "al bin da de del della den der di dos du el ibn la le ter van von y".split()
)
"""Small words inside the names of persons and places."""

MIN_WORDS: Final = 2
"""One word alone ("Die Hard", "La Jolla") tells no language."""


def stop_words(words: Sequence[str]) -> frozenset[str]:
    """Return the stop words of the language that most of `words`, lower case, are stop words of.

    English where none has more; of several others that have as many, those of all.
    """
    likely = languages_of(words)
    if not likely or "en" in likely:
        return ENGLISH
    return frozenset().union(*(BY_LANGUAGE[code] for code in likely))


def languages_of(words: Sequence[str]) -> tuple[str, ...]:
    """Return the languages (ISO 639-1) whose stop words most of `words`, lower case, are.

    Several where they have as many; none where too few are stop words of any.
    """
    counts = {code: sum(word in stop for word in words) for code, stop in BY_LANGUAGE.items()}
    for code, asking in ASKING.items():
        counts[code] += bool(words) and words[0] in asking
    most = max(counts.values())
    return tuple(code for code in counts if counts[code] == most >= MIN_WORDS)
