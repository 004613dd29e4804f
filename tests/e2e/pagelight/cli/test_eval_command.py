"""`pagelight eval` as a person calls it: what it measures, keeps, tells and refuses."""

import json
import signal
import subprocess
import time

import pytest
from program import HUTS, NOTE, PROGRAM

QUESTIONS = [
    {
        "id": "snow",
        "question": "How deep was the snow at Kestrel Pass?",
        "answers": ["317 cm"],
        "source": "note.txt",
        "modality": "text",
    },
    {
        "id": "beds",
        "question": "How many beds has the Upper hut?",
        "answers": ["24"],
        "source": "copy-of-huts.csv",
        "modality": "table",
    },
    {
        "id": "phone",
        "question": "What is the telephone number of the museum in Lisbon?",
        "answers": [],
        "answerable": False,
    },
    {"question": "What is this?", "image": "no-such-picture.png"},
]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def workspace(pagelight, tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents")
    (folder / "note.txt").write_text(NOTE, encoding="utf-8")
    (folder / "huts.csv").write_text(HUTS, encoding="utf-8")
    (folder / "copy-of-huts.csv").write_text(HUTS, encoding="utf-8")
    made = tmp_path_factory.mktemp("workspace") / "index"
    assert pagelight("ingest", folder, "--workspace", made).returncode == 0
    return made


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    path = tmp_path_factory.mktemp("questions") / "questions.jsonl"
    lines = [json.dumps(question) for question in QUESTIONS]
    path.write_text("\n".join([*lines, '{"question": ']), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def evaluated(pagelight, workspace, questions):
    report = questions.with_name("report.json")
    page = questions.with_name("report.html")
    result = pagelight(
        "eval", questions, "--workspace", workspace, "--json", report, "--html", page
    )
    assert "no-such-picture" in page.read_text(encoding="utf-8")
    return result, json.loads(report.read_text(encoding="utf-8"))


def test_questions_are_measured_and_bad_lines_told(evaluated):
    result, report = evaluated

    assert (result.returncode, result.stderr) == (0, "")
    assert [error["line"] for error in report["errors"]] == [4, 5]
    assert "no-such-picture.png is not there" in report["errors"][0]["reason"]
    assert "line 5: " in result.stdout
    assert [record["question"]["id"] for record in report["records"]] == ["snow", "beds", "phone"]
    assert report["metrics"]["all"]["page_hit@1"]["value"] == 1
    assert report["metrics"]["all"]["page_hit@1"]["n"] == 2
    assert set(report["by"]["modality"]) == {"text", "table"}
    assert set(report["by"]["file_type"]) == {"txt", "csv"}


@pytest.fixture
def many(questions):
    path = questions.with_name("many.jsonl")
    lines = [json.dumps({"question": f"How deep was the snow in {year}?"}) for year in range(400)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_stopped_run_says_that_it_can_go_on(workspace, many):
    # Where the tests run under nohup, a child would else ignore the signal too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    kept = workspace / "evaluation" / "records"
    before = set(kept.glob("*"))
    with subprocess.Popen(
        [PROGRAM, "eval", many, "--workspace", workspace, "--words", "7"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while process.poll() is None and not any(
            p.stat().st_size for p in set(kept.glob("*")) - before
        ):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "of 400. The same command goes on from there." in told
    assert len(told.splitlines()) == 1


def test_questions_of_one_corpus_are_asked_alone(pagelight, workspace, tmp_path):
    path, report = tmp_path / "questions.jsonl", tmp_path / "report.json"
    rows = [
        {
            "question": "How many beds has the Upper hut?",
            "corpus": "huts",
            "sources": [{"source": "huts.csv"}],
            "nuggets": [["24"]],
            "kind": "list",
        },
        {"question": "What is this?", "corpus": "snow"},
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    options = ("--workspace", workspace, "--json", report)

    result = pagelight("eval", path, "--only", "huts", *options)
    none = pagelight("eval", path, "--only", "sea", *options)

    (found,) = json.loads(report.read_text(encoding="utf-8"))["records"]
    assert result.returncode == 0
    assert found["question"]["labels"] == {"corpus": ["huts"], "kind": ["list"]}
    assert found["scores"]["nugget_recall"] == 1
    assert none.returncode != 0
    assert "It has: huts, snow" in none.stderr


def test_a_judged_collection_is_ranked_by_each_channel(pagelight, tmp_path):
    folder = tmp_path / "peaks"
    folder.mkdir()
    texts = {"h-1": "The Kestrel is 2310 m high.", "h-2": "Bread is made of flour.", "h-3": ""}
    corpus = [
        json.dumps({"_id": key, "title": "Note", "text": text}) for key, text in texts.items()
    ]
    (folder / "corpus.jsonl").write_text("\n".join(corpus), encoding="utf-8")
    (folder / "queries.jsonl").write_text('{"_id": "q", "text": "How high is the Kestrel?"}')
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\th-1\t1\n")
    report = tmp_path / "report.json"

    result = pagelight("eval", tmp_path, "--workspace", tmp_path / "index", "--json", report)

    assert (result.returncode, result.stderr) == (0, "")
    (figures,) = json.loads(report.read_text(encoding="utf-8"))["sets"].values()
    assert set(figures) == {"ndcg@10", "recall@100", "mrr@10"}
    perfect = {"value": 1.0, "low": 1.0, "high": 1.0, "n": 1}
    channels = ("reranked", "fused", "dense", "lexical")
    assert figures["ndcg@10"] == dict.fromkeys(channels, perfect)


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "can't be read"), ("", "holds no question"), ('{"question": "x"}', "no workspace")],
)
def test_what_can_not_be_done_is_one_sentence_and_exit_code_2(pagelight, content, said, tmp_path):
    path = tmp_path / "questions.jsonl"
    if content is not None:
        path.write_text(content)

    result = pagelight("eval", path, "--workspace", tmp_path / "none")

    assert result.returncode == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
