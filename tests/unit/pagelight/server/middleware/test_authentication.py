"""Who is let in: by name and password, remembered, slowed down, and never told which was wrong."""

import asyncio
import statistics
import time

import pytest
from builders_users import Clock, a_user, basic

from pagelight.server.middleware.authentication import (
    FORGOTTEN_S,
    FREE,
    MAX_KEPT,
    MAX_WAIT_S,
    Attempts,
    Authenticator,
    SignInRefusal,
    authenticator_of,
    credentials,
    network,
)
from pagelight.services.accounts.person import OWNER, Cost, Person, User, hashed
from pagelight.services.accounts.users import write_users
from rag.errors import SettingsError
from rag.settings import Settings

HERE = "10.0.0.1"


async def by_header(door, header, address):
    """Return who a header names, as the entrance does."""
    given = credentials(header, named=door.named)
    admitted = await door.admit(*given, address) if given else SignInRefusal()
    return getattr(admitted, "person", admitted)


def enter(
    door: Authenticator, name: str, password: str, address: str = HERE
) -> Person | SignInRefusal:
    return asyncio.run(by_header(door, basic(name, password), address))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "users.json"
    users = {"ann": a_user("ann", "reports"), "bob": a_user("bob", everything=True)}
    write_users(path, users)
    return path


@pytest.fixture
def door(path, clock):
    return authenticator_of(Settings(users=str(path)), attempts=Attempts(now=clock))


def test_a_name_and_its_password_are_a_person(door):
    assert enter(door, "ann", "avalanche") == Person(name="ann", collections=("reports",))
    assert enter(door, "bob", "avalanche") == a_user("bob", everything=True).person


@pytest.mark.parametrize(
    ("name", "password"),
    [("ann", "wrong"), ("nobody", "avalanche"), ("", ""), ("ANN", "avalanche")],
)
def test_a_wrong_name_and_a_wrong_password_are_refused_alike(door, name, password):
    assert enter(door, name, password) == SignInRefusal()


def test_a_program_that_knows_a_key_alone_is_let_in(door):
    def bear(door, key):
        return asyncio.run(by_header(door, f"Bearer {key}", HERE))

    alone = authenticator_of(Settings(password="av:alanche"))  # noqa: S106 - of this test only

    assert bear(door, "ann:avalanche") == Person(name="ann", collections=("reports",))
    assert bear(door, "ann:wrong") == bear(door, "avalanche") == SignInRefusal()
    assert bear(alone, "av:alanche") == OWNER
    assert bear(alone, ":av:alanche") == SignInRefusal()


@pytest.mark.parametrize("header", ["", "Bearer x", "Basic", "Basic !", "Basic YQ==", "Basic /w=="])
def test_what_is_no_name_and_password_is_refused(door, header):
    assert asyncio.run(by_header(door, header, HERE)) == SignInRefusal()
    assert credentials(header) is None


def test_guessing_is_slowed_down_and_the_right_password_waits_too(door, clock):
    for _ in range(FREE):
        assert enter(door, "ann", "wrong") == SignInRefusal()

    assert enter(door, "ann", "avalanche") == SignInRefusal(wait_s=1.0)
    clock.now_s += 1.0
    assert enter(door, "ann", "avalanche").name == "ann"
    assert enter(door, "ann", "wrong") == SignInRefusal()


def test_nobody_is_locked_out_by_who_guesses_their_name_elsewhere_or_another_beside_them(door):
    for _ in range(FREE + 3):
        enter(door, "ann", "wrong", address="10.0.2.1")

    assert enter(door, "ann", "avalanche", address="10.0.2.1").wait_s == 1.0
    assert enter(door, "ann", "avalanche", address="10.0.3.1").name == "ann"
    assert enter(door, "bob", "avalanche", address="10.0.2.1").name == "bob"


def test_a_name_is_one_however_it_is_written(path, clock):
    write_users(path, {"jörg": a_user("jörg")})
    door = authenticator_of(Settings(users=str(path)), attempts=Attempts(now=clock))
    for name in ("jörg", "jo\u0308rg", " jörg") * FREE:
        enter(door, name, "wrong")

    assert enter(door, "jo\u0308rg ", "avalanche").wait_s > 0


def test_who_floods_one_address_with_guesses_waits_for_themselves():
    done, before_bob = [], []

    def find(name):
        if name == "bob":
            before_bob.append(len(done))
        return None, None

    async def both():
        door = Authenticator(find, Attempts())

        async def guess(name, address):
            await door.admit(name, "wrong", address)
            done.append(address)

        flood = (guess(f"name {number}", "10.0.2.1") for number in range(100))
        await asyncio.gather(*flood, guess("bob", "10.0.3.1"))

    asyncio.run(both())

    assert done.index("10.0.3.1") - before_bob[0] < 10


def test_who_is_in_stays_in_while_others_guess_their_name(door):
    enter(door, "ann", "avalanche")
    for number in range(FREE + 3):
        enter(door, "ann", "wrong", address=f"10.0.1.{number}")

    assert enter(door, "ann", "avalanche").name == "ann"


