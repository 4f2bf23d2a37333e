"""Evidence of who somebody is: added and ended, never changed or removed while the account lives (GEN-14)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update

from idp.assurance.evidence import Ended, Evidence, Kind
from idp.kernel.ids import new_id
from idp.store.database import Database
from idp.store.tables.accounts import EvidenceRow

EVIDENCE_COLUMNS = (
    EvidenceRow.kind,
    EvidenceRow.reference,
    EvidenceRow.since,
    EvidenceRow.by,
    EvidenceRow.until,
    EvidenceRow.ended,
    EvidenceRow.source,
)
_ADD = insert(EvidenceRow)
_OF = select(*EVIDENCE_COLUMNS).where(EvidenceRow.account_id == bindparam("account_id")).order_by(EvidenceRow.since)
_END = (
    update(EvidenceRow)
    .where(
        EvidenceRow.account_id == bindparam("whose"),
        EvidenceRow.kind == bindparam("which"),
        or_(EvidenceRow.until.is_(None), EvidenceRow.until > bindparam("at")),
    )
    .values(until=bindparam("at"), ended=bindparam("because"))
)
_DROP_OF = delete(EvidenceRow).where(EvidenceRow.account_id == bindparam("whose"))


def evidence_of(row: Sequence[Any]) -> Evidence:
    """Make the domain's value of ``EVIDENCE_COLUMNS``."""
    kind, *rest = row
    return Evidence(Kind(kind), *rest)


@dataclass(frozen=True, slots=True)
class EvidenceStore:
    database: Database

    def add(self, account_id: str, evidence: Evidence) -> None:
        self.database.run(
            _ADD,
            {
                "id": new_id(),
                "account_id": account_id,
                "kind": evidence.kind.value,
                "reference": evidence.reference,
                "by": evidence.by,
                "since": evidence.since,
                "until": evidence.until,
                "ended": evidence.ended,
                "source": evidence.source,
            },
        )

    def of(self, account_id: str) -> list[Evidence]:
        """Return the whole history, oldest first."""
        return [evidence_of(row) for row in self.database.rows(_OF, {"account_id": account_id})]

    def end(self, account_id: str, kind: Kind, at: datetime, because: Ended = Ended.REPLACED) -> int:
        """End what is live of a kind; return how many."""
        values = {"whose": account_id, "which": kind.value, "at": at, "because": because.value}
        return self.database.run(_END, values)

    def drop_of(self, account_id: str) -> None:
        """Forget a closed account's evidence: its references are personal data (TRM-04)."""
        self.database.run(_DROP_OF, {"whose": account_id})
