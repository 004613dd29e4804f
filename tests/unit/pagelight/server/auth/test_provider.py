"""Signing in with a real OpenID provider: there and back, and every way in which it must fail."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from builders_entrance import HOME, Hall
from builders_oidc import CLIENT, SECRET, running_provider
from builders_users import Clock, a_user

from pagelight.server.auth.provider import JOURNEY_S, MAX_AWAY, Journeys, provider_of
from pagelight.services.accounts.users import write_users
from rag.errors import SettingsError
from rag.settings import Settings

FROM_THERE = {"sec-fetch-mode": "navigate", "sec-fetch-site": "cross-site"}


@pytest.fixture(scope="module")
def running():
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running):
    """The provider, as it is when nobody spoils its words."""
    running.claims = {"sub": "1", "preferred_username": "ann"}
    running.audience, running.issuer, running.forged, running.nonce = CLIENT, "", False, ""
    return running


@pytest.fixture
def opened(tmp_path):
    """Return what opens a Pagelight that knows Ann, with a provider at an address."""
    halls, clock = [], Clock()

    def opened(issuer, **more):
        users = str(tmp_path / "users.json")
        settings = Settings(
            users=users, oidc_issuer=issuer, oidc_client=CLIENT, oidc_secret=SECRET, **more
        )
        journeys = Journeys(now=clock)
        halls.append(Hall(tmp_path, settings, provider=provider_of(settings), journeys=journeys))
        halls[-1].clock = clock
        return halls[-1]

    yield opened
    for hall in halls:
        hall.ledger.close()


@pytest.fixture
def place(opened, provider):
    return opened(provider.address)


def went(browser, to="/sign-in/provider?next=/who"):
    """Return the address that the provider sends a browser back to."""
    away = browser.get(to, headers={"sec-fetch-site": "same-origin"})
    assert away.status_code == 302, away.text
    asked = parse_qs(urlsplit(away.headers["location"]).query)
    assert asked["redirect_uri"] == [f"{HOME}/sign-in/back"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["nonce"]
    assert asked["state"]
    return httpx.get(away.headers["location"], trust_env=False).headers["location"]


def test_who_the_provider_knows_comes_in_and_goes_on(place):
    browser = place.browser()
    form = browser.get("/sign-in?next=/who", headers={"accept": "text/html"})
    back = browser.get(went(browser), headers=FROM_THERE)

    assert "Sign in with 127.0.0.1" in form.text
    assert "/sign-in/provider?next=/who" in form.text
    assert back.status_code == 200
    assert 'content="0; url=/who"' in back.text
    assert browser.get("/who").json() == "ann"
    assert [line.what for line in place.lines.last(5)] == ["signed in by the provider"]


def came_in(place, provider, **claims):
    """Return who came in, and the status of the way back."""
    provider.claims = claims
    browser = place.browser()
    status = browser.get(went(browser), headers=FROM_THERE).status_code
    return status, browser.get("/who").json() if status == 200 else None


def test_who_came_in_once_is_known_by_their_subject_and_their_name_lets_nobody_else_in(
    place, provider
):
    for name in ("ann", "ann.smith", "bob"):
        assert came_in(place, provider, sub="1", preferred_username=name) == (200, "ann")

    assert came_in(place, provider, sub="2", preferred_username="ann") == (403, None)
    assert came_in(place, provider, sub="1", preferred_username="ann") == (200, "ann")


@pytest.mark.parametrize("name", ["ann ", " ann", "Ann", "ann\u200b", "\tann"])
def test_a_name_is_taken_letter_by_letter(place, provider, name):
    assert came_in(place, provider, sub="2", preferred_username=name) == (403, None)


def test_a_person_anew_of_a_name_is_not_who_had_it(place, provider):
    came_in(place, provider, sub="1", preferred_username="ann")
    write_users(place.path, {"ann": a_user("ann")})

    assert came_in(place, provider, sub="2", preferred_username="ann") == (200, "ann")
    assert came_in(place, provider, sub="1", preferred_username="ann") == (403, None)


def test_the_way_back_is_gone_once_and_by_the_browser_that_went(place):
    browser, other = place.browser(), place.browser()
    back = went(browser)

    assert other.get(back, headers=FROM_THERE).status_code == 400
    assert other.get("/who").status_code == 401
    assert browser.get(back, headers=FROM_THERE).status_code == 200
    assert browser.get(back, headers=FROM_THERE).status_code == 400


def test_a_state_of_another_journey_is_refused(place):
    browser, other = place.browser(), place.browser()
    went(browser)
    foreign = went(other)

    assert browser.get(foreign, headers=FROM_THERE).status_code == 403
    assert browser.get("/who").status_code == 401


def test_who_is_away_for_long_signs_in_again(place):
    browser = place.browser()
    back = went(browser)
    place.clock.now_s += JOURNEY_S + 1

    assert "That took too long" in browser.get(back, headers=FROM_THERE).text


@pytest.mark.parametrize(
    "spoilt",
    [
        {"audience": "somebody-else"},
        {"issuer": "https://evil.example"},
        {"forged": True},
        {"nonce": "an-old-one"},
        {"claims": {"sub": "1"}},
        {"claims": {"preferred_username": "ann"}},
        {"claims": {"sub": "1", "preferred_username": ["ann"]}},
        {"claims": {"sub": "1", "preferred_username": "nobody"}},
        {"claims": {"sub": "1", "preferred_username": "<b>"}},
    ],
    ids=lambda spoilt: next(iter(spoilt)),
)
def test_what_can_not_be_believed_lets_nobody_in(place, provider, spoilt):
    for name, value in spoilt.items():
        setattr(provider, name, value)
    browser = place.browser()
    back = browser.get(went(browser), headers=FROM_THERE)

    assert back.status_code == 403
    assert 'role="alert"' in back.text
    assert "<b>" not in back.text
    assert browser.get("/who").status_code == 401
    assert place.lines.last(1)[0].who == "somebody"


def test_who_was_refused_there_is_told(place):
    browser = place.browser()
    state = parse_qs(urlsplit(went(browser)).query)["state"][0]
    back = browser.get(f"/sign-in/back?error=access_denied&state={state}", headers=FROM_THERE)

    assert back.status_code == 403
    assert "does not work just now" in back.text


@pytest.mark.parametrize(("verified", "status"), [(True, 200), (False, 403), (None, 403)])
def test_an_address_of_mail_counts_where_the_provider_has_checked_it(
    opened, provider, verified, status
):
    place = opened(provider.address, oidc_claim="email")
    write_users(place.path, {"a@b.example": a_user("a@b.example")})
    provider.claims = {"sub": "1", "email": "a@b.example", "email_verified": verified}
    browser = place.browser()

    assert browser.get(went(browser), headers=FROM_THERE).status_code == status


def test_a_provider_that_is_not_there_is_one_sentence_and_without_one_there_is_no_way(opened):
    told = (
        opened("http://127.0.0.1:9")
        .browser()
        .get("/sign-in/provider", headers={"sec-fetch-site": "same-origin"})
    )

    none = opened("").browser()
    assert told.status_code == 503
    assert "does not work just now" in told.text
    assert none.get("/sign-in/provider").status_code == 405
    assert "Sign in with" not in none.get("/sign-in").text


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"oidc_issuer": "https://id.example", "oidc_client": "x"}, "Set RAG_USERS"),
        ({"oidc_issuer": "https://id.example", "users": "x"}, "RAG_OIDC_CLIENT"),
        (
            {"oidc_issuer": "http://id.example", "users": "x", "oidc_client": "x"},
            "begins with https",
        ),
        ({"oidc_issuer": "id.example", "users": "x", "oidc_client": "x"}, "begins with https"),
    ],
)
def test_a_provider_that_can_not_be_trusted_is_refused_at_the_start(settings, words):
    with pytest.raises(SettingsError, match=words):
        provider_of(Settings(**settings))


def test_of_those_who_are_away_the_first_are_forgotten_first():
    journeys = Journeys()
    tokens = [journeys.begin()[0] for _ in range(MAX_AWAY + 1)]

    assert journeys.end(tokens[0]) is None
    assert journeys.end(tokens[-1]) == {}
