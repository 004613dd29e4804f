"""While a chat runs, what changes in any of its folders is read."""

from builders_ui import wait

from ingest.pipeline.progress import Report
from pagelight.services.jobs.jobs import Jobs
from pagelight.services.jobs.watch import Watch

HASTE = 200.0


class Reads:
    def __init__(self):
        self.count = 0

    def run(self, folder, *, on_progress, stop, remove_all):
        del folder, on_progress, stop, remove_all
        self.count += 1
        return Report()


def test_a_change_in_any_folder_has_all_read(tmp_path):
    own, share = tmp_path / "own", tmp_path / "share"
    own.mkdir()
    reads = Reads()
    jobs = Jobs(lambda: reads, folder=own)
    looks = []

    def beside():
        looks.append(1)
        return {"Share": share}

    watch = Watch(jobs, beside, haste=HASTE)
    watch.begin()
    try:
        wait(lambda: len(looks) > 1)
        (own / "a.txt").write_text("snow")
        wait(lambda: reads.count == 1)
        share.mkdir()  # its drive is there again
        (share / "b.txt").write_text("hail")
        wait(lambda: reads.count == 2)
    finally:
        watch.close()
        jobs.close()
