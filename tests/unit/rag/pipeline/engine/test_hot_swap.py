"""One value that many use and one exchanges: each use keeps what it began with."""

import threading
from contextlib import ExitStack

from hypothesis import given
from hypothesis import strategies as st

from rag.pipeline.engine.models_in_use import RefCounted


@given(st.lists(st.sampled_from(["use", "end", "exchange"])))
def test_all_but_the_current_are_released_once_in_order_and_never_in_use(steps):
    released, uses, early, count = [], [], [], 0
    lending = RefCounted(0, lambda old, _: released.append(old))
    with ExitStack() as all_uses:
        for step in steps:
            if step == "use":
                uses.append(stack := all_uses.enter_context(ExitStack()))
                value = stack.enter_context(lending.lent())
                stack.callback(lambda used=value: early.append(used in released))
            elif step == "end" and uses:
                uses.pop(0).close()
            elif step == "exchange":
                count += 1
                lending.exchange(count)
    assert not any(early)
    assert released == list(range(count))
    assert lending.all == [count]


def test_what_is_idle_later_is_released_later_however_long_the_first_takes():
    begun, go_on, released = threading.Event(), threading.Event(), []

    def release(old, following):
        del following
        if old == "a":
            begun.set()
            assert go_on.wait(20)
        released.append(old)

    lending = RefCounted("a", release)
    first = threading.Thread(target=lending.exchange, args=("b",))
    first.start()
    assert begun.wait(20)
    second = threading.Thread(target=lending.exchange, args=("c",))
    second.start()
    second.join(0.2)  # another use does not wait for it
    told = list(released)
    go_on.set()
    first.join()
    second.join()

    assert told == []
    assert released == ["a", "b"]
