"""`pagelight ask`, `search`, `table` and `summary`: what is asked of the documents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from pagelight.cli.running import (
    AsJson,
    Attach,
    Batch,
    Image,
    Since,
    Until,
    Within,
    Workspace,
    opened,
    print_json,
    say,
    show,
)
from rag.errors import SettingsError


def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")] = "",
    *,
    attach: Attach = None,
    image: Image = None,
    history: Annotated[
        Path | None,
        typer.Option("--history", help='Earlier messages: JSON [{"role", "content"}, …].'),
    ] = None,
    batch: Batch = None,
    within: Within = "",
    since: Since = "",
    until: Until = "",
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question from the documents, or about files that are attached to it.

    Attached pictures, PDFs, sheets and texts are read first; the documents are asked besides where
    the question speaks of them. `--image` attaches a picture, as `--attach` does.
    """
    with opened(workspace) as session:
        from pagelight.cli.terminal import print_answer
        from pagelight.services.answering.asking import Request, Scope
        from pagelight.services.session.session import answer_lines, read_history

        scope: Scope = {"within": within, "since": since, "until": until}
        if batch is not None:
            for line in answer_lines(session, batch, **scope):
                print_json(line)
            return
        turns = read_history(history) if history else ()
        files = (*(attach or ()), *([image] if image else ()))
        answer = session.ask(Request(text=question, attachments=files, **scope), turns)
        show(answer, print_answer, as_json=as_json)


def search(
    query: Annotated[str, typer.Argument(help="Words to search for.")] = "",
    *,
    image: Image = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many hits.")] = 10,
    batch: Batch = None,
    within: Within = "",
    since: Since = "",
    until: Until = "",
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Show the places that fit a query best, without an answer."""
    with opened(workspace) as session:
        from pagelight.cli.terminal import print_hits
        from pagelight.services.answering.asking import Request, Scope
        from pagelight.services.session.session import search_lines

        scope: Scope = {"within": within, "since": since, "until": until}
        if batch is not None:
            for line in search_lines(session, batch, k=k, **scope):
                print_json(line)
        else:
            hits = session.search(Request(text=query, image=image, **scope), k=k)
            show(hits, print_hits, as_json=as_json)
        say(session.status())


def table(
    questions: Annotated[list[str], typer.Argument(help="What to ask every document.")],
    *,
    scope: Annotated[
        str, typer.Option("--in", metavar="GLOB", help='Only these files, like "invoices/*.pdf".')
    ] = "",
    since: Since = "",
    until: Until = "",
    csv_file: Annotated[
        Path | None, typer.Option("--csv", help="Write the table to this file.")
    ] = None,
    xlsx_file: Annotated[
        Path | None, typer.Option("--xlsx", help="Write the table as a workbook.")
    ] = None,
    workspace: Workspace = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON row a line.")] = False,
) -> None:
    """Ask every document the same questions: a table with a cited answer in each cell.

    A document that does not say leaves its cell empty. Finished cells are kept: after Ctrl+C the
    same command goes on where it was.
    """
    with opened(workspace) as session:
        from pagelight.cli.terminal import StepDisplay, print_counts, print_row
        from pagelight.services.answering.table import as_csv, as_xlsx, checked_questions, written

        asked = checked_questions(questions)
        rows: list[dict[str, Any]] = []
        try:
            total, coming = session.rows(asked, scope, since=since, until=until)
            with StepDisplay("Asking every document") as display:
                display.begin("Asking every document", total)
                for row in coming:
                    rows.append(row)
                    (print_json if as_json else print_row)(row)
                    display.advance()
                if not as_json:
                    print_counts(rows, asked)
        finally:
            for path, made in ((csv_file, as_csv), (xlsx_file, as_xlsx)):
                if path is not None:
                    written(path, made(asked, rows))


def summary(
    file: Annotated[
        str, typer.Argument(help="A document, by its path or a part of it; else all.")
    ] = "",
    *,
    length: Annotated[
        Literal["short", "medium", "long"], typer.Option("--length", help="How much is told.")
    ] = "medium",
    within: Within = "",
    since: Since = "",
    until: Until = "",
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Summarise a document, or all that is searched, each sentence with its place."""
    with opened(workspace) as session:
        from pagelight.cli.terminal import print_answer
        from pagelight.services.answering.asking import Request
        from pagelight.services.answering.table import pattern_of
        from rag.understanding.wishes.summary_wish import summary_request

        if file and within:
            raise SettingsError("A file and --in do not go together.", hint="Give one of them.")
        documents = session.documents() if file else []
        sources = [path for row in documents for path in (row["source"], *row["copies"])]
        only = within or pattern_of(file, sources)
        request = Request(text=summary_request(length), within=only, since=since, until=until)
        answer = session.ask(request, ())
        show(answer, print_answer, as_json=as_json)
