"""One person with a browser at a running provider, from the form to the tokens; letters are read in the outbox."""

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from idp.store.tables.records import OutboxRow
from tests.provider import HttpBrowser, Provider
from tests.visitor import answer, forms, transaction


@dataclass
class Newcomer:
    provider: Provider
    browser: HttpBrowser
    email: str = field(default_factory=lambda: f"p{secrets.token_hex(6)}@example.ru")
    password: str = "Siren-7-v-sadu"

    def letter(self) -> str:
        """Return the newest letter to this person."""
        newest = select(OutboxRow.payload).where(OutboxRow.channel == "email").order_by(OutboxRow.created_at.desc())
        mine = [row.payload for row in self.provider.flows.database.rows(newest) if row.payload.get("to") == self.email]
        return str(mine[0]["text"])

    def register(self, client_id: str) -> dict[str, str]:
        """Register from a portal's request; return what the portal gets in the end."""
        waiting = transaction(self.browser.authorize(client_id))
        form = forms(self.browser.get(f"/sign-up?tx={waiting}"))[-1]
        typed = {
            "family_name": "Новиков",
            "given_name": "Пётр",
            "email": self.email,
            "phone": "9160000001",
            "password": self.password,
            "password2": self.password,
            "agreement": "yes",
        }
        page = self.browser.follow(self.browser.post("/sign-up", {**form["fields"], **typed}))
        code = re.search(r"\b\d{6}\b", self.letter())
        assert code is not None
        (asked,) = [form for form in forms(page) if form["action"].split("?")[0] == "/sign-up/email"]
        self.browser.follow(self.browser.post("/sign-up/email", {**asked["fields"], "code": code[0]}))
        return self.resumed(waiting)

    def sign_in(self, page: Any) -> Any:
        """Sign in on the page that a redirect leads to; return the answer to it."""
        return self.browser.press(self.browser.follow(page), login=self.email, password=self.password)

    def resumed(self, waiting: str) -> dict[str, str]:
        return answer(self.browser.get(f"/authorize/resume?tx={waiting}"))
