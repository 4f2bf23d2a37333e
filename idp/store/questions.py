"""Questions to registries: one open at a time of each person, taken by a lease, closed once."""

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, desc, func, insert, select, update

from idp.assurance.registries.question import Outcome, Question
from idp.assurance.registries.registry import Person
from idp.kernel.refusal import Refused
from idp.keys.data_keys import DataKeys, Sealed
from idp.store.database import Database
from idp.store.tables.assurance import RegistryQuestionRow as Asked

logger = logging.getLogger(__name__)

_COLUMNS = (
    Asked.id,
    Asked.account_id,
    Asked.asked_of,
    Asked.request_id,
    Asked.key_id,
    Asked.sealed,
    Asked.ticket,
    Asked.verdict,
    Asked.reference,
    Asked.attempts,
    Asked.failing_since,
    Asked.asked_at,
    Asked.due_at,
    Asked.closed_at,
)
_OPEN = insert(Asked)
_LATEST = (
    select(*_COLUMNS)
    .where(Asked.account_id == bindparam("whose"), Asked.asked_of == bindparam("of"))
    .order_by(desc(Asked.asked_at), desc(Asked.id))
    .limit(1)
)
_PRESENT = select(*_COLUMNS).where(
    Asked.account_id == bindparam("whose"), Asked.asked_of == bindparam("of"), Asked.closed_at.is_(None)
)
_HISTORY = select(*_COLUMNS).where(Asked.account_id == bindparam("whose")).order_by(Asked.asked_at)
_BY_REQUEST = select(*_COLUMNS).where(Asked.request_id == bindparam("request"))
# PostgreSQL passes over rows that another job is just taking; SQLite has one writer at a time.
_IS_DUE = (Asked.closed_at.is_(None), Asked.due_at <= bindparam("at"))
_DUE = (
    update(Asked)
    .where(
        Asked.id.in_(
            select(Asked.id)
            .where(*_IS_DUE)
            .order_by(Asked.due_at)
            .limit(bindparam("most"))
            .with_for_update(skip_locked=True)
        ),
        *_IS_DUE,
    )
    .values(due_at=bindparam("until"), attempts=Asked.attempts + 1)
    .returning(*_COLUMNS)
)
_WAIT = (
    update(Asked)
    .where(Asked.id == bindparam("which"), Asked.closed_at.is_(None))
    .values(ticket=bindparam("by"), due_at=bindparam("next"), failing_since=bindparam("failing"))
)
_CLOSE = (
    update(Asked)
    .where(Asked.id == bindparam("which"), Asked.closed_at.is_(None))
    .values(
        verdict=bindparam("outcome"), reference=bindparam("number"), closed_at=bindparam("at"), sealed="", key_id=""
    )
)
_WITHDRAW = (
    update(Asked)
    .where(Asked.account_id == bindparam("whose"), Asked.asked_of == bindparam("of"), Asked.closed_at.is_(None))
    .values(verdict=Outcome.WITHDRAWN.value, closed_at=bindparam("at"), sealed="", key_id="")
)
_DROP_OF = delete(Asked).where(Asked.account_id == bindparam("whose"))
_UNDER_OTHERS = (
    select(Asked.id, Asked.key_id, Asked.sealed)
    .where(Asked.key_id != bindparam("newest"), Asked.key_id != "")
    .limit(bindparam("most"))
)
_RESEAL = (
    update(Asked)
    .where(Asked.id == bindparam("which"), Asked.sealed == bindparam("before"))
    .values(key_id=bindparam("key"), sealed=bindparam("text"))
)
_COUNT = select(Asked.key_id, func.count().label("number")).where(Asked.key_id != "").group_by(Asked.key_id)
_WAITING = select(func.count()).select_from(Asked).where(Asked.closed_at.is_(None))


