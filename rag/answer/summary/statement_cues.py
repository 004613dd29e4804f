"""Words and forms that tell what a sentence of a document is: a notice, a reference, a pointer.

English, with the commonest headings in German and French. Patterns alone; what a find is worth is
decided in `rag.answer.summary.summary_sentences`.
"""

from __future__ import annotations

import re
from typing import Final

from rag.text import LEADER, RECENT_YEAR

_I: Final = re.IGNORECASE
OPENER: Final = re.compile(
    r"[\s•◦▪■●○►✓*+·–—-]*(?:\(?(?:\d{1,2}|[a-z]|[ivx]{1,4}|(?<![^\n])[A-Z])[.)]\s+)?"
)
"""What a point of a list begins with; a capital letter only at the beginning of a line."""

NUMBERING: Final = re.compile(
    r"^\W*(?:(?:chapter|section|part|item|kapitel|\d+|[A-Z])[\s.:)]+)+", _I
)
BARRED: Final = re.compile(
    r"^(?:table of contents|contents|index|(?:list of )?(?:figures|tables|abbreviations)"
    r"|references?(?: cited)?|bibliography|works cited|further reading|external links|see also"
    r"|notes|footnotes|endnotes|acknowledge?ments?|copyright.*|disclaimers?|legal notices?"
    r"|trademarks?|licen[cs]es?|signatures?|exhibit index|contacts?|contact (?:us|information)"
    r"|forward[- ]looking statements?.*"
    r"|(?:cautionary|safe harbor) .*|inhalt(?:sverzeichnis)?|literatur(?:verzeichnis)?"
    r"|danksagung|impressum|stichwortverzeichnis|table des mati.res|sommaire|bibliographie"
    r"|r.f.rences|remerciements|mentions l.gales)\b\W*$",
    _I,
)
WORKS: Final = re.compile(
    r"(?:references?|bibliography|works cited|literatur(?:verzeichnis)?|bibliographie"
    r"|r.f.rences)\W*$",
    _I,
)
LEADING: Final = re.compile(
    r"^(?:abstract|(?:executive |management )?summary|in brief|at a glance|highlights"
    r"|key (?:findings|points|results|facts|takeaways)|main (?:findings|points|results)"
    r"|zusammenfassung|kurzfassung|auf einen blick|résumé|synthèse|en bref)\b"
    r"(?! (?:of|von|der|de|d’un))",
    _I,
)
"""A part that is a summary itself."""

MAJOR: Final = re.compile(
    r"\b(?:overview|conclusions?|findings|results|purpose|objectives?|goals?|mission"
    r"|introduction|(?:description of )?business|scope"
    r"|überblick|fazit|ergebnisse|einleitung|einführung)\b",
    _I,
)
BEFORE_FINDINGS: Final = re.compile(
    r"^[\W\d]*+(?:introduction|background|motivation|related work|(?:\w++ and )?methods?"
    r"|methodology|einleitung|einführung|hintergrund|(?:\w++ und )?methoden?|contexte|méthodes?)\b",
    _I,
)
"""A part that stands before what was found."""

MINOR: Final = re.compile(
    r"\b(?:appendi(?:x|ces)|anhang|annexe?s?|methodology|related work|survey questions"
    r"|questionnaire|glossary|implementation details|supplementary|definitions)\b",
    _I,
)
ABOUT: Final = re.compile(r"^\W*about\b|^\W*(?:über uns|à propos)\b", _I)
"""A publisher on itself: only where it stands right below such a heading."""