def test_guesses_at_the_same_time_count_one_after_the_other(door):
    async def many():
        header = basic("ann", "wrong")
        return await asyncio.gather(*(by_header(door, header, HERE) for _ in range(FREE + 4)))

    waits = [refusal.wait_s for refusal in asyncio.run(many())]

    assert sorted(waits) == [0.0] * FREE + [1.0] * 4  # whose turn comes first is chance


def test_a_new_password_and_new_rights_hold_from_the_next_request_on(door, path):
    enter(door, "ann", "avalanche")
    changed = User(
        person=Person(name="ann", collections=("letters",)),
        password=hashed("cornices", cost=Cost(ln=4)),
    )
    write_users(path, {"ann": changed})

    assert enter(door, "ann", "avalanche") == SignInRefusal()
    assert enter(door, "ann", "cornices").collections == ("letters",)
    assert enter(door, "bob", "avalanche") == SignInRefusal()


def test_a_file_that_was_opened_to_others_lets_nobody_in(door, path):
    enter(door, "ann", "avalanche")
    path.chmod(0o644)

    with pytest.raises(SettingsError, match="chmod 600"):
        enter(door, "ann", "avalanche")


def test_an_unknown_name_takes_as_long_as_a_wrong_password(tmp_path):
    path = tmp_path / "users.json"
    person = Person(name="ann", collections=None)
    write_users(path, {"ann": User(person=person, password=hashed("x", cost=Cost(ln=12)))})
    door = authenticator_of(Settings(users=str(path)))

    def seconds(name: str) -> float:
        start = time.process_time()
        enter(door, name, "wrong", address=name)
        return time.process_time() - start

    known, unknown = zip(*((seconds("ann"), seconds(str(n))) for n in range(5)), strict=True)

    assert statistics.median(unknown) > 0.6 * statistics.median(known) > 0.005


@pytest.mark.parametrize(
    "password", ["güte", hashed("güte", cost=Cost(ln=4))], ids=["plain", "hashed"]
)
def test_one_password_for_all_is_plain_or_a_hash_and_any_name_will_do(password, clock):
    door = authenticator_of(Settings(password=password), attempts=Attempts(now=clock))

    assert enter(door, "me", "güte") == OWNER
    assert enter(door, "", "güte") == OWNER
    for _ in range(FREE):
        assert enter(door, "me", "wrong") == SignInRefusal()
    assert enter(door, "you", "wrong").wait_s == 1.0
    assert enter(door, "you", "güte", address="10.9.9.9") == OWNER


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(password="x", users="y"), "do not go together"),  # noqa: S106 - of this test only
        (Settings(users="/nowhere/users.json"), "can't be read"),
        (Settings(password="$scrypt$ln=99"), "can't be read as one"),  # noqa: S106 - as above
    ],
)
def test_settings_that_let_nobody_in_are_refused_at_the_start(settings, words):
    with pytest.raises(SettingsError, match=words):
        authenticator_of(settings)


def test_without_password_and_users_there_is_no_door_and_a_file_needs_users(tmp_path):
    write_users(tmp_path / "users.json", {})

    assert authenticator_of(Settings()) is None
    with pytest.raises(SettingsError, match="nobody could sign in"):
        authenticator_of(Settings(users=str(tmp_path / "users.json")))


def test_addresses_that_one_machine_may_have_are_one():
    assert network("2001:db8::1") == network("2001:db8::ffff:2")
    assert network("2001:db8:0:1::1") != network("2001:db8::1")
    assert network("::ffff:10.0.0.1") == network("10.0.0.1")
    assert network("testclient") == "testclient"


def failed(attempts, times, key):
    for _ in range(times):
        attempts.fail(key)
    return attempts


def test_each_failure_more_doubles_the_wait_up_to_a_limit(clock):
    attempts, waits = failed(Attempts(now=clock), FREE - 1, "ann"), []
    for _ in range(13):
        waits.append(attempts.wait_s("ann"))
        attempts.fail("ann")

    assert waits[:5] == [0, 1, 2, 4, 8]
    assert waits[-1] == MAX_WAIT_S
    assert attempts.wait_s("somebody") == 0


def test_a_wait_passes_and_success_and_time_forget(clock):
    attempts = failed(failed(Attempts(now=clock), FREE + 3, "ann"), FREE + 5, "bob")
    clock.now_s += 7.5
    assert attempts.wait_s("ann") == 0.5
    attempts.succeed("ann")
    assert attempts.wait_s("ann") == 0

    clock.now_s += FORGOTTEN_S
    attempts.fail("bob")
    assert attempts.wait_s("bob") == 0


def test_memory_of_failures_is_bounded_and_the_latest_are_kept(clock):
    attempts = Attempts(now=clock)
    for number in range(MAX_KEPT + 50):
        attempts.fail(str(number))
    failed(attempts, FREE, "ann")

    assert len(attempts) == MAX_KEPT
    assert attempts.wait_s("ann") == 1
