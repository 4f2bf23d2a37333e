"""Everything of a closed account but its tombstone goes (TRM-04): the one list of where personal data stand."""

from dataclasses import dataclass

from idp.store.consents import Consents
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


@dataclass(frozen=True, slots=True)
class Erase:
    """Called inside the transaction that closes the account, or that replays its closing after a restore."""

    sessions: Sessions
    grants: Grants
    evidence: EvidenceStore
    personal_data: PersonalData
    questions: Questions
    consents: Consents
    sharings: Sharings
    step_ups: StepUps
    notices: Notices
    outbox: Outbox
    registrations: Registrations
    journal: Journal

    def __call__(self, account_id: str) -> None:
        self.questions.drop_of(account_id)
        self.personal_data.drop_of(account_id)
        self.grants.forget_wishes(account_id)
        self.evidence.drop_of(account_id)
        self.consents.drop_of(account_id)
        self.sharings.drop_of(account_id)
        self.step_ups.drop_of(account_id)
        self.notices.drop_of(account_id)
        self.outbox.drop_of(account_id)
        self.registrations.drop_of(account_id)
        self.sessions.forget(account_id)
        self.journal.forget_places(account_id)
