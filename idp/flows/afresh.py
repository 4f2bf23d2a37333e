"""Look at a grant as of now, and end one whose binding level is lost: it must not come back with the level."""

from datetime import datetime

from idp.protocol.grant import LiveGrant
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
