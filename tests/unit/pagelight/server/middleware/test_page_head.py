"""Gradio's page on its way out: our head, the nonce, and all else as it is."""

import asyncio

from pagelight.server.middleware.gradio_guard import GradioGuard, marked
from pagelight.server.middleware.guard import NONCE

PAGE = "<html><head><script>1</script></head><body>é</body></html>"
OURS = '<html><head><i>ours</i><script nonce="abc">1</script></head><body>é</body></html>'


def answered(path, kind, *parts, headers=()):
    """What arrives of an answer in `parts`, and the request's headers as the app sees them."""
    sent, seen = [], []

    async def app(scope, _receive, send):
        seen.extend(scope["headers"])
        headers = [(b"content-type", kind), (b"content-length", b"7")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for n, part in enumerate(parts):
            more = n + 1 < len(parts)
            await send({"type": "http.response.body", "body": part, "more_body": more})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": list(headers), NONCE: "abc"}
    asyncio.run(GradioGuard(app, None, head="<i>ours</i>")(scope, None, send))
    body = b"".join(message.get("body", b"") for message in sent)
    return body.decode(), dict(sent[0]["headers"]), seen


def test_the_page_comes_whole_with_our_head_and_its_scripts_marked():
    whole = PAGE.encode()
    body, headers, seen = answered(
        "/", b"text/html", whole[:50], whole[50:], headers=[(b"accept-encoding", b"br")]
    )

    assert body == OURS
    assert headers[b"content-length"] == str(len(OURS.encode())).encode()
    assert seen == []  # nothing that is packed could be changed


def test_what_is_no_page_is_sent_as_it_is():
    body, headers, _ = answered("/", b"application/json", PAGE.encode())

    assert body == PAGE
    assert headers[b"content-length"] == b"7"


def test_what_stands_escaped_is_no_script():
    config = '"\\u003cscript\\u003e" &lt;script&gt;'

    assert marked(config, head="", nonce="abc") == config
