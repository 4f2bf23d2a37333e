"""The floor in time that a restore of an old copy sets: what was given out before it counts for nothing any more."""

from datetime import datetime

from sqlalchemy import delete, update

from idp.store.database import Database
from idp.store.marks import Mark, Marks
from idp.store.outbox import LEDGER
from idp.store.tables.accounts import RegistrationRow, SessionRow
from idp.store.tables.administration import AdminTokenRow
from idp.store.tables.grants import GrantRow
from idp.store.tables.records import OutboxRow

RESTORED = "restored"
_GRANTS = update(GrantRow).where(GrantRow.ended_at.is_(None))
_SESSIONS = update(SessionRow).where(SessionRow.ended_at.is_(None))
_TOKENS = update(AdminTokenRow).where(AdminTokenRow.revoked_at.is_(None))
_REGISTRATIONS = delete(RegistrationRow).where(RegistrationRow.taken_at.is_(None))
_LETTERS = update(OutboxRow).where(OutboxRow.done_at.is_(None), OutboxRow.channel != LEDGER)


class Floor:
    """One for a process. A floor is set while nobody serves, so it is read once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._moment: float | None = None

    def moment(self) -> float:
        """Return the floor in seconds since the epoch; 0 where nothing was ever restored."""
        if self._moment is None:
            told = Marks(self._database).get(Mark.FLOOR)
            self._moment = datetime.fromisoformat(told).timestamp() if told else 0.0
        return self._moment

    def set(self, at: datetime, admin_tokens: bool) -> None:
        """End what an old copy brought back: it may have been ended, used or sent since the copy was made.

        Sessions and grants end, for each rotation of a refresh token ended the one before; registrations under way
        and what waits to be sent go, and so does the link that makes the first administrator: it may have been used.
        Administrators' tokens end unless a ledger tells which were revoked.
        """
        run = self._database.run
        with self._database.together():
            marks = Marks(self._database)
            marks.put(Mark.FLOOR, at.isoformat())
            marks.drop(Mark.FIRST_ADMIN)
            run(_GRANTS.values(ended_at=at, end_reason=RESTORED))
            run(_SESSIONS.values(ended_at=at))
            run(_REGISTRATIONS)
            run(_LETTERS.values(done_at=at, failed=True, last_error=RESTORED, payload={}))
            if admin_tokens:
                run(_TOKENS.values(revoked_at=at))
