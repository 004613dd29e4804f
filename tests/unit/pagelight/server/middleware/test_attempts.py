"""Waits after wrong passwords, with a clock of our own."""

from builders_users import Clock

from pagelight.server.middleware.attempts import FORGOTTEN_S, FREE, MAX_KEPT, MAX_WAIT_S, Attempts


def failed(attempts: Attempts, times: int, key: str) -> Attempts:
    for _ in range(times):
        attempts.fail(key)
    return attempts


def test_a_few_slips_cost_no_wait():
    attempts = failed(Attempts(now=Clock()), FREE - 1, "ann")

    assert attempts.wait_s("ann") == 0


def test_each_failure_more_doubles_the_wait_up_to_a_limit():
    attempts, waits = failed(Attempts(now=Clock()), FREE, "ann"), []
    for _ in range(12):
        waits.append(attempts.wait_s("ann"))
        attempts.fail("ann")

    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == MAX_WAIT_S
    assert attempts.wait_s("somebody") == 0


def test_a_wait_passes():
    clock = Clock()
    attempts = failed(Attempts(now=clock), FREE + 3, "ann")
    clock.now_s += 7.5

    assert attempts.wait_s("ann") == 0.5
    clock.now_s += 0.5
    assert attempts.wait_s("ann") == 0


def test_success_and_time_forget():
    clock = Clock()
    attempts = failed(failed(Attempts(now=clock), FREE + 5, "ann"), FREE + 5, "bob")
    attempts.succeed("ann")

    assert attempts.wait_s("ann") == 0
    clock.now_s += FORGOTTEN_S
    attempts.fail("bob")
    assert attempts.wait_s("bob") == 0


def test_memory_is_bounded_and_the_latest_are_kept():
    attempts = Attempts(now=Clock())
    for number in range(MAX_KEPT + 50):
        attempts.fail(str(number))
    failed(attempts, FREE, "ann")

    assert len(attempts) == MAX_KEPT
    assert attempts.wait_s("ann") == 1