@dataclass(frozen=True, slots=True)
class Questions:
    database: Database
    keys: DataKeys

    def open(self, question: Question) -> None:
        """Keep a new question; ``Conflict`` if the person has one open."""
        assert question.person is not None
        sealed = self.keys.seal(json.dumps(question.person.kept()).encode(), _place(question.id))
        self.database.run(
            _OPEN,
            {
                "id": question.id,
                "account_id": question.account_id,
                "asked_of": question.asked_of,
                "request_id": question.request_id,
                "key_id": sealed.key_id,
                "sealed": sealed.text,
                "ticket": "",
                "verdict": "",
                "reference": "",
                "attempts": 0,
                "failing_since": None,
                "asked_at": question.asked_at,
                "due_at": question.due_at,
                "closed_at": None,
            },
        )

    def present(self, account_id: str, asked_of: str) -> Question | None:
        """Return the open question of this person."""
        return self._one(_PRESENT, {"whose": account_id, "of": asked_of})

    def latest(self, account_id: str, asked_of: str) -> Question | None:
        """Return the newest question of this person, closed or not."""
        return self._one(_LATEST, {"whose": account_id, "of": asked_of})

    def history(self, account_id: str) -> list[Question]:
        """Return every question about this person, oldest first."""
        return [self._question(row) for row in self.database.rows(_HISTORY, {"whose": account_id})]

    def by_request(self, request_id: str) -> Question | None:
        return self._one(_BY_REQUEST, {"request": request_id})

    def due(self, at: datetime, most: int, lease: timedelta) -> list[Question]:
        """Take questions that are due, by one statement; nobody else gets them while the lease lasts.

        One that can't be opened comes without its person, so that it holds up none of the others.
        """
        rows = self.database.rows(_DUE, {"at": at, "until": at + lease, "most": most})
        return [self._question(row, or_nobody=True) for row in rows]

    def wait(self, question: Question) -> bool:
        """Keep when to look after it again, by which ticket, and since when the registry fails."""
        values = {"which": question.id, "by": question.ticket, "next": question.due_at}
        return self.database.run(_WAIT, {**values, "failing": question.failing_since}) == 1

    def close(self, question_id: str, outcome: Outcome, reference: str, at: datetime) -> bool:
        """Close it and forget what was asked about; return whether it was this call that did."""
        values = {"which": question_id, "outcome": outcome.value, "number": reference, "at": at}
        return self.database.run(_CLOSE, values) == 1

    def withdraw(self, account_id: str, asked_of: str, at: datetime) -> bool:
        """Close whatever is open of this person: what was asked about has changed."""
        return self.database.run(_WITHDRAW, {"whose": account_id, "of": asked_of, "at": at}) == 1

    def drop_of(self, account_id: str) -> None:
        self.database.run(_DROP_OF, {"whose": account_id})

    def waiting(self) -> int:
        """Return how many are open."""
        return int(self.database.rows(_WAITING)[0][0])

    def reseal(self, most: int) -> int:
        """Seal up to so many texts anew that older keys sealed; return how many."""
        rows = self.database.rows(_UNDER_OTHERS, {"newest": self.keys.current, "most": most})
        for row in rows:
            place = _place(row.id)
            sealed = self.keys.seal(self.keys.open(Sealed(row.key_id, row.sealed), place), place)
            values = {"which": row.id, "before": row.sealed, "key": sealed.key_id, "text": sealed.text}
            self.database.run(_RESEAL, values)
        return len(rows)

    def by_key(self) -> dict[str, int]:
        """Return how many texts each key seals."""
        return {row.key_id: row.number for row in self.database.rows(_COUNT)}

    def _one(self, statement: Any, values: dict[str, Any]) -> Question | None:
        row = self.database.row(statement, values)
        return self._question(row) if row is not None else None

    def _question(self, row: Row[Any], or_nobody: bool = False) -> Question:
        person = None
        if row.closed_at is None:
            try:
                person = Person.from_kept(json.loads(self.keys.open(Sealed(row.key_id, row.sealed), _place(row.id))))
            except Refused as refused:
                if not or_nobody:
                    raise
                logger.warning("the question %s can't be opened: %s", row.id, refused.code)
        return Question(
            id=row.id,
            account_id=row.account_id,
            asked_of=row.asked_of,
            request_id=row.request_id,
            asked_at=row.asked_at,
            due_at=row.due_at,
            person=person,
            ticket=row.ticket,
            outcome=Outcome(row.verdict) if row.verdict else None,
            reference=row.reference,
            attempts=row.attempts,
            failing_since=row.failing_since,
            closed_at=row.closed_at,
        )


def _place(question_id: str) -> str:
    return f"registry_questions.sealed:{question_id}"
