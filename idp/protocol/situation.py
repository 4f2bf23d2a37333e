"""What a grant gives right now: level and methods looked at afresh at every issue (rule 8 of the acr table)."""

from dataclasses import dataclass
from datetime import datetime

from idp.accounts.session import Session
from idp.assurance import acr
from idp.assurance.levels import Level, standing_now
from idp.kernel.refusal import Refused
from idp.protocol.grant import LiveGrant


class Over(Refused):
    """The grant gives no token (any more). ``reason`` is an ``end_reason`` of the grants' table.

    ``lasting`` tells that it must be written down: a lost level could come back, the grant must not.
    """

    def __init__(self, reason: str, lasting: bool = False) -> None:
        super().__init__(f"grant.{reason}")
        self.reason = reason
        self.lasting = lasting


@dataclass(frozen=True, slots=True)
class Situation:
    """``acr`` answers what the grant was asked with, ``gives`` is all it could be; ``session`` only while it lives."""

    level: Level
    acr: str
    gives: tuple[str, ...]
    amr: tuple[str, ...]
    session: Session | None


def situation(live: LiveGrant, at: datetime, first_use: bool = False) -> Situation:
    """Look at the grant, its session, its account and its evidence; raise ``Over`` when there is nothing to give.

    ``first_use``: the first use of a code is answered even when a second one has already ended the grant; what it
    gets is dead on arrival.
    """
    grant = live.grant
    if grant.ended_at is not None and not (first_use and grant.end_reason == "replayed_code"):
        raise Over(grant.end_reason or "revoked")
    if grant.expires_at <= at:
        raise Over("expired")
    if live.account.closed_at is not None:
        raise Over("closed")
    session = live.session if live.session is not None and live.session.is_live(at) else None
    if session is None and not grant.offline:
        raise Over("signed_out")
    stands = standing_now(live.evidence, at)
    if stands is None:
        # Rule 10: without a level there is no token at all.
        raise Over("level_lost")
    gives = acr.session_gives(stands.level)
    answer = acr.answer(grant.acr_request, gives, stands.level.value)
    if answer is None:
        raise Over("level_lost", lasting=True)
    return Situation(stands.level, answer, gives, session.amr if session is not None else grant.amr, session)
