"""Killed amid a long scan that several readers share: what was read is not read again."""

from crash.forks import killed_after
from crash.scanning_child import ScanReader, ingest

PAGES = 400


def test_a_killed_run_goes_on_with_the_pages_that_lack(tmp_path):
    folder, workspace = tmp_path / "folder", tmp_path / "workspace"
    folder.mkdir()
    (folder / "long.txt").write_text("SCAN\n" * PAGES, encoding="utf-8")
    told = killed_after(40, "scanning_child.py", folder, workspace)
    before = [int(page) for page in told if page.endswith("\n")]

    after = []
    _, texts = ingest(folder, workspace, ScanReader(after.append))

    assert not set(before) & set(after)
    assert len(set(before) | set(after)) in range(PAGES - 3, PAGES + 1)  # kept, but not yet told
    assert texts == [f"page {page}" for page in range(1, PAGES + 1)]
