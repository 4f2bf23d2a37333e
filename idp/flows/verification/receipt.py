"""A receipt of a person's level: what it rests on and how it came to be, signed, for anybody to verify later."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from idp.accounts.account import Account
from idp.assurance.evidence import Evidence
from idp.assurance.identifiers import SNILS, Snils
from idp.assurance.levels import standing_now
from idp.flows.verification.change_level import CLAUSES
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.keys.signer import Signer
from idp.store.evidence import EvidenceStore
from idp.store.journal import Journal
from idp.store.personal_data import PersonalData

#: The ``typ`` of the signature, so that no token of ours passes for a receipt, nor a receipt for a token.
TYPE = "level-receipt+jwt"
ALG = "EdDSA"


@dataclass(frozen=True, slots=True)
class MakeReceipt:
    """``docs/examples/verify_receipt.py`` verifies what this returns, offline, with the published keys beside it."""

    evidence: EvidenceStore
    personal_data: PersonalData
    journal: Journal
    signer: Callable[[str], Signer]
    published: Callable[[], dict[str, Any]]
    issuer: str
    now: Clock

    def __call__(self, account: Account) -> dict[str, Any]:
        at = self.now()
        history = self.evidence.of(account.id)
        stands, kept = standing_now(history, at), self.personal_data.of(account.id, SNILS)
        receipt: dict[str, Any] = {
            "iss": self.issuer,
            "sub": account.id,
            "iat": int(at.timestamp()),
            "name": account.name.full,
            "level": stands.level.value if stands else "none",
            "rests_on": _told(stands.evidence) if stands else None,
            "history": [_told(item) for item in history],
        }
        if kept is not None and kept.held:
            receipt["snils"] = Snils(kept.value).masked
        signature = self.signer(ALG).sign({"typ": TYPE}, receipt)
        self.journal.record(Event("level.receipt", account.id, account.id))
        return {"receipt": receipt, "signed": signature, "keys": self.published()}


def _told(item: Evidence) -> dict[str, Any]:
    return {
        "kind": item.kind.value,
        "source": item.source,
        "reference": item.reference,
        "by": item.by,
        "ground": f"23-PP {CLAUSES[item.kind]}",
        "from": _moment(item.since),
        "until": _moment(item.until),
        "ended": item.ended or None,
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
