"""Letters and texts: composed in the person's language and put into the outbox."""

from dataclasses import dataclass
from typing import Any

from idp.kernel.words import NO_BREAK, catalogues
from idp.store.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Post:
    """Words stand under ``mail.<kind>.subject`` and ``.text`` and under ``sms.<kind>``. ``sendable`` False does the
    same work and sends nothing: for callers whose time must not tell whether there is somebody to write to.
    ``reference`` is what ``Outbox.passage`` is asked by."""

    outbox: Outbox
    issuer: str

    def letter(
        self,
        to: str,
        locale: str,
        kind: str,
        params: dict[str, Any],
        account_id: str = "",
        sendable: bool = True,
        reference: str = "",
    ) -> None:
        words = catalogues()[locale]
        params = {"issuer": self.issuer, **params}
        text = words.plain(f"mail.{kind}.text", **params) + "\n\n" + words.plain("mail.signature", **params)
        payload = {"to": to, "subject": words.plain(f"mail.{kind}.subject", **params), "text": text}
        self.outbox.add("email", payload, account_id, sendable=sendable, reference=reference)

    def text(
        self,
        to: str,
        locale: str,
        kind: str,
        params: dict[str, Any],
        account_id: str = "",
        sendable: bool = True,
        reference: str = "",
    ) -> None:
        words = catalogues()[locale]
        text = words.plain(f"sms.{kind}", **params).replace(NO_BREAK, " ")
        self.outbox.add(
            "sms", {"to": to, "subject": "", "text": text}, account_id, sendable=sendable, reference=reference
        )
