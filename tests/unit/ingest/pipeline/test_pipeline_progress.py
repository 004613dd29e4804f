"""What a person is told while files are read."""

from ingest.pipeline.progress import FileReport, Report, Tracker


class Clock:
    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        return self.now_s


def told(steps):
    """Run `steps(tracker, clock)`; return what was told."""
    shown, clock = [], Clock()
    steps(Tracker(shown.append, clock=clock), clock)
    return shown


def test_rate_and_time_left_come_from_what_was_done():
    def steps(tracker, clock):
        tracker.begin("reading", files=4, work=100)
        clock.now_s = 10
        tracker.advance(files=1, pages=30, work=25)

    last = told(steps)[-1]

    assert (last.files_done, last.files_total, last.pages_done) == (1, 4, 30)
    assert (last.pages_per_s, last.seconds_left) == (3.0, 30.0)


def test_the_report_has_the_public_shape_and_its_totals_count_every_state():
    report = Report(
        files=(
            FileReport(source="a", state="ready", pages=3, chunks=5),
            FileReport(source="b", state="failed", reason="broken"),
            FileReport(source="c", state="skipped", reason="a link"),
        ),
        seconds=1.23456,
    )

    shape = report.as_json()
    assert [list(file) for file in shape["files"]] == [
        ["source", "state", "reason", "warnings", "pages", "chunks", "seconds"]
    ] * 3
    assert shape["totals"] == {
        "files": 3,
        "ready": 1,
        "unchanged": 0,
        "failed": 1,
        "skipped": 1,
        "removed": 0,
        "pages": 3,
        "chunks": 5,
        "seconds": 1.235,
        "stopped": False,
    }
    assert [file.source for file in report.failed] == ["b"]
