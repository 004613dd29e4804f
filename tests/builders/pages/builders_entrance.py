"""An entrance with all that is behind it: users, sessions, lines, a page, and browsers."""

from builders_users import PASSWORD, Clock, a_user
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from pagelight.server.auth.entrance import Entrance
from pagelight.server.middleware.asgi import PERSON, Speaking
from pagelight.server.middleware.authentication import Attempts, authenticator_of
from pagelight.server.middleware.guard import Guard
from pagelight.services.accounts.users import PeopleFile, write_users
from rag.settings import Settings
from rag.storage.accounts import Audit, Sessions
from rag.storage.database.user_database import UserFile

HOME = "http://chat.example:7860"
OURS = {"origin": HOME}


def inside():
    """What lies behind the guard: it tells who asks."""
    app = FastAPI()

    @app.api_route("/who", methods=["GET", "POST"])
    @app.get("/")
    def who(request: Request):
        return request.scope[PERSON].name

    return app


class Hall:
    """Where Ann, and Bob who administers, come in, or who `settings` say; `more` is Entrance's."""

    def __init__(self, folder, settings=None, **more):
        self.path = folder / "users.json"
        users = {"ann": a_user("ann", "open"), "bob": a_user("bob", everything=True)}
        write_users(self.path, users)
        self.ledger, self.clock = UserFile(folder / "ledger.sqlite"), Clock()
        self.sessions, self.lines = Sessions(self.ledger), Audit(self.ledger)
        settings = settings or Settings(users=str(self.path))
        people = PeopleFile(self.path) if settings.users else None
        self.door = authenticator_of(settings, attempts=Attempts(now=self.clock))
        self.entrance = Entrance(self.door, self.sessions, self.lines, people=people, **more)
        self.guard = Speaking(Guard(inside(), hosts=None, entrance=self.entrance))

    def browser(self, base=HOME):
        """Return a browser, which keeps its cookies."""
        return TestClient(self.guard, base_url=base, follow_redirects=False)

    def signed_in(self, name="ann", password=PASSWORD):
        client = self.browser()
        client.post("/sign-in", data={"name": name, "password": password}, headers=OURS)
        return client
