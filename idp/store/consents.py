"""Consents to the use of contacts: every word given or taken back stays, dated; the latest counts (SIM-11)."""

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select

from idp.accounts.consent import Consent, ConsentKind
from idp.kernel.ids import new_id
from idp.store.database import Database
from idp.store.tables.accounts import ConsentRow

_ADD = insert(ConsentRow)
_OF = (
    select(ConsentRow.kind, ConsentRow.given, ConsentRow.at, ConsentRow.text_version)
    .where(ConsentRow.account_id == bindparam("account_id"))
    .order_by(ConsentRow.at, ConsentRow.id)
)
_DROP_OF = delete(ConsentRow).where(ConsentRow.account_id == bindparam("whose"))


@dataclass(frozen=True, slots=True)
class Consents:
    database: Database

    def add(self, account_id: str, consent: Consent) -> None:
        self.database.run(
            _ADD,
            {
                "id": new_id(),
                "account_id": account_id,
                "kind": consent.kind.value,
                "given": consent.given,
                "text_version": consent.text_version,
                "at": consent.at,
            },
        )

    def history(self, account_id: str) -> list[Consent]:
        """Return every word, oldest first."""
        rows = self.database.rows(_OF, {"account_id": account_id})
        return [Consent(ConsentKind(row.kind), row.given, row.at, row.text_version) for row in rows]

    def latest(self, account_id: str) -> dict[ConsentKind, Consent]:
        """Return what counts now; a kind that was never spoken of is missing."""
        return {consent.kind: consent for consent in self.history(account_id)}

    def drop_of(self, account_id: str) -> None:
        self.database.run(_DROP_OF, {"whose": account_id})
