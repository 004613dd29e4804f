"""What each role may change over the front door: who reads, who adds, who administers."""

import re

import pytest
from builders_users import PASSWORD

# Gradio counts its answers with what pandas calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/action/refresh"),
        ("POST", "/action/cancel"),
        ("POST", "/library/remove"),
        ("POST", "/library/again"),
        ("PUT", "/library/files/new.txt"),
        ("GET", "/models"),
        ("POST", "/models/fetch/all"),
        ("POST", "/models/stop"),
        ("POST", "/models/use/qwen3-vl-2b"),
        ("POST", "/models/built-in/text"),
        ("POST", "/models/stay/text"),
        ("GET", "/people"),
        ("POST", "/people"),
        ("GET", "/folders"),
        ("POST", "/folders"),
    ],
)
def test_who_reads_changes_nothing(house, ask, method, path):
    before = (house.index.fingerprint(), sorted(house.index.root.rglob("*")))
    response = ask("ann", method, path, json={"source": "open/report.pdf"})

    assert response.status_code in (404, 405)
    assert before == (house.index.fingerprint(), sorted(house.index.root.rglob("*")))


def test_who_administers_looks_after_people_and_it_is_written_down(house, client):
    page = client.get("/people", auth=("bob", PASSWORD))
    form = {"do": "group", "name": "staff", "folder": "open"}
    done = client.post("/people", data=form, auth=("bob", PASSWORD))
    (line,) = house.index.audit.last(1)

    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "same-origin"
    assert "dee" in page.text
    assert "The group staff was saved." in done.text
    assert (line.who, line.what, line.about) == ("bob", "saved the group", "staff (open)")
    away = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert client.get("/people", headers=away).status_code == 403
    assert "/people" in client.get("/config", auth=("bob", PASSWORD)).text
    assert "/people" not in client.get("/config", auth=("dee", PASSWORD)).text


def test_who_administers_gives_a_group_a_folder_that_was_just_made(house, client):
    auth = ("bob", PASSWORD)
    made = client.post("/folders", data={"do": "make", "name": "plans"}, auth=auth)
    offered = client.get("/people", auth=auth).text
    given = client.post(
        "/people", data={"do": "group", "name": "crew", "folder": "plans"}, auth=auth
    )
    page = client.get("/folders", auth=auth)

    assert "The folder plans was made." in made.text
    assert 'name="folder" value="plans"' in offered
    assert given.is_success
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert re.search(r"seen by <bdi>crew</bdi>, <bdi>bob</bdi>", page.text)
    assert ("bob", "made the folder", "plans") in [
        (line.who, line.what, line.about) for line in house.index.audit.last(3)
    ]
    away = {"origin": "http://elsewhere.example"}
    forged = {"do": "remove", "name": "open"}
    assert client.post("/folders", data=forged, headers=away, auth=auth).status_code == 403
    assert (house.index.root / "open").is_dir()


def test_who_adds_adds_to_what_they_see_and_manages_nothing(house, ask):
    root = house.index.root
    room = ask("dee", "GET", "/library/room").json()

    assert (room["writable"], room["folders"], room["usual"]) == (True, ["open"], "open")
    assert ask("dee", "PUT", "/library/files/new.txt?into=open/a", content=b"Snow").is_success
    assert (root / "open" / "a" / "new.txt").read_bytes() == b"Snow"
    assert ask("dee", "POST", "/action/refresh").status_code == 204
    for into in ("secret", "", "open/../secret", "elsewhere"):
        told = ask("dee", "PUT", f"/library/files/new.txt?into={into}", content=b"Snow")
        assert told.status_code == 422, into
    assert "You may add files to: open." in ask("dee", "PUT", "/library/files/x.txt").text
    for path in ("/action/cancel", "/library/remove", "/library/again", "/models/stop"):
        response = ask("dee", "POST", path, json={"source": "open/report.pdf"})
        assert response.status_code in (404, 405), path
    assert sorted(path.name for path in root.rglob("new.txt")) == ["new.txt"]


def test_nothing_is_sent_under_the_name_of_a_folder_that_is_watched_beside(house, ask, tmp_path):
    house.index.source_folders.put("open", tmp_path)
    try:
        told = ask("dee", "PUT", "/library/files/under.txt?into=open", content=b"Snow")
        usual = ask("dee", "GET", "/library/room").json()["usual"]
    finally:
        house.index.source_folders.remove("open")

    assert told.status_code == 422
    assert "open is a folder that is watched where it is." in told.text
    assert usual == ""
    assert not (house.index.root / "open" / "under.txt").exists()


def test_no_link_in_a_folder_leads_who_adds_out_of_it(house, ask):
    (house.index.root / "open" / "link").symlink_to(house.index.root / "secret")
    told = ask("dee", "PUT", "/library/files/in.txt?into=open/link", content=b"Snow")

    assert told.status_code == 422
    assert not (house.index.root / "secret" / "in.txt").exists()
