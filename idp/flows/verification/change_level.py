"""A level rises or falls: evidence is added or ended, the journal says by which clause, the person is told.

Every change of an account that stands already goes through here, inside the caller's ``together``; so what must follow
from a fall has one place to follow from.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from idp.assurance.evidence import Ended, Evidence, Kind
from idp.assurance.levels import Level, standing_now
from idp.flows.account.notify import Notify
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.store.evidence import EvidenceStore
from idp.store.journal import Journal

#: By which clause each kind of evidence raises a level (decree 23-PP).
CLAUSES = {Kind.EMAIL: "app.1 cl.11", Kind.PENSION_FUND: "app.2 cl.9", Kind.VISIT: "app.3 cl.2.9"}
#: By which rule ended evidence lowers it.
_LOWERED_BY = {Ended.DATA_CHANGED: "Q-10", Ended.MISMATCH: "app.2 cl.8", Ended.REPLACED: ""}


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the person stood before and stands after."""

    before: Level | None
    after: Level | None

    @property
    def rose(self) -> bool:
        return _rank(self.after) > _rank(self.before)

    @property
    def fell(self) -> bool:
        return _rank(self.after) < _rank(self.before)


@dataclass(frozen=True, slots=True)
class ChangeLevel:
    evidence: EvidenceStore
    journal: Journal
    notify: Notify
    fell: Callable[[str, Level | None], None]
    now: Clock

    def add(self, account_id: str, added: Evidence) -> Moved:
        """Add evidence. What the person is told of it is the caller's to say: it knows what they did."""
        known = self.evidence.of(account_id)
        moved = Moved(self._level(known), self._level([*known, added]))
        self.evidence.add(account_id, added)
        if moved.rose:
            assert moved.after is not None
            self._record("level.granted", account_id, added.by, moved, clause=CLAUSES[added.kind])
        return moved

    def end(self, account_id: str, kind: Kind, because: Ended, by: str = "system", fields: Iterable[str] = ()) -> Moved:
        """End what is live of a kind, and tell the person what that cost; nothing live is no change."""
        before = self._level(self.evidence.of(account_id))
        self.evidence.end(account_id, kind, self.now(), because)
        moved = Moved(before, self._level(self.evidence.of(account_id)))
        if moved.fell:
            details: dict[str, Any] = {"clause": _LOWERED_BY[because], "because": because.value}
            if fields:
                details["fields"] = list(fields)
            self._record("level.lowered", account_id, by, moved, **details)
            self.notify(account_id, "level_lowered")
            self.fell(account_id, moved.after)
        return moved

    def _level(self, known: Iterable[Evidence]) -> Level | None:
        stands = standing_now(known, self.now())
        return stands.level if stands else None

    def _record(self, kind: str, account_id: str, by: str, moved: Moved, **details: Any) -> None:
        level = moved.after.value if moved.after else ""
        self.journal.record(Event(kind, account_id, by, details={"level": level, **details}))


def _rank(level: Level | None) -> int:
    return -1 if level is None else level.rank
