"""JSON, JSON lines, YAML, XML and notebooks."""

import base64
import json
from itertools import pairwise

import pytest
from builders_office import parse_text, picture_bytes, told

from rag.errors import SourceError


def _bomb(form):
    """Return nine YAML keys, each with nine aliases of the one before."""
    keys = "abcdefghi"
    return "".join(
        f"{key}: &{key} {form.format(','.join([f'*{before}'] * 9))}\n"
        for before, key in pairwise(keys)
    )


def test_short_values_are_lines_and_records_a_table(tmp_path):
    content = {
        "title": "Stock",
        "open": True,
        "none": None,
        "rows": [{"grain": "rye", "bags": 12}, {"grain": "oats", "bags": 3}],
        "mill": {"tags": ["old", "wet"], "size": {"m": 4}},
    }

    document = parse_text(tmp_path, "a.json", json.dumps(content))

    assert document.title == "Stock"
    assert told(document) == [
        ("paragraph", "title: Stock\nopen: true"),
        ("heading", "rows"),
        ("table", "grain | bags\nrye | 12\noats | 3"),
        ("heading", "mill"),
        ("paragraph", "tags: old, wet"),
        ("heading", "size"),
        ("paragraph", "m: 4"),
    ]


def test_what_is_no_json_is_read_as_text_with_a_warning(tmp_path):
    document = parse_text(tmp_path, "a.json", '{"a": 1,\n\nThe well is deep.')

    assert "The well is deep." in document.elements[-1].text
    assert document.warnings == ("it is no whole JSON; read as text",)


def test_json_nested_a_hundred_thousand_deep_is_refused(tmp_path):
    with pytest.raises(SourceError, match="nested too deeply"):
        parse_text(tmp_path, "a.json", "[" * 100_000 + "]" * 100_000)


def test_yaml_keeps_values_as_they_are_written(tmp_path):
    content = (
        "name: mill\non: no\nsince: 1850-01-02\nparts: [wheel, stone]\n---\nname: two\non: yes\n"
    )

    assert told(parse_text(tmp_path, "a.yaml", content)) == [
        (
            "table",
            "name | on | since | parts\nmill | no | 1850-01-02 | wheel, stone\ntwo | yes |  | ",
        )
    ]


@pytest.mark.parametrize(
    "content",
    ["a: &a [x,x]\n" + _bomb("[{}]"), "a: &a {k: v}\n" + _bomb("{{<<: [{}]}}"), "a: &a [*a, *a]"],
)
def test_yaml_aliases_of_aliases_are_cut(tmp_path, content):
    document = parse_text(tmp_path, "a.yaml", content)

    assert sum(len(element.text) for element in document.elements) < 3_000_000


def test_a_yaml_tag_makes_no_object(tmp_path):
    (tmp_path / "made").mkdir()
    content = f"a: !!python/object/apply:os.rmdir ['{tmp_path / 'made'}']"

    assert "made" in parse_text(tmp_path, "a.yaml", content).elements[0].text
    assert (tmp_path / "made").is_dir()


def test_yaml_nested_without_end_is_refused(tmp_path):
    with pytest.raises(SourceError, match="nested too deeply"):
        parse_text(tmp_path, "a.yaml", "[" * 50_000)


def test_xml_keeps_attributes_records_and_mixed_text(tmp_path):
    content = (
        "<?xml version='1.0'?><order id='7'><item><name>Nut</name><price>3</price></item>"
        "<item><name>Bolt</name><price>4</price></item><note>Pay <b>soon</b>.</note></order>"
    )

    assert told(parse_text(tmp_path, "a.xml", content)) == [
        ("paragraph", "id: 7"),
        ("heading", "item"),
        ("table", "name | price\nNut | 3\nBolt | 4"),
        ("paragraph", "note: Pay soon."),
    ]


def test_xml_entities_and_outer_files_are_refused(tmp_path):
    (tmp_path / "secret.txt").write_text("The vault code is 4417.")
    content = (
        f"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM '{tmp_path}/secret.txt'>]><a>&x;</a>"
    )

    with pytest.raises(SourceError, match="entities"):
        parse_text(tmp_path, "a.xml", content)


def test_a_notebook_is_notes_code_and_results(tmp_path):
    picture = base64.b64encode(picture_bytes()).decode()
    cells = [
        {"cell_type": "markdown", "source": ["# Mills\n", "\n", "They turn."]},
        {
            "cell_type": "code",
            "source": "print(1)",
            "outputs": [
                {"output_type": "stream", "text": ["1\n"]},
                {"output_type": "display_data", "data": {"image/png": picture}},
            ],
        },
    ]

    document = parse_text(tmp_path, "a.ipynb", json.dumps({"cells": cells, "nbformat": 4}))

    assert told(document) == [
        ("heading", "Mills"),
        ("paragraph", "They turn."),
        ("code", "print(1)"),
        ("code", "1"),
        ("figure", ""),
    ]
