"""Sessions at the provider: durable, so that neither a restart nor a flushed cache signs anybody out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, desc, insert, select, update

from idp.accounts.session import Session
from idp.store.database import Database
from idp.store.tables.accounts import SessionRow

SESSION_COLUMNS = (
    SessionRow.id,
    SessionRow.account_id,
    SessionRow.amr,
    SessionRow.auth_time,
    SessionRow.created_at,
    SessionRow.seen_at,
    SessionRow.expires_at,
    SessionRow.idle_seconds,
    SessionRow.shared_computer,
    SessionRow.browser,
    SessionRow.address,
    SessionRow.ended_at,
)
_START = insert(SessionRow)
_BY_SECRET = select(*SESSION_COLUMNS).where(SessionRow.secret_digest == bindparam("digest"))
_GET = select(*SESSION_COLUMNS).where(SessionRow.id == bindparam("id"))
_OF = (
    select(*SESSION_COLUMNS)
    .where(SessionRow.account_id == bindparam("account_id"))
    .order_by(desc(SessionRow.created_at))
    .limit(bindparam("most"))
)
_HOLD = (
    select(SessionRow.id)
    .where(SessionRow.id == bindparam("id"), SessionRow.ended_at.is_(None))
    .with_for_update(key_share=True)
)
_TOUCH = update(SessionRow).where(SessionRow.id == bindparam("which")).values(seen_at=bindparam("at"))
_RENEW = (
    update(SessionRow)
    .where(SessionRow.id == bindparam("which"), SessionRow.ended_at.is_(None))
    .values(
        amr=bindparam("methods"), auth_time=bindparam("at"), seen_at=bindparam("at"), secret_digest=bindparam("digest")
    )
)
_END = (
    update(SessionRow)
    .where(SessionRow.id == bindparam("which"), SessionRow.ended_at.is_(None))
    .values(ended_at=bindparam("at"))
)
_END_ALL = (
    update(SessionRow)
    .where(
        SessionRow.account_id == bindparam("whose"), SessionRow.ended_at.is_(None), SessionRow.id != bindparam("but")
    )
    .values(ended_at=bindparam("at"))
    .returning(*SESSION_COLUMNS)
)
_FORGET = update(SessionRow).where(SessionRow.account_id == bindparam("whose")).values(browser="", address="")


def session_of(row: Row[Any]) -> Session:
    """Make the domain's value of a row that has ``SESSION_COLUMNS``."""
    return Session(
        id=row.id,
        account_id=row.account_id,
        amr=tuple(row.amr),
        auth_time=row.auth_time,
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        idle_seconds=row.idle_seconds,
        shared_computer=row.shared_computer,
        browser=row.browser,
        address=row.address,
        ended_at=row.ended_at,
    )


@dataclass(frozen=True, slots=True)
class Sessions:
    database: Database

    def start(self, session: Session, secret_digest: str) -> None:
        self.database.run(
            _START,
            {
                "id": session.id,
                "secret_digest": secret_digest,
                "account_id": session.account_id,
                "amr": list(session.amr),
                "auth_time": session.auth_time,
                "created_at": session.created_at,
                "seen_at": session.seen_at,
                "expires_at": session.expires_at,
                "idle_seconds": session.idle_seconds,
                "shared_computer": session.shared_computer,
                "browser": session.browser,
                "address": session.address,
                "ended_at": None,
            },
        )

    def by_secret(self, secret_digest: str) -> Session | None:
        """Return the session, live or not, whose browser secret has this digest."""
        row = self.database.row(_BY_SECRET, {"digest": secret_digest})
        return session_of(row) if row else None

    def get(self, session_id: str) -> Session | None:
        row = self.database.row(_GET, {"id": session_id})
        return session_of(row) if row else None

    def hold(self, session_id: str) -> bool:
        """Inside ``together``: keep the session from ending until that is over; False if it has ended."""
        return self.database.row(_HOLD, {"id": session_id}) is not None

    def of(self, account_id: str, most: int = 50) -> list[Session]:
        """Return the newest sessions of an account, ended ones too."""
        return [session_of(row) for row in self.database.rows(_OF, {"account_id": account_id, "most": most})]

    def touch(self, session_id: str, at: datetime) -> None:
        self.database.run(_TOUCH, {"which": session_id, "at": at})

    def reauthenticated(self, session_id: str, amr: tuple[str, ...], at: datetime, secret_digest: str) -> bool:
        """The person authenticated again: ``auth_time`` moves and the browser gets a new secret; the old is dead."""
        values = {"which": session_id, "methods": list(amr), "at": at, "digest": secret_digest}
        return self.database.run(_RENEW, values) == 1

    def end(self, session_id: str, at: datetime) -> bool:
        """End a session; True if this call did it."""
        return self.database.run(_END, {"which": session_id, "at": at}) == 1

    def end_all(self, account_id: str, at: datetime, but: str = "") -> list[Session]:
        """End every session of an account but one; return those that this call ended."""
        rows = self.database.rows(_END_ALL, {"whose": account_id, "at": at, "but": but})
        return [session_of(row) for row in rows]

    def forget(self, account_id: str) -> None:
        """Blank what a closed account's sessions knew of browser and place."""
        self.database.run(_FORGET, {"whose": account_id})
