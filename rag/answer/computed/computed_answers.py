"""Answers of several places: calculated, picked out of a table, counted or listed.

Each shows its working and quotes what it is made of, with marks. Knows ranked evidence and tables.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from rag.answer.base.citations import CELL_DOT, without_marks
from rag.answer.base.refusal import NOT_HELD
from rag.answer.base.tables import row_quotation
from rag.answer.computed.arithmetic import Calculation, calculate
from rag.answer.computed.counting import Counted, counted, labels
from rag.answer.computed.extremes import Extreme, extreme
from rag.answer.computed.listed_column import ListedColumn, listed_column
from rag.answer.computed.listing import Listing, head, listing
from rag.answer.computed.people import Person, asks_for_head, asks_for_people, people
from rag.answer.computed.table_rows import Row
from rag.answer.evidence.quoting import FIRST_QUOTE_WORDS, OTHER_QUOTE_WORDS, quotation, shortened
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.question.abbreviations import Definition, definition, short_form
from rag.answer.question.asked import Asked, stems_of
from rag.datamodel import Context

LEAST_TABLE_CHANCE: Final = 0.1
"""Rows of a table are picked or counted if the table's rows together are so likely."""

LEAST_NAMED_CHANCE: Final = 0.01
"""The same where a column is what is bounded, or names what is asked for: no single row says so,
so that none is likely."""

MOST_LISTED: Final = 12
"""So many rows are quoted one by one; of more it is said how many there are."""

LISTED_WORDS: Final = 60
"""The rows of a column that is listed have so many words together."""

LEAST_PEOPLE: Final = 2
"""Fewer are no staff."""

_ORDINALS: Final = ("", "", "second ", "third ", "fourth ")


def work_out(asked: Asked, context: Context, ranker: AnswerRanker) -> str:
    """Return what is defined, calculated, picked, counted or listed; "" for other questions."""
    meaning = definition(asked.core, context.hits)
    if meaning is not None:
        return defined(meaning, asked)
    if short_form(asked.core):
        return NOT_HELD  # other words do not begin with its letters
    calculation = calculate(asked, context.hits, ranker)
    if calculation is not None:
        return calculated(calculation, asked)
    return _of_table(asked, context, ranker) or _listed(asked, context, ranker)


def _of_table(asked: Asked, context: Context, ranker: AnswerRanker) -> str:
    picked = extreme(asked, context, ranker.likeness)
    least = LEAST_NAMED_CHANCE if picked and picked.is_of_noun else LEAST_TABLE_CHANCE
    if picked is not None and _is_likely(picked.chunks, asked, context, ranker, least=least):
        return outstanding(picked, asked)
    tally = counted(asked, context, ranker.likeness)
    least = LEAST_NAMED_CHANCE if tally and tally.bounded else LEAST_TABLE_CHANCE
    if tally is not None and _is_likely(tally.chunks, asked, context, ranker, least=least):
        return tallied(tally, asked)
    return ""


def _listed(asked: Asked, context: Context, ranker: AnswerRanker) -> str:
    if asks_for_people(asked):
        return introduced(people(asked, context.hits), asked)
    column = listed_column(asked, context)
    if column is not None:
        return enumerated(column, asked)
    points = listing(asked, ranker.find(asked.text, context.hits))
    return pointed(points) if points else ""


def _is_likely(
    chunks: frozenset[str],
    asked: Asked,
    context: Context,
    ranker: AnswerRanker,
    *,
    least: float = LEAST_TABLE_CHANCE,
) -> bool:
    """Tell whether the table is where the answer is looked for at all."""
    found = ranker.find(asked.text, context.hits)
    chance = math.fsum(one.chance for one in found if one.evidence.hit.chunk.id in chunks)
    return chance >= least


def defined(found: Definition, asked: Asked) -> str:
    """Return the long form in bold, and the words that it stands in with their mark."""
    text = found.hit.chunk.text
    line = text.rfind("\n", 0, found.start) + 1, text.find("\n", found.end) % (len(text) + 1)
    quote = shortened(
        text, line, asked, inside=(found.start, found.end), most_words=FIRST_QUOTE_WORDS
    )
    said = " ".join(quote.replace("|", CELL_DOT).split())
    return f"{without_marks(f'**{found.text}** — “{said}”')} [{found.hit.rank}]"


def calculated(calculation: Calculation, asked: Asked) -> str:
    """Return a result in bold, its working, and each number quoted with its mark."""
    quotes = [
        f"{quotation(operand.found, asked, most_words=OTHER_QUOTE_WORDS)}"
        f" [{operand.short.evidence.hit.rank}]"
        for operand in calculation.operands
    ]
    listed = "\n".join(f"- {quote}" for quote in quotes)
    return f"**{calculation.result}** — {calculation.working}\n\n{listed}"


