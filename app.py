"""The `pagelight` command. Wires and prints; heavy imports wait for the command that needs them."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from rag.errors import PagelightError, SettingsError
from rag.offline import keep_offline
from rag.settings import Settings, load_settings

if TYPE_CHECKING:
    from ui.session import Session

USAGE_ERROR: Final = 2
SOME_FAILED: Final = 3
DEFAULT_COMMAND: Final = "chat"

cli = typer.Typer(
    help="Ask your documents and pictures; every claim lights up the place it came from.",
    epilog="Without a command: chat. Settings are RAG_* variables; the README lists them.",
    no_args_is_help=False,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Workspace = Annotated[
    Path | None,
    typer.Option("--workspace", help="Folder that holds the index. [default: .pagelight]"),
]
Image = Annotated[
    Path | None, typer.Option("--image", help="A picture that goes with the question.")
]
Within = Annotated[
    str,
    typer.Option(
        "--in", metavar="GLOB", help="Search only documents whose path fits, as 'reports/*'."
    ),
]
Since = Annotated[
    str, typer.Option("--since", metavar="DAY", help="Only documents of this day or later.")
]
Until = Annotated[
    str, typer.Option("--until", metavar="DAY", help="Only of this day or earlier: 2024-06-30.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Batch = Annotated[
    Path | None,
    typer.Option(
        "--batch",
        help='JSON lines {"id", "question", "history"?, "image"?}: one answer a line comes out.',
    ),
]


@cli.command()
def chat(
    folder: Annotated[Path | None, typer.Argument(help="Folder to read first, visibly.")] = None,
    *,
    workspace: Workspace = None,
    host: Annotated[str | None, typer.Option(help="Address. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port. [default: 7860]")] = None,
) -> None:
    """Open the chat in the browser; with FOLDER, read it first while you can already ask."""
    with _speaking():
        settings = load_settings(os.environ, workspace=workspace, host=host, port=port)
        from ui.serve_chat import serve_chat

        serve_chat(settings, folder, on_listening=_announce)


@cli.command()
def ingest(
    folder: Annotated[Path, typer.Argument(help="Folder of documents and pictures.")],
    *,
    watch: Annotated[
        bool, typer.Option("--watch", help="Stay, and read again after each change.")
    ] = False,
    engine: Annotated[
        Literal["local", "ray"],
        typer.Option(help="Who opens the files: this machine, or a Ray cluster (RAY_ADDRESS)."),
    ] = "local",
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Read what is new or changed in FOLDER. Exit code 3: some files could not be read.

    At a terminal the key p pauses, and goes on.
    """
    if watch:
        _watch(folder, workspace, engine=engine, as_json=as_json)
        return
    with _speaking(), _session(workspace) as session:
        from ingest.brake import Brake
        from ui.pause_key import PauseKey
        from ui.terminal import IngestDisplay, print_report

        brake = Brake()
        with IngestDisplay() as display, PauseKey(brake, on_change=display.pausable):
            report = session.ingest(folder, on_progress=display.show, stop=brake, engine=engine)
        if as_json:
            _print_json(report)
        else:
            print_report(report)
        if any(file["state"] == "failed" for file in report["files"]):
            raise typer.Exit(SOME_FAILED)


@cli.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")] = "",
    *,
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
    """Answer a question from the documents, with the places that the answer stands on."""
    with _speaking(), _session(workspace) as session:
        from ui.asking import Days
        from ui.batch import answer_lines, read_history
        from ui.terminal import print_answer

        days = Days(since=since, until=until)
        if batch is not None:
            for line in answer_lines(session, batch, within=within, days=days):
                _print_json(line)
            return
        turns = read_history(history) if history else ()
        answer = session.ask(question, image, turns, within=within, days=days)
        if as_json:
            _print_json(answer)
        else:
            print_answer(answer)


@cli.command()
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
    with _speaking(), _session(workspace) as session:
        from ui.asking import Days
        from ui.batch import search_lines
        from ui.terminal import print_hits

        days = Days(since=since, until=until)
        if batch is not None:
            for line in search_lines(session, batch, k=k, within=within, days=days):
                _print_json(line)
            return
        hits = session.search(query, image, k=k, within=within, days=days)
        if as_json:
            _print_json(hits)
        else:
            print_hits(hits)


@cli.command()
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
    with _speaking(), _session(workspace) as session:
        from ui.asking import Days
        from ui.table import checked_questions
        from ui.table_export import as_csv, as_xlsx, written
        from ui.table_terminal import TableDisplay

        asked, days = checked_questions(questions), Days(since=since, until=until)
        rows: list[dict[str, Any]] = []
        try:
            filling = session.table(asked, scope, days=days)
            with filling as (total, coming), TableDisplay() as display:
                display.begin(total)
                for row in coming:
                    rows.append(row)
                    _print_json(row) if as_json else display.show(row)
                    display.advance()
                if not as_json:
                    display.told(rows, asked)
        finally:
            for path, made in ((csv_file, as_csv), (xlsx_file, as_xlsx)):
                if path is not None:
                    written(path, made(asked, rows))


