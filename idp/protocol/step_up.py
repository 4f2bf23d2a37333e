"""A request that waits for a level: what is kept of it in the database while an answer or a visit is waited for."""

from dataclasses import dataclass
from datetime import datetime

from idp.assurance.acr import AcrRequest
from idp.protocol.requests import Form


@dataclass(frozen=True, slots=True)
class StepUp:
    """``id`` follows from the waiting request's own id and stands in links: it opens nothing by itself.

    ``browser`` is the digest of the mark of the browser that asked, ``started_at`` when the portal asked, ``told_at``
    when the person was told that it can go on, ``taken_at`` when it was: once.
    """

    id: str
    account_id: str
    client_id: str
    parameters: Form
    acr_request: AcrRequest
    browser: str
    started_at: datetime
    expires_at: datetime
    told_at: datetime | None = None
    taken_at: datetime | None = None