def outstanding(found: Extreme, asked: Asked) -> str:
    """Return the largest or smallest of a table's rows, its value, and of how many rows it is."""
    label = "; ".join(_called(row, found) for row in found.tied)
    value = found.tied[0].cells[found.value]
    first, second = (
        (value, label) if asked.noun & stems_of(found.names[found.value]) else (label, value)
    )
    most, least = ("latest", "earliest") if found.dates else ("largest", "smallest")
    which = f"{_ORDINALS[found.place]}{most if found.largest else least}"
    note = f"The {which} of {found.rows} rows of the table."
    quotes = [_row_quoted(row, found.names, value, asked) for row in found.tied]
    answer = without_marks(f"**{first}** ({second})")
    if len(quotes) == 1:
        return f"{answer} — {quotes[0]}\n\n{note}"
    listed = "\n".join(f"- {quote}" for quote in quotes)
    return f"{answer} — {note}\n\n{listed}"


def _called(row: Row, found: Extreme) -> str:
    """Return what a row is called, after its first cell where that has no column name."""
    label = row.cells[found.label]
    return f"{row.cells[0]}: {label}" if found.label and not found.names[0] else label


def _row_quoted(row: Row, names: tuple[str, ...], value: str, asked: Asked) -> str:
    line = row_quotation(
        names, " | ".join(row.cells), asked.text, answer=value, most_words=FIRST_QUOTE_WORDS
    )
    return f"{without_marks(line)} [{row.hit.rank}]"


def pointed(found: Listing) -> str:
    """Return what the points of a list are called, then each point with its mark."""
    rank = found.found.evidence.hit.rank
    shown = found.points[:MOST_LISTED]
    quotes = [f"- “{_beginning(without_marks(point))}” [{rank}]" for point in shown]
    more = len(found.points) - MOST_LISTED
    quotes += [f"- … and {more} more" for _ in range(more > 0)]
    heads = "; ".join(head(without_marks(point)).replace("*", "") for point in shown)
    listed = "\n".join(quotes)
    return f"**{heads}**\n\n{listed}"


def enumerated(found: ListedColumn, asked: Asked) -> str:
    """Return how many rows the column has, and each with its mark; more than fit in one line."""
    name, column = found.names[found.column], found.column
    told = without_marks(f"{len(found.rows)} rows of the table, by {name}:")
    if len(found.rows) > MOST_LISTED:
        ranks = dict.fromkeys(row.hit.rank for row in found.rows)
        things = without_marks("; ".join(row.cells[column] for row in found.rows))
        return f"{told} {things} {''.join(f'[{rank}]' for rank in ranks)}"
    most_words = LISTED_WORDS // len(found.rows)
    lines = [
        without_marks(
            row_quotation(
                found.names,
                " | ".join(row.cells),
                asked.text,
                answer=row.cells[column],
                most_words=most_words,
            )
        )
        for row in found.rows
    ]
    marked = (f"- {line} [{row.hit.rank}]" for line, row in zip(lines, found.rows, strict=True))
    return "\n".join([told, *marked])


def introduced(found: Sequence[Person], asked: Asked) -> str:
    """Return the clause of each person with its mark, and of several how many they are."""
    lines = [f"“{without_marks(one.clause)}” [{one.hit.rank}]" for one in found[:MOST_LISTED]]
    if len(lines) < LEAST_PEOPLE or asks_for_head(asked):
        return "\n".join(lines) if asks_for_head(asked) else ""
    told = f"{len(found)} people are named with what they do:"
    return "\n".join([told, *(f"- {line}" for line in lines)])


def _beginning(point: str) -> str:
    words = point.split()
    return " ".join(words[:FIRST_QUOTE_WORDS]) + (" …" if len(words) > FIRST_QUOTE_WORDS else "")


def tallied(found: Counted, asked: Asked) -> str:
    """Return the number of the rows, or their labels, and each row with its mark."""
    names = "; ".join(labels(found)[:MOST_LISTED]) or "None"
    short = names if found.lists else str(len(found.rows))
    more = len(found.rows) - MOST_LISTED
    quotes = [f"- {_quoted(row, found, asked)}" for row in found.shown[:MOST_LISTED]]
    quotes += [f"- … and {more} more" for _ in range(more > 0)]
    listed = "\n".join(quotes)
    rows = f"{len(found.rows)} of the {found.of} rows of the table: {found.told}."
    nearest = "" if found.rows else " The nearest:"
    return f"**{without_marks(short)}** — {without_marks(rows)}{nearest}\n\n{listed}"


def _quoted(row: Row, found: Counted, asked: Asked) -> str:
    value = row.cells[found.columns[0]]
    line = row_quotation(
        found.names, " | ".join(row.cells), asked.text, answer=value, most_words=OTHER_QUOTE_WORDS
    )
    return f"{without_marks(line)} [{row.hit.rank}]"
