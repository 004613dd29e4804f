"""One signs in by a form and leaves by a button: what a browser sends, keeps and is shown."""

import re

import pytest
from builders_entrance import OURS, Hall
from builders_users import PASSWORD, a_user

from pagelight.server.auth.entrance import own_address
from pagelight.server.middleware.authentication import FREE
from pagelight.services.accounts.person import Cost, User, hashed
from pagelight.services.accounts.users import write_users
from rag.settings import Settings

VISIT = {"sec-fetch-mode": "navigate", "sec-fetch-site": "none", "accept": "text/html"}
SCRIPT = {"sec-fetch-mode": "cors", "sec-fetch-site": "same-origin", "accept": "*/*"}


@pytest.fixture
def hall(tmp_path):
    hall = Hall(tmp_path)
    yield hall
    hall.ledger.close()


@pytest.fixture
def browser(hall):
    return hall.browser


def sign_in(client, name="ann", password=PASSWORD, *, to="/sign-in", **headers):
    data = {"name": name, "password": password}
    return client.post(to, data=data, headers=headers or OURS)


def test_who_visits_is_led_to_the_form_and_back_to_what_they_wished_for(browser):
    client = browser()
    away = client.get("/who?x=1&y=a b", headers=VISIT)
    form = client.get(away.headers["location"], headers=VISIT)
    entered = sign_in(client, to=away.headers["location"])

    assert away.status_code == 303
    assert form.status_code == 200
    assert '<label for="name">' in form.text
    assert 'autocomplete="current-password"' in form.text
    assert "script" not in form.text
    assert (entered.status_code, entered.headers["location"]) == (303, "/who?x=1&y=a%20b")
    assert client.get("/who").json() == "ann"


def test_the_form_and_who_is_turned_away_are_told_in_the_language_of_who_visits(browser):
    page = browser().get("/sign-in", headers=VISIT | {"accept-language": "de"}).text
    answer = browser().get("/who", headers={"accept-language": "de"})

    assert '<html lang="de">' in page
    assert "<h1>Bei Pagelight anmelden</h1>" in page
    assert "Passwort</label>" in page
    assert (answer.status_code, answer.text) == (401, "Ein Passwort ist nötig.")


def test_the_form_may_do_nothing_but_be_sent_to_us(browser):
    headers = browser().get("/sign-in", headers=VISIT).headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "form-action 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"  # else its origin would be told as "null"
    assert headers["cache-control"] == "no-store"
    assert "www-authenticate" not in headers


@pytest.mark.parametrize(
    ("headers", "scheme"), [({}, "Basic"), ({"accept": "*/*"}, "Basic"), (SCRIPT, "Bearer")]
)
def test_a_program_is_asked_for_a_password_and_a_page_is_not_covered_by_a_window(
    browser, headers, scheme
):
    answer = browser().get("/who", headers=headers)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith(scheme)


def test_the_cookie_is_out_of_reach_of_scripts_other_sites_and_plain_http(browser):
    plain = sign_in(browser()).headers["set-cookie"]
    secure = sign_in(browser("https://chat.example"), origin="https://chat.example")

    assert re.match(
        r"pagelight-7860=[\w-]{43}; HttpOnly; Max-Age=\d+; Path=/; SameSite=lax$", plain
    )
    assert re.match(r"__Host-pagelight=[\w-]{43}; .*; Secure$", secure.headers["set-cookie"])


def test_a_wrong_name_and_a_wrong_password_look_alike_and_the_name_stays(browser):
    client = browser()
    wrong = sign_in(client, password="guess")  # noqa: S106 - of this test only
    unknown = sign_in(client, "<i>", PASSWORD)

    assert wrong.status_code == unknown.status_code == 401
    assert 'role="alert"' in wrong.text
    assert 'value="ann"' in wrong.text
    assert unknown.text.replace("&lt;i&gt;", "ann") == wrong.text
    assert client.get("/who").status_code == 401


def test_guessing_waits_and_says_how_long(hall, browser):
    client = browser()
    for _ in range(FREE):
        sign_in(client, password="guess")  # noqa: S106 - of this test only
    waits = sign_in(client)

    assert (waits.status_code, waits.headers["retry-after"]) == (429, "1")
    assert "Try again in 1 s" in waits.text
    hall.clock.now_s += 1
    assert sign_in(client).status_code == 303


def test_each_signing_in_has_a_token_of_its_own_and_none_that_was_brought_along(hall, browser):
    client = browser()
    client.cookies.set("pagelight-7860", "chosen-by-somebody-else", domain="chat.example")
    sign_in(client)
    first = client.cookies["pagelight-7860"]
    sign_in(client, "bob")

    assert first != "chosen-by-somebody-else"
    assert [session.name for session in hall.sessions.all()] == ["bob"]
    assert hall.sessions.find(first) is None
    assert client.get("/who").json() == "bob"


