"""A registration that waits for its e-mail: not yet an account, so it has no level and no session."""

from dataclasses import dataclass, field
from datetime import datetime

from idp.accounts.account import Name


@dataclass(frozen=True, slots=True)
class Registration:
    """What the form held, with the password hashed; ``account_id`` is set once it has become an account."""

    id: str
    email: str
    phone: str
    name: Name
    password_hash: str
    question: str
    answer_hash: str
    agreement_version: str
    locale: str
    created_at: datetime
    expires_at: datetime
    consents: dict[str, bool] = field(default_factory=dict)
    transaction_id: str = ""
    code_digest: str = ""
    code_expires_at: datetime | None = None
    code_tries: int = 0
    sent_at: datetime | None = None
    sends: int = 0
    taken_at: datetime | None = None
    account_id: str | None = None
