"""The second pass of an ingest: lettering after the text, over real folders and a real index."""

import pytest
from builders_ingest import Bench

from rag.settings import Settings


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def test_lettering_follows_the_text(bench):
    bench.write("a.txt", "snow", "SCAN")
    bench.write("b.txt", "rain")

    report = bench.run()

    assert bench.reading.lettered == ["a.txt"]
    assert bench.found("lettering") == ["a.txt"]
    assert [progress.stage for progress in bench.progress][-1] == "done"
    assert "lettering" in {progress.stage for progress in bench.progress}
    assert report.files[0].chunks == 1
    assert bench.run().files[0].state == "unchanged"
    assert bench.reading.lettered == []


def test_lettering_is_left_out_where_the_person_wants_none(bench):
    bench.settings = Settings(ocr=False)
    bench.write("a.txt", "snow", "SCAN")

    bench.run()

    assert bench.reading.lettered == []
    assert bench.found("snow") == ["a.txt"]


def test_lettering_that_fails_is_a_warning_and_not_tried_for_ever(bench):
    bench.reading.lettering_fails = True
    bench.write("a.txt", "snow", "SCAN")

    report = bench.run()

    assert report.files[0].state == "ready"
    assert report.files[0].warnings == ("Its lettering could not be read: The page is noise.",)
    bench.run()
    assert bench.reading.lettered == []


def test_lettering_that_failed_is_tried_again_under_other_limits(bench):
    bench.reading.lettering_fails = True
    bench.write("a.txt", "snow", "SCAN")
    bench.run()
    bench.reading.lettering_fails = False
    bench.settings = Settings(file_seconds=999)

    (file,) = bench.run().files

    assert (file.state, file.warnings) == ("ready", ())
    assert bench.found("lettering") == ["a.txt"]


def test_only_new_chunks_are_embedded_after_lettering(bench):
    bench.write("a.txt", *(f"word{n} " * 60 for n in range(9)), "SCAN")

    bench.run()

    assert bench.embedder.calls == [3, 1]  # the last chunk took the lettering in


def test_lettering_takes_pictures_first_and_then_the_longest(bench):
    bench.write("a.txt", *["SCAN"] * 5)
    bench.write("b.txt", *["SCAN"] * 9)
    bench.write("c.txt", "SCAN")

    bench.run()

    assert bench.reading.lettered == ["c.txt", "b.txt", "a.txt"]
