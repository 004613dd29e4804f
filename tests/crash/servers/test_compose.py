"""The compose files, and the processes of the one with a Chroma server: one goes on alone."""

import re

import pytest
from compose_run import SERVERS, processes, read_compose
from program import NOTE, ROOT

FILES = ("compose.yaml", "compose.machines.yaml")

pytestmark = pytest.mark.timeout(600)


def test_two_servers_over_a_chroma_server_answer_and_one_goes_on_alone(tmp_path):
    with processes(tmp_path, "compose.yaml") as machine:
        (machine.documents / "snow.txt").write_text(NOTE)
        machine.start("chroma")
        for name in SERVERS:
            machine.start(name)
            machine.until(name, "How deep was the snow at Kestrel Pass?", "317 cm")

        machine.kill("one")  # it may have owned the workspace: then the other takes over
        (machine.documents / "hut.txt").write_text("The Upper Hut has 24 beds.")

        machine.until("two", "How many beds has the Upper Hut?", "24")


@pytest.mark.parametrize("file", FILES)
def test_what_it_names_is_there(file):
    compose = read_compose(file)
    services = compose["services"]
    volumes = {each.split(":")[0] for one in services.values() for each in one.get("volumes", ())}
    named = {each for each in volumes if re.fullmatch("[a-z]+", each)}
    waited = {each for one in services.values() for each in one.get("depends_on", ())}

    assert named == set(compose["volumes"])
    assert waited <= set(services)
    for name in SERVERS:
        host = name if "network_mode" not in services[name] else "127.0.0.1"
        server = f"server {host}:{services[name]['command'][-1]}"
        assert server in compose["configs"]["nginx"]["content"]


@pytest.mark.parametrize("file", FILES)
def test_its_proxy_is_the_one_that_is_explained(file):
    explained = (ROOT / "docs" / "how-to" / "run-servers.md").read_text("utf-8")
    told = read_compose(file)["configs"]["nginx"]["content"].replace("$$", "$")
    lines = re.sub("server (one|two):", "server 127.0.0.1:", told).splitlines()

    missing = [line for line in lines if line.strip() and line.strip() not in explained]
    assert missing == ["    listen 8080;"]
