"""Look at a grant as of now, end one whose binding level is lost, and remember what its portal is told.

A grant that was ended for its level must not come back with it; who was told more hears when a level falls.
"""

from datetime import datetime

from idp.protocol.grant import Grant, LiveGrant
from idp.protocol.situation import Over, Situation, situation
from idp.store.grants import Grants


def afresh(grants: Grants, live: LiveGrant, at: datetime, first_use: bool = False) -> Situation:
    """Return what the grant gives now; raise ``Over``. Rule 8 of the acr table, the same at every issue and reading."""
    try:
        return situation(live, at, first_use)
    except Over as over:
        if over.lasting:
            grants.end(live.grant.id, over.reason, at)
        raise


def note_told(grants: Grants, grant: Grant, present: Situation) -> None:
    """Remember what the portal is told now: a statement only where that differs from what it was told last."""
    if (present.acr, present.level.value) != (grant.told_acr, grant.told_level):
        grants.tell(grant.id, present.acr, present.level.value)
