"""Make and revoke administrators' tokens; a token is shown once, at the moment it is made."""

from dataclasses import dataclass
from datetime import timedelta

from idp.accounts.admin_token import AdminToken, new_token
from idp.flows.admin.registry import COMMAND_LINE
from idp.flows.login.who import FindByName
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.kernel.ids import digest, new_id
from idp.kernel.refusal import Refused
from idp.store.admin_tokens import AdminTokens
from idp.store.database import Database
from idp.store.journal import Journal

_MOST_NAME = 200
_MOST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class MadeToken:
    """``secret`` is the token itself; nothing keeps it."""

    token: AdminToken
    secret: str


@dataclass(frozen=True, slots=True)
class AddAdminToken:
    tokens: AdminTokens
    find: FindByName
    journal: Journal
    database: Database
    now: Clock

    def __call__(self, name: str, days: int | None, account: str = "", actor: str = COMMAND_LINE) -> MadeToken:
        """Make a token that lives so many days, or until it is revoked; ``account`` is a login or a contact."""
        if not name.strip() or len(name) > _MOST_NAME or not name.isprintable():
            raise Refused("admin_token.name", most=_MOST_NAME)
        if days is not None and not 1 <= days <= _MOST_DAYS:
            raise Refused("admin_token.days", most=_MOST_DAYS)
        owner = self.find(account) if account else None
        if account and owner is None:
            raise Refused("admin_token.no_account", name=account)
        at, secret = self.now(), new_token()
        token = AdminToken(
            id=new_id(),
            name=name.strip(),
            made_by=actor,
            account_id=owner.id if owner is not None else "",
            created_at=at,
            expires_at=at + timedelta(days=days) if days is not None else None,
        )
        with self.database.together():
            self.tokens.add(token, digest(secret))
            self.journal.record(Event("admin_token.added", token.account_id, actor, details={"token": token.id}))
        return MadeToken(token, secret)


@dataclass(frozen=True, slots=True)
class RevokeAdminToken:
    tokens: AdminTokens
    journal: Journal
    database: Database
    now: Clock

    def __call__(self, token_id: str, actor: str = COMMAND_LINE) -> None:
        """End a token at once, in every worker; to revoke a revoked one changes nothing."""
        token = self.tokens.get(token_id)
        if token is None:
            raise Refused("admin_token.unknown", token_id=token_id)
        with self.database.together():
            if self.tokens.revoke(token_id, self.now()):
                self.journal.record(Event("admin_token.revoked", token.account_id, actor, details={"token": token_id}))
