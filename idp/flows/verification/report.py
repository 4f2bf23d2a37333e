"""A person says that something about their level is wrong: journalled with a case number, told to the operator."""

import logging
from dataclasses import dataclass

from idp.accounts.account import Account
from idp.assurance.levels import standing_now
from idp.flows.account.notify import Notify
from idp.flows.account.post import Post
from idp.flows.limits import Throttle
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.kernel.ids import new_case
from idp.kernel.refusal import Refused
from idp.store.database import Database
from idp.store.evidence import EvidenceStore
from idp.store.journal import Journal

logger = logging.getLogger(__name__)
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class ReportLevel:
    """The person's words go to the operator's support by mail and nowhere else: the journal holds the case number.

    Without ``support`` in the settings the journal, and a line in the log, are what the operator learns it from.
    """

    evidence: EvidenceStore
    notify: Notify
    post: Post
    throttle: Throttle
    journal: Journal
    database: Database
    support: str
    now: Clock

    def __call__(self, account: Account, text: str) -> str:
        """Return the case number."""
        text = text.strip()
        if len(text) > _LONGEST:
            raise Refused("wrong.too_long")
        self.throttle.count("reports_a_day", account.id)
        case, stands = new_case(), standing_now(self.evidence.of(account.id), self.now())
        level = stands.level.value if stands else "none"
        with self.database.together():
            self.journal.record(Event("level.reported", account.id, account.id, details={"case": case, "level": level}))
            self.notify(account.id, "level_reported", {"case": case})
            if self.support:
                said = {"case": case, "account": account.id, "level": level, "text": text or "-"}
                self.post.letter(self.support, "ru", "level_report", said)
        logger.warning("case %s: a person reports their level as wrong", case)
        return case
