"""What a person is told while files are read."""

import time

from ingest.run.pause import Brake
from ingest.run.progress import FileReport, Progress, Report, SharesTold, Tracker


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


def test_a_pause_counts_neither_for_the_rate_nor_for_the_time_left():
    shown, clock = [], Clock()
    brake = Brake(clock=clock)
    tracker = Tracker(shown.append, clock=brake.clock)
    tracker.begin("reading", files=4, work=100)
    clock.now_s = 6
    brake.pause()
    clock.now_s = 1000
    brake.go_on()
    clock.now_s = 1004
    tracker.advance(files=1, pages=30, work=25)

    assert (shown[-1].pages_per_s, shown[-1].seconds_left) == (3.0, 30.0)
    assert tracker.seconds == 10


def test_nothing_is_promised_before_anything_is_done():
    (first,) = told(lambda tracker, _: tracker.begin("reading", files=4, work=100))

    assert (first.seconds_left, first.pages_total) == (None, None)


def test_a_busy_run_is_told_a_few_times_a_second():
    def steps(tracker, clock):
        tracker.begin("reading", files=1000, work=1000)
        for _ in range(1000):
            clock.now_s += 0.001
            tracker.advance(files=1, work=1)

    assert 4 <= len(told(steps)) <= 7


def test_a_failure_is_told_at_once():
    def steps(tracker, _):
        tracker.begin("reading", files=2, work=2)
        tracker.fail("a.pdf", "It is broken.")

    assert list(told(steps)[-1].failures) == [("a.pdf", "It is broken.")]


def test_what_was_told_of_failures_does_not_change_with_later_ones():
    def steps(tracker, _):
        for name in ("a.pdf", "b.pdf", "c.pdf"):
            tracker.fail(name, "It is broken.")

    first, second, third = (progress.failures for progress in told(steps))

    assert [len(first), len(second), len(third)] == [1, 2, 3]
    assert [name for name, _ in second] == ["a.pdf", "b.pdf"]
    assert (second[-1], third[-1][0]) == (("b.pdf", "It is broken."), "c.pdf")
    assert second[:9] == second[-2:] == (second[0], second[1])
    assert next(reversed(third))[0] == "c.pdf"


def seconds_of_failures(count):
    """Return the least of three: what this thread worked."""
    taken = []
    for _ in range(3):
        tracker = Tracker(lambda _: None)
        start = time.thread_time()
        for number in range(count):
            tracker.fail(f"{number}.pdf", "It is broken.")
        taken.append(time.thread_time() - start)
    return min(taken)


def test_eight_times_the_failures_take_about_eight_times_the_time():
    """With the square of them it would be 64 times; a busy machine may double single times."""
    assert seconds_of_failures(40_000) < 24 * seconds_of_failures(5_000)


def test_the_second_stage_counts_afresh_and_keeps_the_failures():
    def steps(tracker, clock):
        tracker.begin("reading", files=2, work=2)
        tracker.advance(files=2, pages=9, work=2)
        tracker.fail("a.pdf", "It is broken.")
        clock.now_s = 5
        tracker.begin("lettering", files=1, work=4, pages=4)

    last = told(steps)[-1]

    assert (last.stage, last.files_done, last.pages_done, last.pages_total) == (
        "lettering",
        0,
        0,
        4,
    )
    assert len(last.failures) == 1


def test_how_far_a_long_file_is_comes_with_the_latest_moment():
    told, shares = [], SharesTold()
    with shares.listening(told.append) as tell:
        shares.looked_through("talk.mp4", 0.1)  # nothing is under way yet
        tell(Progress(stage="reading", files_total=3, files_done=1))
        shares.looked_through("talk.mp4", 0.4)
    shares.looked_through("talk.mp4", 0.9)

    assert [(p.files_done, p.source, p.share) for p in told] == [
        (1, "", None),
        (1, "talk.mp4", 0.4),
    ]


def test_the_end_is_always_told():
    def steps(tracker, _):
        tracker.begin("reading", files=1, work=1)
        tracker.advance(files=1, work=1)
        tracker.end("done")

    last = told(steps)[-1]

    assert (last.stage, last.files_done, last.seconds_left) == ("done", 1, 0.0)


def test_totals_count_every_state():
    report = Report(
        files=(
            FileReport(source="a", state="ready", pages=3, chunks=5),
            FileReport(source="b", state="failed", reason="broken"),
            FileReport(source="c", state="skipped", reason="a link"),
        ),
        seconds=1.23456,
    )

    assert report.as_json()["totals"] == {
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
