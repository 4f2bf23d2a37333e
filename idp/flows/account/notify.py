"""Tell a person what happened: in the notification centre always, and by every confirmed contact (D-06)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from idp.accounts.contacts import Contact, ContactKind
from idp.flows.account.post import Post
from idp.kernel.words import catalogues
from idp.store.accounts import Accounts
from idp.store.notices import Notices


@dataclass(frozen=True, slots=True)
class Notify:
    """Words stand under ``notice.<kind>.title``/``.text``, ``mail.<kind>.…`` and, where a text is worth it,
    ``sms.<kind>``. ``also`` are contacts that are told too although they no longer stand in the account."""

    accounts: Accounts
    notices: Notices
    post: Post

    def __call__(
        self, account_id: str, kind: str, params: dict[str, Any] | None = None, also: Iterable[Contact] = ()
    ) -> None:
        account = self.accounts.get(account_id)
        if account is None or account.closed_at is not None:
            return
        said = params or {}
        self.notices.add(account_id, kind, said)
        reached = {contact.value: contact for contact in self.accounts.contacts(account_id) if contact.current}
        reached |= {contact.value: contact for contact in also}
        for contact in reached.values():
            if contact.kind is ContactKind.EMAIL:
                self.post.letter(contact.value, account.locale, kind, {"name": account.name.given, **said}, account_id)
            elif catalogues()[account.locale].has(f"sms.{kind}"):
                self.post.text(contact.value, account.locale, kind, said, account_id)
