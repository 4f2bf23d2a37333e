"""Claims about a person: each one a function of what we know, released by scope or asked for by name.

OpenID Connect Core 5.1, 5.4, 5.5; the scopes table of the requirements. A claim without a value is left out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from idp.accounts.account import Account
from idp.accounts.consent import Consent
from idp.accounts.contacts import Contact, ContactKind
from idp.assurance import verified_claims
from idp.clients.client import Client
from idp.protocol.grant import LiveGrant
from idp.protocol.scopes import CLAIMS_OF, OPENID, OPENID_AT_USERINFO, SCOPE_OF, VERIFIED_CLAIMS
from idp.protocol.situation import Situation


@dataclass(frozen=True, slots=True)
class Known:
    """Everything a claim may be made from; ``consents`` and ``snils`` are asked only when a claim needs them.
    ``trust_framework`` names the rules by which people are verified here."""

    sub: str
    live: LiveGrant
    situation: Situation
    consents: Callable[[str], Iterable[Consent]]
    snils: Callable[[], str | None]
    at: datetime
    trust_framework: str

    @property
    def account(self) -> Account:
        return self.live.account

    def contact(self, kind: ContactKind) -> Contact | None:
        """Return the contact on record; one flagged outdated is not released (FUL-13)."""
        return next((item for item in self.live.contacts if item.kind is kind and item.current), None)


def _email(known: Known) -> str | None:
    contact = known.contact(ContactKind.EMAIL)
    return contact.value if contact else None


def _phone(known: Known) -> str | None:
    contact = known.contact(ContactKind.PHONE)
    return contact.value if contact else None


def _consents(known: Known) -> dict[str, Any]:
    return {
        str(consent.kind): {"given": consent.given, "at": consent.at.astimezone(UTC).isoformat(timespec="seconds")}
        for consent in known.consents(known.account.id)
    }


def _channels(known: Known) -> list[str]:
    channels = ((ContactKind.EMAIL, "email"), (ContactKind.PHONE, "sms"))
    return [name for kind, name in channels if known.contact(kind) is not None]


def _sid(known: Known) -> str | None:
    return known.situation.session.id if known.situation.session is not None else None


#: Every claim there is, by its wire name.
CLAIMS: Mapping[str, Callable[[Known], Any]] = {
    "sub": lambda known: known.sub,
    "acr": lambda known: known.situation.acr,
    "amr": lambda known: list(known.situation.amr),
    "auth_time": lambda known: int(known.live.grant.auth_time.timestamp()),
    "access_level": lambda known: known.situation.level.value,
    "sid": _sid,
    "family_name": lambda known: known.account.name.family or None,
    "given_name": lambda known: known.account.name.given or None,
    "middle_name": lambda known: known.account.name.middle or None,
    "name": lambda known: known.account.name.full or None,
    "preferred_username": lambda known: known.account.login if known.account.login_chosen else None,
    "gender": lambda known: known.account.gender and known.account.gender.value,
    "birthdate": lambda known: known.account.birthdate and known.account.birthdate.isoformat(),
    "locale": lambda known: known.account.locale or None,
    "updated_at": lambda known: int(known.account.updated_at.timestamp()),
    "email": _email,
    "email_verified": lambda known: True if _email(known) else None,
    "phone_number": _phone,
    "phone_number_verified": lambda known: True if _phone(known) else None,
    "snils": lambda known: known.snils(),
    "snils_verified": lambda known: True if known.snils() else None,
    "consents": _consents,
    "notice_channels": _channels,
}


def at_userinfo(known: Known, client: Client, scope: Iterable[str]) -> dict[str, Any]:
    """Return what UserInfo tells: ``openid``'s three, the claims of the scopes, and those asked for by name."""
    names = dict.fromkeys(OPENID_AT_USERINFO)
    for item in scope:
        if item != OPENID:
            names |= dict.fromkeys(CLAIMS_OF.get(item, ()))
    return _told(known, names) | _asked(known, client, "userinfo")


def in_id_token(known: Known, client: Client) -> dict[str, Any]:
    """Return what the ID token tells of the person: ``openid``'s claims, and those asked for by name (Core 5.5)."""
    return _told(known, CLAIMS_OF[OPENID]) | _asked(known, client, "id_token")


def _told(known: Known, names: Iterable[str]) -> dict[str, Any]:
    told = {name: CLAIMS[name](known) for name in names}
    return {name: value for name, value in told.items() if value not in (None, [], {})}


def _asked(known: Known, client: Client, member: str) -> dict[str, Any]:
    """Return claims asked for by name that the client may have, but for those whose asked value isn't theirs."""
    requested = known.live.grant.claims_request.get(member) or {}
    allowed = {name: wish for name, wish in requested.items() if name in CLAIMS and may_have(client, name)}
    told = {name: value for name, value in _told(known, allowed).items() if _is_wanted(value, allowed[name])}
    wish = requested.get(VERIFIED_CLAIMS)
    verified = _verified(known, client, wish) if wish is not None else None
    return told if verified is None else {**told, VERIFIED_CLAIMS: verified}


def _verified(known: Known, client: Client, wish: Any) -> Any | None:
    """Return what answers a request for verified claims; inside it too, only claims that the client may have."""
    names = [name for name in verified_claims.asked_names(wish) if name in CLAIMS and may_have(client, name)]
    proofs = verified_claims.verifications(known.live.evidence, known.at, known.trust_framework)
    return verified_claims.answer(wish, proofs, _told(known, names), known.at) if proofs else None


def may_have(client: Client, claim: str) -> bool:
    """Tell whether the client is registered for the scope that the claim belongs to."""
    return SCOPE_OF[claim] == OPENID or SCOPE_OF[claim] in client.scope


def _is_wanted(value: Any, wish: Any) -> bool:
    if not isinstance(wish, dict):
        return True
    if "value" in wish:
        return bool(value == wish["value"])
    return not isinstance(wish.get("values"), list) or value in wish["values"]
