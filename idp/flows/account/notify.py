"""Tell a person what happened: in the notification centre always, and by every confirmed contact (D-06)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from idp.accounts.account import Account
from idp.accounts.contacts import Contact, ContactKind
from idp.flows.account.post import Post
from idp.kernel.words import catalogues
from idp.store.accounts import Accounts
from idp.store.notices import Notices


@dataclass(frozen=True, slots=True)
class Notify:
    """Words stand under ``notice.<kind>.title``/``.text``, ``mail.<kind>.…`` and, where a text is worth it,
    ``sms.<kind>``."""

    accounts: Accounts
    notices: Notices
    post: Post

    def __call__(self, account_id: str, kind: str, params: dict[str, Any] | None = None) -> None:
        account = self.accounts.get(account_id)
        if account is None or account.closed_at is not None:
            return
        said = params or {}
        self.notices.add(account_id, kind, said)
        reached = [contact for contact in self.accounts.contacts(account_id) if contact.current]
        self.former(account, reached, kind, said)

    def former(self, account: Account, contacts: Iterable[Contact], kind: str, params: dict[str, Any]) -> None:
        """Write to these contacts alone: those that were in the account and must know that they no longer are."""
        for contact in contacts:
            if contact.kind is ContactKind.EMAIL:
                said = {"name": account.name.given, **params}
                self.post.letter(contact.value, account.locale, kind, said, account.id)
            elif catalogues()[account.locale].has(f"sms.{kind}"):
                self.post.text(contact.value, account.locale, kind, params, account.id)