NOTICE: Final = re.compile(
    r"^(?:categories and subject|general terms|key ?words|schlüsselw|mots[ -]cl|index terms)"
    r"|confidentiality notice|in error, please|please (?:be advised|note|notify|contact)|^note:"
    rf"|all rights reserved|©|\bcopyright\b|\(c\) ?{RECENT_YEAR}|permission to (?:make|copy|use)"
    r"|without (?:the )?(?:prior|express) (?:written )?(?:permission|consent)|no part of this"
    r"|forward[- ]looking|private securities litigation|incorporated (?:herein )?by reference"
    r"|(?:un)?less otherwise (?:noted|indicated|stated)|subject to change without notice"
    r"|(?:assume|accept)s? no (?:responsibility|liability)|(?:is|are) (?:registered )?trademarks?"
    r"|terms (?:of use|and conditions)|licen[cs]ed under|privacy policy|cookies?\b.{0,200}\bsite"
    r"|check mark|pursuant to (?:section|rule)|commission file|hereunto duly|undersigned"
    r"|to unsubscribe|intended (?:only|solely) for the|this (?:e-?mail|message) (?:is|and)"
    r"|\bregistrant\b|aggregate market value|proxy statement|context otherwise requires"
    r"|\b(?:i|we) (?:would like to |want to |also )?thank\b|\b(?:am|are) (?:pleased|grateful)\b"
    r"|recommended citation|suggested citation|isbn|issn|doi[:.]|arxiv:|https?://|www\."
    r"|\S@[^\s@]+\.\w|project gutenberg|click (?:here|the)"
    r"|retrieved (?:on|from)|(?:see|refer to) (?:the )?(?:note|item|section|chapter|table|page|fig)"
    r"|(?:please |carefully )read (?:this|the|all)|for future reference"
    r"|continued on|page \d+ of|follow us|visit our|for (?:more|further|additional) information"
    r"|can be found (?:in|at|on)|is (?:organi[sz]ed|structured) as follows"
    r"|remainder of th(?:is|e) (?:paper|report|article)|alle rechte vorbehalten",
    _I,
)
REFERENCE: Final = re.compile(
    rf"^\[\d+\]|\bpp?\. ?\d+[–-]\d+|\bvol\. ?\d+|\bet al\.,? \(?{RECENT_YEAR}.{{0,300}}\bet al"
    r"|\bIn Proceedings|\b\d{1,3}, no\. \d"
    rf"|\([A-Z][^():]{{2,40}}: [^():]{{3,60}}, {RECENT_YEAR}\)"
    rf"|(?:\b[A-Z]\. ?){{2}}.{{0,300}}{RECENT_YEAR}|^[A-Z][\w’'-]+, [A-Z]\.,?.*{RECENT_YEAR}"
)
DOTS: Final = re.compile(rf"(?:\. ?){{4,}}|…{{2,}}|_{{4,}}|\s{LEADER}\s\W?\d")
PAGE_NUMBER: Final = re.compile(r"\s\d{1,3}\s*$")
POINTING: Final = re.compile(
    r"^(?:this|these|that|those|it|its|he|she|his|her|they|their|them|such|here|there|thus|hence"
    r"|therefore|however|moreover|furthermore|also|additionally|consequently|instead|then|so|but"
    r"|and|or|yet|nevertheless|similarly|likewise|conversely|meanwhile|otherwise|accordingly"
    r"|both|another|others?|as a result|in addition|in contrast|for (?:example|instance)|finally"
    r"|on the other hand|the (?:former|latter|above|following|same|other|second|third)|similar"
    r"|in (?:section|chapter|part|appendix|figure|table)|section|figure|fig\.|table"
    r"|(?:definition|theorem|lemma|proposition|corollary|proof|propriété|définition|théorème|satz"
    r"|beweis|bemerkung|beispiel) ?[\d(:.]|note that|recall|see|within the (?:report|document)"
    r"|dies(?:e[rsm]?)?|daher|jedoch|außerdem|cette|ces|cependant|ainsi|de plus)\b"
    r"(?! (?:is|are|was) (?:a|an|the) (?:report|paper|study|guide)\b)"
    r"(?! (?:paper|report|study|article|document|chapter|guide|manual|book|work|plan|agreement"
    r"|policy|note|letter|survey|deck)\b)",
    _I,
)
OF_PARTS: Final = re.compile(
    r"\b(?:summary|chapters?|sections?|appendi(?:x|ces)|annex(?:es)?|key findings|figures?|tables?)"
    r"\b.{0,40}\b(?:describes?|includes?|contains?|forms? (?:a )?part|summari[sz]es?|organi[sz]ed"
    r"|provides?|presents?|are based|is based|shows?|lists?)\b"
    r"|\bforms? (?:a |an integral )?part of (?:the|this)\b",
    _I,
)
"""Says where something stands in the document, and nothing of it."""

HEDGED: Final = re.compile(
    r"\b(?:may|might|could|would)\b.{0,300}\b(?:adversely|harm|risks?|fail|unable|uncertain\w*|impair)"
    r"|\b(?:may|might) (?:not )?be\b|\bno assurance\b",
    _I,
)
CUE: Final = re.compile(
    r"\b(?:in (?:summary|conclusion|short)|we (?:present|propose|show|find|found|introduce|conclude"
    r"|demonstrate|describe)|our (?:results|findings|main)|this (?:paper|report|study|article"
    r"|document|chapter|guide|manual|book|work|plan)|results? (?:show|suggest|indicate)"
    r"|(?:the )?(?:purpose|aim|goal|mission|objective)s? (?:of|is|are)|overall|most importantly"
    r"|increased|decreased|declined|grew|rose|fell|announced|majority|percent of)\b",
    _I,
)
FOUND: Final = re.compile(
    r"^\W*(?:(?:main |key |principal )?(?:findings|results?|conclusions?|outcomes?)|ergebnisse?"
    r"|schlussfolgerung(?:en)?|résultats?|resultados?|conclusiones|conclusión)\s?[:–—.-]\s",
    _I,
)
"""What a structured abstract (as of ANSI/NISO Z39.14) calls what was found."""

QUANTITY: Final = re.compile(r"\d\s*+(?:%|percent|million|billion)|[$€£]\s?\d", _I)
SPECIFIC: Final = re.compile(r"(?<=[\s(“$€£])(?:[A-ZÄÖÜÉ][\w’'&-]+|[\d][\d.,]*)")
TOTAL: Final = re.compile(
    r"(?:grand |sub)?totals?\b|amount (?:due|paid)|balance|invoice|gesamt|summe|betrag|montant", _I
)
ENDING: Final = re.compile(r"[.!?…。！？]['\"”’)\]]*$")
FORMULA: Final = re.compile(r"[∀-⋿←-⇿={}\\^]")
