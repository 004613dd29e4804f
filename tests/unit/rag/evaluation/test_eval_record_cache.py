from dataclasses import replace

from builders_evaluation import QUESTION, a_record

from rag.evaluation.report import RecordCache

KEY = {"program": "1"}


def kept(folder, *records, key=KEY, fresh=False):
    """Keep records as one run does, and return what the next one finds of the question."""
    with RecordCache(folder, key, fresh=fresh) as cache:
        for record in records:
            cache.add(record)
    with RecordCache(folder, KEY) as cache:
        return cache.get(QUESTION)


def test_a_record_is_found_again_wherever_its_question_stands_now(tmp_path):
    with RecordCache(tmp_path, KEY) as cache:
        cache.add(a_record())
        moved = replace(QUESTION, line=7, id="other")

    with RecordCache(tmp_path, KEY) as cache:
        found = cache.get(moved)
        assert found == replace(a_record(), question=moved)
        assert cache.get(replace(QUESTION, answers=("other",))) is None


def test_a_run_of_another_key_or_a_fresh_one_finds_nothing(tmp_path):
    assert kept(tmp_path, a_record(), key={"program": "2"}) is None
    assert kept(tmp_path, a_record()) is not None
    assert kept(tmp_path, fresh=True) is None


def test_a_line_that_was_cut_off_is_no_record_and_spoils_no_other(tmp_path):
    kept(tmp_path, a_record("Another?"), a_record())
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-20])

    assert kept(tmp_path) is None
    assert kept(tmp_path, a_record()) == a_record()
