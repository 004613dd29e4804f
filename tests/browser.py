"""The browser that the journeys need, and what is said where a machine has none."""

import pytest

CHROMIUM = "chromium"
NO_BROWSER = f"no {CHROMIUM} on this machine: the browser journeys are left out"


def untested(skipped: list[pytest.TestReport]) -> str:
    """Return the line that says what was not tested for want of a browser; "" where all was."""
    left_out = [
        report
        for report in skipped
        if isinstance(report.longrepr, tuple) and report.longrepr[2].endswith(NO_BROWSER)
    ]
    if not left_out:
        return ""
    return (
        f"NOT TESTED: {len(left_out)} journeys through the chat and the pages of reports in a "
        f"browser, as there is no `{CHROMIUM}` on the path."
    )