def test_who_signs_out_is_out_wherever_the_cookie_went(hall, browser):
    client = browser()
    sign_in(client)
    stolen = client.cookies["pagelight-7860"]
    left = client.post("/sign-out", headers=OURS)
    client.cookies.set("pagelight-7860", stolen, domain="chat.example")

    assert left.status_code == 303
    assert "Max-Age=0" in left.headers["set-cookie"]
    assert "You are signed out" in client.get(left.headers["location"], headers=VISIT).text
    assert client.get("/who").status_code == 401
    assert hall.sessions.all() == []


def test_a_link_or_another_method_signs_nobody_out(browser):
    client = browser()
    sign_in(client)

    assert client.get("/sign-out", headers=VISIT).headers["location"] == "/"
    assert client.put("/sign-in", headers=OURS).status_code == 405
    assert client.get("/who").json() == "ann"


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/account", "/who"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "http://evil.example"},
        {"origin": "http://chat.example:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        OURS | {"sec-fetch-site": "cross-site"},
    ],
)
def test_no_other_site_sends_a_form_in_a_persons_name(browser, path, headers):
    client = browser()
    sign_in(client)
    data = {"name": "bob", "password": PASSWORD}

    assert client.post(path, data=data, headers=headers).status_code == 403
    assert client.get("/who").json() == "ann"
    for ours in (OURS, {"sec-fetch-site": "same-origin"}):
        assert client.post("/who", headers=ours).json() == "ann"


def test_a_link_in_a_mail_leads_to_the_form(browser):
    from_mail = VISIT | {"sec-fetch-site": "cross-site"}

    assert browser().get("/shared/abc", headers=from_mail).status_code == 303
    there = browser().get("/c/00c0ffee00c0ffee", headers=from_mail)
    assert there.headers["location"] == "/sign-in?next=/c/00c0ffee00c0ffee"
    assert browser().get("/c/other", headers=from_mail).status_code == 403
    assert browser().get("/sign-in?next=/shared/abc", headers=from_mail).status_code == 200


@pytest.mark.parametrize(
    "wished",
    [
        "http://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/x\\y",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/a\nLocation: http://evil.example",
        "/\t/evil.example",
        " //evil.example",
        "evil",
        "",
        "/sign-out",
        "/é",
    ],
)
def test_nobody_is_led_elsewhere_by_signing_in(browser, wished):
    client = browser()
    entered = client.post(
        "/sign-in",
        params={"next": wished},
        data={"name": "ann", "password": PASSWORD},
        headers=OURS,
    )
    again = client.get("/sign-in", params={"next": wished}, headers=VISIT)

    assert own_address(wished) == "/"
    assert entered.headers["location"] == again.headers["location"] == "/"


@pytest.mark.parametrize(
    "users",
    [
        {"ann": User(person=a_user("ann", "open").person, password=hashed("new", cost=Cost(ln=4)))},
        {"bob": a_user("bob", everything=True)},
    ],
    ids=["another password", "removed"],
)
def test_who_has_another_password_or_was_removed_is_out_at_once(hall, browser, users):
    client = browser()
    sign_in(client)
    write_users(hall.path, users)

    assert client.get("/who").status_code == 401
    assert hall.sessions.all() == []


def test_where_nobody_can_be_told_the_form_says_so(hall, browser):
    hall.path.chmod(0o644)
    client = browser()

    assert sign_in(client).status_code == 503
    assert "Nobody can sign in just now" in sign_in(client).text


@pytest.mark.parametrize(
    "body", [b"x" * 20_000, b"\xff\xfe", b"&".join([b"a=1"] * 50), b"name=ann", b""]
)
def test_what_is_no_form_is_no_password(browser, body):
    kind = {"content-type": "application/x-www-form-urlencoded"}

    assert browser().post("/sign-in", content=body, headers=OURS | kind).status_code == 401


def test_one_password_for_all_asks_for_no_name(tmp_path):
    client = Hall(tmp_path, Settings(password="güte")).browser()  # noqa: S106 - of this test only

    assert 'name="name"' not in client.get("/sign-in", headers=VISIT).text
    wrong = client.post("/sign-in", data={"password": "x"}, headers=OURS)
    assert "This password does not fit" in wrong.text
    assert client.post("/sign-in", data={"password": "güte"}, headers=OURS).status_code == 303
    assert client.get("/who").json() == ""


def test_who_comes_and_goes_is_written_down_and_a_name_that_nobody_has_is_not(hall, browser):
    client = browser()
    sign_in(client, "my secret password", "ann")
    sign_in(client, password="guess")  # noqa: S106 - of this test only
    sign_in(client)
    client.post("/sign-out", headers=OURS)
    for _ in range(3):
        program = browser().post("/who", auth=("bob", PASSWORD))
        assert program.json() == "bob"
        assert "set-cookie" not in program.headers

    assert [(line.who, line.what) for line in reversed(hall.lines.last(10))] == [
        ("somebody", "gave a wrong password"),
        ("ann", "gave a wrong password"),
        ("ann", "signed in"),
        ("ann", "signed out"),
        ("bob", "signed in by a program"),
    ]
    assert {line.address for line in hall.lines.last(10)} == {"testclient"}
