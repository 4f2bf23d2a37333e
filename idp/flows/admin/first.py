"""The first administrator: a link that ``idp init`` prints makes one token, once, and ends by itself."""

from dataclasses import dataclass
from datetime import timedelta

from idp.flows.admin.tokens import AddAdminToken, MadeToken
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.kernel.ids import digest, new_secret
from idp.kernel.refusal import Refused
from idp.store.database import Database
from idp.store.journal import Journal
from idp.store.marks import Mark, Marks

PATH = "/first-admin"
_HOURS = 24
_TOKEN_DAYS = 365
#: Who acted, where the journal asks: whoever held the link.
_LINK = "first-admin-link"


@dataclass(frozen=True, slots=True)
class FirstAdmin:
    """The database holds the link's digest alone; a new link ends the one before."""

    marks: Marks
    add_token: AddAdminToken
    journal: Journal
    database: Database
    issuer: str
    now: Clock

    def offer(self) -> str:
        """Return a new link."""
        secret = new_secret()
        with self.database.together():
            self.marks.put(Mark.FIRST_ADMIN, digest(secret), self.now() + timedelta(hours=_HOURS))
            self.journal.record(Event("first_admin.offered", actor="command-line"))
        return f"{self.issuer}{PATH}?token={secret}"

    def require(self, secret: str) -> None:
        """Refuse a link that was used, ended, or never was: nobody learns which."""
        if not self.marks.is_live(Mark.FIRST_ADMIN, digest(secret), self.now()):
            raise Refused("first_admin.no_link")

    def take(self, secret: str, name: str) -> MadeToken:
        """Spend the link and make the token; a refused name doesn't cost the link."""
        with self.database.together():
            if not self.marks.take(Mark.FIRST_ADMIN, digest(secret), self.now()):
                raise Refused("first_admin.no_link")
            made = self.add_token(name, _TOKEN_DAYS, actor=_LINK)
            self.journal.record(Event("first_admin.made", actor=_LINK, details={"token": made.token.id}))
        return made
