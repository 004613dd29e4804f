"""The `pagelight` command as a person or a program calls it: output, shapes, exit codes."""

import json
import shutil
import sqlite3
from contextlib import closing

import program
import pytest
from program import HUTS, NOTE

from rag.pipeline.engine.stages import OUTDATED

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("documents")
    (made / "note.txt").write_text(NOTE, encoding="utf-8")
    (made / "huts.csv").write_text(HUTS, encoding="utf-8")
    (made / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    return made


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return tmp_path_factory.mktemp("workspace") / "index"


@pytest.fixture(scope="module")
def ingested(pagelight, folder, workspace):
    return pagelight("ingest", folder, "--workspace", workspace, "--json")


def test_ingest_reports_every_file_and_exits_with_3_where_one_failed(ingested):
    report = json.loads(ingested.stdout)

    assert ingested.returncode == 3
    assert {f["source"]: f["state"] for f in report["files"]} == {
        "broken.pdf": "failed",
        "huts.csv": "ready",
        "note.txt": "ready",
    }
    failed = next(f for f in report["files"] if f["state"] == "failed")
    assert len(failed["reason"]) > 10
    assert report["totals"]["ready"] == 2
    assert ingested.stderr == ""


@pytest.mark.usefixtures("ingested")
def test_an_answer_cites_its_source(pagelight, workspace):
    asked = pagelight(
        "ask", "How deep was the snow at Kestrel Pass?", "--workspace", workspace, "--json"
    )
    answer = json.loads(asked.stdout)

    assert (asked.returncode, asked.stderr) == (0, "")
    assert answer["answered"]
    assert "317 cm" in answer["text"]
    assert answer["citations"][0]["source"] == "note.txt"
    assert "317 cm" in answer["citations"][0]["quote"]


@pytest.fixture(scope="module")
def batched(ingested, workspace, tmp_path_factory):
    """A batch is asked of the program as it is installed; Python tells all that it imports."""
    assert ingested.returncode == 3
    lines = [
        json.dumps({"id": "a", "question": "How many beds has the Upper hut?"}),
        "not json",
        json.dumps(
            {
                "id": "c",
                "question": "And the Lower one?",
                "history": [
                    {"role": "user", "content": "How many beds has the Upper hut?"},
                    {"role": "assistant", "content": "24."},
                ],
            }
        ),
    ]
    batch = tmp_path_factory.mktemp("batch") / "batch.jsonl"
    batch.write_text("\n".join(lines), encoding="utf-8")
    asked = ("ask", "--batch", batch, "--workspace", workspace)
    return program.pagelight(*asked, PYTHONPROFILEIMPORTTIME="1")


def test_a_batch_gives_one_line_for_each_line_and_survives_a_bad_one(batched):
    first, second, third = map(json.loads, batched.stdout.splitlines())

    assert batched.returncode == 0
    assert first["id"] == "a"
    assert "24" in first["text"]
    assert second["id"] == 2
    assert "line 2" in second["error"]
    assert third["standalone_query"] == "And the Lower one (how many beds has the Upper hut)?"


def test_an_answer_of_the_built_in_models_imports_none_of_the_large_libraries(batched):
    imported = {line.rpartition("|")[2].strip() for line in batched.stderr.splitlines()}

    assert "openvino" in imported
    large = {"torch", "transformers", "sentence_transformers", "open_clip", "gradio", "scipy"}
    assert not imported & large


@pytest.mark.usefixtures("ingested")
def test_a_table_has_a_row_for_each_document_and_is_written_as_a_file(
    pagelight, workspace, tmp_path
):
    asked = "How deep was the snow at Kestrel Pass?"
    made = tmp_path / "table.csv"
    table = pagelight("table", asked, "--workspace", workspace, "--json", "--csv", made)
    huts, note = map(json.loads, table.stdout.splitlines())

    assert (table.returncode, table.stderr) == (0, "")
    assert (huts["source"], note["source"]) == ("huts.csv", "note.txt")
    assert "317 cm" in note["cells"][0]["text"]
    assert "317 cm" in note["cells"][0]["quote"]
    assert asked in made.read_text(encoding="utf-8-sig").splitlines()[0]


@pytest.mark.usefixtures("ingested")
def test_a_document_is_summarised_with_the_places_of_its_words(pagelight, workspace):
    asked = pagelight("summary", "huts", "--length", "short", "--workspace", workspace, "--json")
    answer = json.loads(asked.stdout)

    assert (asked.returncode, asked.stderr) == (0, "")
    assert answer["text"].startswith("- a table of ")
    assert [citation["source"] for citation in answer["citations"]] == ["huts.csv"]
    assert answer["notes"] == ["Word for word from the document."]


@pytest.mark.usefixtures("ingested")
def test_a_search_gives_at_max_k_hits_and_tells_what_is_outdated(pagelight, workspace, tmp_path):
    older = shutil.copytree(workspace, tmp_path / "index")
    with closing(sqlite3.connect(older / "ledger.sqlite")) as ledger, ledger:
        ledger.execute("UPDATE documents SET chunker = '0'")

    found = pagelight("search", "beds", "-k", 1, "--workspace", older, "--json")

    (hit,) = json.loads(found.stdout)
    assert (hit["rank"], hit["source"], hit["channel"]) == (1, "huts.csv", "fused")
    assert found.stderr == f"{OUTDATED}\n"


@pytest.mark.usefixtures("ingested")
def test_the_doctor_finds_a_whole_workspace_well(pagelight, workspace):
    checked = pagelight("doctor", "--workspace", workspace)

    assert checked.returncode == 0
    assert "All is well: 2 documents, 1 files that could not be read." in checked.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ingest", "no-such-folder"), "no-such-folder"),
        (("doctor", "--workspace", "no-such-workspace"), "There is no workspace"),
        (("ask", "x", "--history", "no-such-file.json"), "no-such-file.json"),
    ],
)
def test_what_can_not_be_done_is_one_sentence_and_exit_code_2(pagelight, arguments, said, tmp_path):
    result = pagelight(*arguments, RAG_WORKSPACE=str(tmp_path / "new"))

    assert result.returncode == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.usefixtures("ingested")
def test_a_workspace_of_another_version_is_refused(pagelight, folder, tmp_path):
    (tmp_path / "index").mkdir()
    stamp = {"schema": 0, "model_id": "other", "dim": 3, "chunker": "0"}
    (tmp_path / "index" / "stamp.json").write_text(json.dumps(stamp), encoding="utf-8")

    result = pagelight("ingest", folder, "--workspace", tmp_path / "index")

    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