@cli.command()
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
    with _speaking(), _session(workspace) as session:
        from rag.answer.summary_wish import summary_request
        from ui.asking import Days
        from ui.table import pattern_of
        from ui.terminal import print_answer

        if file and within:
            raise SettingsError("A file and --in do not go together.", hint="Give one of them.")
        days, only = Days(since=since, until=until), within or pattern_of(file)
        answer = session.ask(summary_request(length), None, (), within=only, days=days)
        if as_json:
            _print_json(answer)
        else:
            print_answer(answer)


@cli.command("eval")
def evaluate(
    questions: Annotated[
        Path | None,
        typer.Argument(help="Questions as JSON lines, or a folder of judged collections."),
    ] = None,
    *,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the whole report as JSON to this file.")
    ] = None,
    html_file: Annotated[
        Path | None,
        typer.Option("--html", help="Write a report to read: plots, and each wrong answer."),
    ] = None,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(metavar="A.json B.json", help="Compare two reports written with --json."),
    ] = None,
    ablate: Annotated[
        bool, typer.Option("--ablate", help="Ask again with each part off in turn, and compare.")
    ] = False,
    words: Annotated[
        int, typer.Option(min=1, help="An answer counts if it comes within so many words.")
    ] = 40,
    seed: Annotated[int, typer.Option(min=0, help="Of the bootstrap's intervals.")] = 0,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Ask all anew, also what an earlier run asked.")
    ] = False,
    workspace: Workspace = None,
) -> None:
    """Measure answers on questions whose answers you know.

    QUESTIONS has one JSON object a line; all but the question may be left out:
    {"question", "answers": ["accepted", …], "match": "any" or "all", "answerable": true or false,
    "source": "file.pdf", "page": 3, "bbox": [x0, y0, x1, y1], "evidence": "words",
    "modality": "table", "history": [{"role", "content"}], "image": "picture.png"}.

    A folder with corpus.jsonl, queries.jsonl and qrels.tsv (as BEIR has them), or a folder of
    such folders, is indexed on its own; its ranking is measured. What was asked is kept: the same
    command goes on where it was stopped.
    """
    with _speaking():
        if compare is not None:
            if questions is not None:
                raise SettingsError(
                    "Questions and --compare do not go together.",
                    hint="Compare two reports that --json wrote.",
                )
            _compare(*compare, seed=seed, json_file=json_file, html_file=html_file)
            return
        if questions is None:
            raise SettingsError(
                "There are no questions.", hint="Say: pagelight eval QUESTIONS.jsonl"
            )
        settings = load_settings(os.environ, workspace=workspace)
        from rag.evaluate.report import write_report
        from ui.evaluate import Options, evaluate_questions
        from ui.evaluate_collections import evaluate_collections
        from ui.evaluate_terminal import EvaluationDisplay, print_evaluation

        options = Options(words=words, seed=seed, ablate=ablate, fresh=fresh)
        with EvaluationDisplay() as display:
            evaluate_all = evaluate_collections if questions.is_dir() else evaluate_questions
            report = evaluate_all(settings, questions, options, display)
        if json_file is not None:
            write_report(report, json_file)
        if html_file is not None:
            from ui.evaluate_html import write_illustrated_html

            write_illustrated_html(settings, report, html_file)
        print_evaluation(report)


def _watch(folder: Path, workspace: Path | None, *, engine: str, as_json: bool) -> None:
    with _speaking():
        if engine != "local":
            raise SettingsError(
                "--watch and --engine ray do not go together.",
                hint="What changes now and then, this machine reads soon enough.",
            )
        settings = load_settings(os.environ, workspace=workspace)
        from ui.terminal import IngestDisplay, Log
        from ui.watching import News, watch

        log, news = Log(stderr=as_json), News()
        with IngestDisplay() as display:

            def report_on(report: Mapping[str, Any]) -> None:
                display.rest()
                if as_json:
                    _print_json(report)
                log.tell(*news.lines(report))

            try:
                watch(
                    settings, folder, tell=log.tell, on_report=report_on, on_progress=display.show
                )
            except KeyboardInterrupt:
                log.tell("Stopped.")


def _compare(
    a: Path, b: Path, *, seed: int, json_file: Path | None, html_file: Path | None
) -> None:
    from rag.evaluate.compare import write_comparison
    from rag.evaluate.report_html_compare import write_comparison_html
    from ui.evaluate_compare import compare_files, print_comparison

    comparison = compare_files(a, b, seed=seed)
    if json_file is not None:
        write_comparison(comparison, json_file)
    if html_file is not None:
        write_comparison_html(comparison, html_file)
    print_comparison(comparison)


