"""Evidence of who somebody is: added and ended, never changed or removed while the account lives (GEN-14)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, or_, select, update

from idp.assurance.evidence import Evidence, Kind
from idp.kernel.ids import new_id
from idp.store.database import Database
from idp.store.tables.accounts import EvidenceRow

EVIDENCE_COLUMNS = (EvidenceRow.kind, EvidenceRow.reference, EvidenceRow.by, EvidenceRow.since, EvidenceRow.until)
_ADD = insert(EvidenceRow)
_OF = select(*EVIDENCE_COLUMNS).where(EvidenceRow.account_id == bindparam("account_id")).order_by(EvidenceRow.since)
_END = (
    update(EvidenceRow)
    .where(
        EvidenceRow.account_id == bindparam("whose"),
        EvidenceRow.kind == bindparam("which"),
        or_(EvidenceRow.until.is_(None), EvidenceRow.until > bindparam("at")),
    )
    .values(until=bindparam("at"))
)
_DROP_OF = delete(EvidenceRow).where(EvidenceRow.account_id == bindparam("whose"))


def evidence_of(row: Row[Any]) -> Evidence:
    """Make the domain's value of a row that has ``EVIDENCE_COLUMNS``."""
    return Evidence(Kind(row.kind), row.reference, row.since, row.by, row.until)


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
            },
        )

    def of(self, account_id: str) -> list[Evidence]:
        """Return the whole history, oldest first."""
        return [evidence_of(row) for row in self.database.rows(_OF, {"account_id": account_id})]

    def end(self, account_id: str, kind: Kind, at: datetime) -> int:
        """End what is live of a kind; return how many."""
        return self.database.run(_END, {"whose": account_id, "which": kind.value, "at": at})

    def drop_of(self, account_id: str) -> None:
        """Forget a closed account's evidence: its references are personal data (TRM-04)."""
        self.database.run(_DROP_OF, {"whose": account_id})
