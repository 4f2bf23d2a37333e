"""Everything kept about a person, as one document (152-FZ article 14; SIM-24)."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from idp.accounts.account import Account
from idp.accounts.registration import Registration
from idp.assurance.identifiers import SNILS
from idp.assurance.registries.question import Question
from idp.flows.account.notify import Notify
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.store.accounts import Accounts
from idp.store.consents import Consents
from idp.store.database import Database
from idp.store.evidence import EvidenceStore
from idp.store.grants import Grants
from idp.store.journal import Journal
from idp.store.notices import Notices
from idp.store.outbox import Outbox
from idp.store.personal_data import PersonalData
from idp.store.questions import Questions
from idp.store.registrations import Registrations
from idp.store.sessions import Sessions
from idp.store.sharings import Sharings
from idp.store.step_ups import StepUps

_SECRET = frozenset({"password_hash", "answer_hash", "code_digest", "transaction_id"})
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Export:
    accounts: Accounts
    evidence: EvidenceStore
    personal_data: PersonalData
    questions: Questions
    consents: Consents
    sharings: Sharings
    step_ups: StepUps
    sessions: Sessions
    grants: Grants
    notices: Notices
    outbox: Outbox
    registrations: Registrations
    journal: Journal
    notify: Notify
    database: Database
    now: Clock

    def __call__(self, account: Account) -> dict[str, Any]:
        """Return a JSON document; secrets are left out, their existence is told."""
        version, agreed_at = self.accounts.agreement(account.id)
        document = {
            "made_at": self.now(),
            "account": {
                **_without_secrets(account),
                "password": "kept as a hash" if account.password_hash else "none",
                "agreement": {"version": version, "at": agreed_at},
            },
            "contacts": [asdict(item) for item in self.accounts.contacts(account.id)],
            "evidence": [asdict(item) for item in self.evidence.of(account.id)],
            "snils": self._snils(account.id),
            "questions_to_registries": [_without_secrets(item) for item in self.questions.history(account.id)],
            "consents": [asdict(item) for item in self.consents.history(account.id)],
            "sharings": [asdict(item) for item in self.sharings.of(account.id)],
            "waiting": [
                {"client_id": one.client_id, "since": one.started_at, "until": one.expires_at, "taken": one.taken_at}
                for one in self.step_ups.of(account.id)
            ],
            "sessions": [asdict(item) for item in self.sessions.of(account.id, _ALL)],
            "grants": [asdict(item) for item in self.grants.history(account.id)],
            "notices": [asdict(item) for item in self.notices.of(account.id, _ALL)],
            "messages": self.outbox.of(account.id),
            "registrations": [_without_secrets(item) for item in self.registrations.of(account.id)],
            "journal": [asdict(item) for item in self.journal.of(account.id, _ALL)],
        }
        with self.database.together():
            self.journal.record(Event("account.exported", account.id, account.id))
            self.notify(account.id, "account_exported")
        plain: dict[str, Any] = _plain(document)
        return plain

    def _snils(self, account_id: str) -> dict[str, Any] | None:
        kept = self.personal_data.of(account_id, SNILS)
        return {"number": kept.value, "matched": kept.held, "since": kept.since} if kept else None


def _without_secrets(kept: Account | Registration | Question) -> dict[str, Any]:
    return {name: value for name, value in asdict(kept).items() if name not in _SECRET}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, frozenset | set):
        return sorted(str(item) for item in value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