@cli.command()
def reports(
    action: Annotated[
        Literal["list", "export"], typer.Argument(help="list, or export with a file.")
    ] = "list",
    questions: Annotated[
        Path | None, typer.Argument(help="File for export: questions for pagelight eval.")
    ] = None,
    *,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """List the answers that were reported as wrong in the chat, or make questions of them.

    What was said to be right is an accepted answer. pagelight eval FILE then tells whether they
    are answered well.
    """
    with _speaking(), _session(workspace) as session:
        from ui.reports import write_questions
        from ui.terminal import print_exported, print_reports

        rows = session.reports()
        if action == "list":
            _print_json(rows) if as_json else print_reports(rows)
            return
        if questions is None:
            raise SettingsError("Where to?", hint="Say: pagelight reports export FILE.jsonl")
        written, left_out = write_questions(rows, questions)
        if as_json:
            _print_json({"questions": written, "left_out": left_out})
        else:
            print_exported(questions, written, left_out)


@cli.command()
def doctor(
    *,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended.")] = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Check the workspace: is every document whole, is every vector there? Exit code 3: no."""
    with _speaking():
        from ui.checkup import check_up
        from ui.terminal import RepairDisplay, print_checkup

        settings = load_settings(os.environ, workspace=workspace)
        with RepairDisplay() as display:
            result = check_up(settings, repair=repair, gauge=display)
        if as_json:
            _print_json(result)
        else:
            print_checkup(result)
        if not result["healthy"]:
            raise typer.Exit(SOME_FAILED)


@cli.command()
def mcp(*, workspace: Workspace = None) -> None:
    """Let assistants search, ask and read the documents: a server of the Model Context Protocol.

    It speaks on standard input and output, and is started by the assistant's program.
    """
    with _speaking():
        settings = load_settings(os.environ, workspace=workspace)
        from ui.mcp_server import serve_mcp

        serve_mcp(settings)


@cli.command()
def models(
    action: Annotated[
        Literal["list", "fetch"], typer.Argument(help="list, or fetch with names.")
    ] = "list",
    names: Annotated[
        list[str] | None,
        typer.Argument(help="A model, local or gpu (the set for this machine), or cpu-16, gpu-24."),
    ] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Agree to licence and size.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no hub.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the models that can run here, or fetch some: the only command that asks a model hub.

    A download that was interrupted goes on where it was; every file is verified.
    """
    with _speaking():
        settings = load_settings(os.environ)
        from ui.models import overview
        from ui.models_terminal import fetch_models, print_overview

        if action == "fetch":
            if not names:
                raise SettingsError("What is to be fetched?", hint="Names: pagelight models")
            fetch_models(settings, names, offline=offline, agree=lambda q: yes or typer.confirm(q))
        elif as_json:
            _print_json(overview(settings))
        else:
            print_overview(overview(settings))


@cli.command()
def user(
    action: Annotated[
        Literal["add", "list", "remove", "hash"],
        typer.Argument(help="add (or change), list, remove; hash: print that of a password."),
    ] = "list",
    name: Annotated[str, typer.Argument(help="Who it is about.")] = "",
    *,
    collections: Annotated[
        str,
        typer.Option(metavar="A,B", help="Top-level folders that they may see; . is beside them."),
    ] = "",
    everything: Annotated[
        bool, typer.Option("--everything", help="They may see and change everything.")
    ] = False,
) -> None:
    """Say who may sign in to the chat, and what each may see: in the file that RAG_USERS names.

    The password is asked for, or read from standard input.
    """
    with _speaking():
        from ui.passwords import hashed
        from ui.users import read_users
        from ui.users_terminal import add_user, read_password, remove_user, told, users_path

        if action == "hash":
            sys.stdout.write(f"{hashed(read_password())}\n")
            return
        path = users_path(load_settings(os.environ).users)
        if action == "add":
            added = add_user(path, name, collections=collections, everything=everything)
            sys.stdout.write(f"{told(added)}\n")
        elif action == "remove":
            remove_user(path, name)
        else:
            sys.stdout.writelines(f"{told(one)}\n" for one in read_users(path).values())


@contextmanager
def _session(workspace: Path | None) -> Iterator[Session]:
    settings: Settings = load_settings(os.environ, workspace=workspace)
    from ui.session import open_session

    with open_session(settings) as session:
        yield session


@contextmanager
def _speaking() -> Iterator[None]:
    """Show errors meant for a person as one sentence, with exit code 2."""
    try:
        yield
    except PagelightError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(USAGE_ERROR) from error
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _announce(url: str) -> None:
    sys.stdout.write(f"Pagelight is at {url} (stop it with Ctrl+C)\n")
    sys.stdout.flush()


def _print_json(value: Any) -> None:  # noqa: ANN401 - any JSON
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _with_default_command(arguments: list[str]) -> list[str]:
    """Return the arguments with `chat` in front unless a command or --help stands there."""
    commands = {command.name or "" for command in cli.registered_commands}
    commands |= {c.callback.__name__ for c in cli.registered_commands if c.callback is not None}
    if arguments and arguments[0] in commands | {"--help", "-h"}:
        return arguments
    return [DEFAULT_COMMAND, *arguments]


def main() -> None:
    """Run the command line. Sets up logging and keeps every library offline and quiet."""
    keep_offline(os.environ)
    logging.basicConfig(
        level=os.environ.get("PAGELIGHT_LOG", "WARNING").upper(),
        format="%(levelname)s %(name)s: %(message)s",
    )
    cli(_with_default_command(sys.argv[1:]))


if __name__ == "__main__":
    main()
