"""What a stranger tries on every route of somebody's application."""

import re

from builders_ui import wait
from starlette.routing import Mount, Route


def whole_table(ask, name, key):
    """Return what a person's table tells when every document was asked."""
    told = {}

    def over():
        told.update(ask(name, "GET", f"/table/{key}?unsure=true").json())
        return told["over"]

    wait(over)
    return told


BODIES = {
    "/v1/chat/completions": {
        "model": "pagelight",
        "messages": [{"role": "user", "content": "How deep is it?"}],
    },
    "/table": {"questions": "How deep?", "scope": ""},
    "/scope": {"words": "", "chosen": ""},
    "/conversations/{conversation_id}/name": {"name": "mine"},
    "/scope/of/{conversation_id}": ["in:open/report.pdf"],
    "/tabs/{tab_id}/next": {"do": "open", "about": "c0ffee"},
    "/reports/{report_id}": {"right": "nothing", "absent": True},
}


GRADIO = {
    "path": "js/none.js",
    "asked": "v",
    "path_or_url": "/etc/passwd",
    "url_path": "http://example.com",
    "id": "0",
    "environment": "client",
    "type": "component",
    "event_id": "0",
    "session_hash": "0",
    "run": "0",
    "component_id": 1,
    "segment_id": "0",
    "ext": "ts",
    "api_name": "none",
    "size": 8,
    "model": "gpt",
    "tab_id": "0" * 16,
    "do": "use",
    "what": "none",
    "position": 0,
    "row": 0,
}
"""What is tried for the parameters of Gradio's routes, and for what is nobody's."""


STREAMS = {"/gradio_api/heartbeat/{session_hash}", "/events"}
"""They answer for as long as somebody listens."""


def api_routes(routes):
    """Yield our own routes, those of included routers, and Gradio's, which are mounted beside."""
    for route in routes:
        if isinstance(route, Mount):
            yield from api_routes(route.app.app.routes)
        elif isinstance(route, Route):
            yield route
        else:
            yield from api_routes(route.original_router.routes)


def probes(house, values, *, name="ann"):
    """Yield a request to every route of somebody's application, by the names of what is Cy's."""
    values = GRADIO | {"room": "shell"} | values
    for route in api_routes(house.applications[name].asgi.routes):
        unknown = set(re.findall(r"\{(\w+)", route.path)) - set(values)
        assert not unknown, f"{route.path}: say above what a stranger would try for {unknown}"
        path = re.sub(r"\{(\w+)[^}]*\}", lambda found: str(values[found[1]]), route.path)
        for method in sorted(route.methods - ({"GET", "HEAD"} if route.path in STREAMS else set())):
            yield route.path, method, path
