"""The scopes that can be asked for today, and the claims each brings (the scopes table of the requirements).

A scope enters with the data it releases: discovery, consent and UserInfo all read this one table.
"""

from collections.abc import Iterable, Mapping

OPENID = "openid"
OFFLINE_ACCESS = "offline_access"

#: Scope to the claims it releases at UserInfo; those of ``openid`` stand in the ID token.
CLAIMS_OF: Mapping[str, tuple[str, ...]] = {
    OPENID: ("sub", "acr", "amr", "auth_time", "access_level", "sid"),
    "profile": (
        "family_name",
        "given_name",
        "middle_name",
        "name",
        "preferred_username",
        "gender",
        "birthdate",
        "locale",
        "updated_at",
    ),
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_number_verified"),
    "snils": ("snils", "snils_verified"),
    "consents": ("consents", "notice_channels"),
    OFFLINE_ACCESS: (),
}
SUPPORTED = tuple(CLAIMS_OF)
#: A service that is registered with it may administer clients by the API; it speaks of no person.
MANAGE_CLIENTS = "idp.clients"
#: What only administrators permit, and only to services: it isn't offered in discovery.
SERVICE = frozenset({MANAGE_CLIENTS})
#: Claims of ``openid`` that UserInfo tells too, as of now.
OPENID_AT_USERINFO = ("sub", "acr", "access_level")
SCOPE_OF: Mapping[str, str] = {claim: scope for scope, claims in CLAIMS_OF.items() for claim in claims}


#: Asked for by the ``claims`` parameter alone; what it holds is judged claim by claim (Identity Assurance 1.0).
VERIFIED_CLAIMS = "verified_claims"


def parse(text: str) -> frozenset[str]:
    """Return the scope values of a request; their order means nothing (RFC 6749 3.3)."""
    return frozenset(text.split())


def join(scopes: Iterable[str]) -> str:
    """Return scopes as one string, ours first in the order of the table."""
    known = [scope for scope in SUPPORTED if scope in set(scopes)]
    return " ".join(known + sorted(set(scopes) - set(known)))
