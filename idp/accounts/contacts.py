"""E-mail addresses and phone numbers: how people write them, how they are kept, how they are shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from idp.kernel.refusal import Refused


class ContactKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact on record. An unconfirmed one is a wish: only a confirmed one is used for anything but confirming it.

    While a change is under way both stand: the old one confirmed, the new one not (SIM-28). ``undeliverable_at`` tells
    since when nothing arrives there, ``affirmed_at`` when the person last said that it still is theirs (D-07).
    """

    id: str
    account_id: str
    kind: ContactKind
    value: str
    confirmed_at: datetime | None = None
    outdated_at: datetime | None = None
    undeliverable_at: datetime | None = None
    affirmed_at: datetime | None = None

    @property
    def current(self) -> bool:
        return self.confirmed_at is not None and self.outdated_at is None

    @property
    def shown(self) -> str:
        """Return it as people write it."""
        return self.value if self.kind is ContactKind.EMAIL else show_phone(self.value)

    @property
    def masked(self) -> str:
        return mask_email(self.value) if self.kind is ContactKind.EMAIL else mask_phone(self.value)


def to_ask_about(contacts: Iterable[Contact], every: timedelta, at: datetime) -> list[Contact]:
    """Return the contacts about which the person is to be asked now: what can't be reached, else what nobody has spoken
    of for so long (D-07)."""
    current = [contact for contact in contacts if contact.current]
    lost = [contact for contact in current if contact.undeliverable_at is not None]
    old = [
        contact for contact in current if every and at - (contact.affirmed_at or contact.confirmed_at or at) >= every
    ]
    return lost or old


def parse_email(text: str) -> str:
    """Return the address as it is kept (domain and local part in lower case); raise ``Refused`` otherwise."""
    text = text.strip()
    if not text:
        raise Refused("email.missing")
    if "@" not in text:
        raise Refused("email.no_at")
    try:
        checked = validate_email(text, check_deliverability=False, test_environment=True, strict=True)
    except EmailNotValidError as error:
        raise Refused("email.malformed") from error
    return checked.normalized.lower()


def parse_phone(text: str) -> str:
    """Return a Russian mobile number as E.164 (``+79001234567``), from any way people write one."""
    digits = "".join(sign for sign in text if sign.isdigit())
    if not digits:
        raise Refused("phone.missing")
    if len(digits) == 11 and digits[0] in "78":
        digits = digits[1:]
    if len(digits) != 10:
        raise Refused("phone.length", count=len(digits))
    if digits[0] != "9":
        raise Refused("phone.not_mobile")
    number = phonenumbers.parse("+7" + digits)
    if not phonenumbers.is_possible_number(number):
        raise Refused("phone.malformed")
    return "+7" + digits


def show_phone(value: str) -> str:
    """Return ``+7 900 123-45-67``."""
    return f"{value[:2]} {value[2:5]} {value[5:8]}-{value[8:10]}-{value[10:]}"


def mask_phone(value: str) -> str:
    """Return ``+7 ••• •••-••-67``."""
    return f"{value[:2]} ••• •••-••-{value[-2:]}"


def mask_email(value: str) -> str:
    """Return ``a•••@example.ru``."""
    local, _, domain = value.rpartition("@")
    return f"{local[:1]}•••@{domain}"
