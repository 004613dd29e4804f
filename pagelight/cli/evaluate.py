"""`pagelight eval` and `pagelight reports`: how good answers are, and which were wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from pagelight.cli.running import AsJson, Workspace, configured, opened, print_json, show
from rag.errors import SettingsError


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
        typer.Option("--html", help="Write a report to read, with each wrong answer."),
    ] = None,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(metavar="A.json B.json", help="Compare two reports written with --json."),
    ] = None,
    words: Annotated[
        int | None,
        typer.Option(
            min=1,
            show_default="40; nuggets: 120",
            help="An answer counts if it comes within so many words.",
        ),
    ] = None,
    only: Annotated[
        str, typer.Option(metavar="CORPUS", help="Only questions whose corpus is this one.")
    ] = "",
    seed: Annotated[int, typer.Option(min=0, help="Of the bootstrap's intervals.")] = 0,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Ask all anew, also what an earlier run asked.")
    ] = False,
    workspace: Workspace = None,
) -> None:
    """Measure answers on questions whose answers you know.

    QUESTIONS has one JSON object a line; all but the question may be left out:
    {"question", "answers": ["accepted", …], "match": "any" or "all", "answerable": true or false,
    "nuggets": [["a fact", "its other form"], …], "optional": [[…], …], "source": "file.pdf",
    "page": 3, "sources": [{"source", "pages"}, …], "bbox": [x0, y0, x1, y1], "evidence": "words",
    "modality": "table", "kind": "list", "corpus": "name", "history": [{"role", "content"}],
    "image": "picture.png"}.

    A folder with corpus.jsonl, queries.jsonl and qrels.tsv (as BEIR has them), or a folder of
    such folders, is indexed on its own; its ranking is measured. What was asked is kept: the same
    command goes on where it was stopped.
    """
    with configured(workspace) as settings:
        from rag.evaluation.report import write_json, write_text

        if compare is not None:
            if questions is not None or html_file is not None:
                raise SettingsError(
                    "Questions and --html do not go together with --compare.",
                    hint="Compare two reports that --json wrote.",
                )
            _compare(*compare, seed=seed, json_file=json_file)
            return
        if questions is None:
            raise SettingsError(
                "There are no questions.", hint="Say: pagelight eval QUESTIONS.jsonl"
            )
        from pagelight.cli.evaluate_terminal import print_evaluation, report_html
        from pagelight.cli.terminal import StepDisplay
        from pagelight.services.evaluation import Options, evaluate_collections, evaluate_questions

        options = Options(words=words, only=only, seed=seed, fresh=fresh)
        with StepDisplay("Loading") as display:
            evaluate_all = evaluate_collections if questions.is_dir() else evaluate_questions
            report = evaluate_all(settings, questions, options, display)
        if json_file is not None:
            write_json(report, json_file)
        if html_file is not None:
            write_text(report_html(report), html_file)
        print_evaluation(report)


def _compare(a: Path, b: Path, *, seed: int, json_file: Path | None) -> None:
    from pagelight.cli.evaluate_terminal import print_comparison
    from rag.evaluation.report import read_report, write_json
    from rag.evaluation.summary import compare

    names = (a.name, b.name) if a.name != b.name else (str(a), str(b))
    comparison = compare(read_report(a), read_report(b), names=names, seed=seed)
    if json_file is not None:
        write_json(comparison, json_file)
    print_comparison(comparison)


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
    with opened(workspace) as session:
        from pagelight.cli.terminal import print_exported, print_reports
        from pagelight.services.answering.answer_json import write_questions

        rows = session.reports()
        if action == "list":
            show(rows, print_reports, as_json=as_json)
            return
        if questions is None:
            raise SettingsError("Where to?", hint="Say: pagelight reports export FILE.jsonl")
        written, left_out = write_questions(rows, questions)
        if as_json:
            print_json({"questions": written, "left_out": left_out})
        else:
            print_exported(questions, written, left_out)
