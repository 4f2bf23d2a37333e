"""The applications of the city, as data: the portals, the service client, the resource server."""

from dataclasses import dataclass
from typing import Any

from demo.place import Place, Spot
from demo.words import WORDS

_WITH_PERSON = ["authorization_code", "refresh_token"]


@dataclass(frozen=True, slots=True)
class Portal:
    """One relying party. ``page`` is the page that asks a binding ``page_acr``; front pages ask for no level.

    ``records_page`` shows what the resource server tells of the person: that server says itself which level it needs.
    """

    client_id: str
    spot: Spot
    auth_method: str
    scope: str = "openid profile email phone"
    page: str = ""
    page_acr: str = ""
    records_page: str = ""
    first_party: bool = True
    id_token_alg: str = "RS256"
    subject_type: str = "public"


PORTALS = (
    Portal("services", Spot.SERVICES, "client_secret_basic", page="/business", page_acr="legal-entity"),
    Portal(
        "parking",
        Spot.PARKING,
        "client_secret_post",
        page="/permit",
        page_acr="standard",
        records_page="/permits",
    ),
    Portal("avtokod", Spot.AVTOKOD, "private_key_jwt", page="/vehicle", page_acr="full", id_token_alg="ES256"),
    Portal("our-city", Spot.OUR_CITY, "none", first_party=False, subject_type="pairwise"),
)
#: Speaks for itself, at night, to the resource server.
SERVICE = "nightly-check"
#: The resource server: it introspects what it is shown.
RECORDS = "permit-records"
#: The algorithm of the assertions by which Avtokod proves itself.
ASSERTION_ALG = "ES256"


def documents(place: Place) -> dict[str, dict[str, Any]]:
    """Return the registration of every application, as RFC 7591 and the provider's own members name things."""
    found = {portal.client_id: portal_document(portal, place) for portal in PORTALS}
    records = place.address(Spot.RECORDS)
    machine = {"grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_basic"}
    found[SERVICE] = {**_names(SERVICE), **machine, "permitted_resources": [records], "client_uri": records}
    found[RECORDS] = {**_names(RECORDS), **machine, "resource_uris": [records], "client_uri": records}
    return found


def portal_document(portal: Portal, place: Place) -> dict[str, Any]:
    """Return a portal's registration. Back-channel logout goes to loopback, which needs no name to resolve."""
    address = place.address(portal.spot)
    document: dict[str, Any] = {
        **_names(portal.client_id),
        "client_uri": address + "/",
        "redirect_uris": [address + "/callback"],
        "post_logout_redirect_uris": [address + "/signed-out"],
        "initiate_login_uri": address + "/initiate",
        "backchannel_logout_uri": place.near(portal.spot) + "/backchannel-logout",
        "backchannel_logout_session_required": True,
        "grant_types": list(_WITH_PERSON),
        "response_types": ["code"],
        "scope": portal.scope,
        "token_endpoint_auth_method": portal.auth_method,
        "id_token_signed_response_alg": portal.id_token_alg,
        "subject_type": portal.subject_type,
        "first_party": portal.first_party,
    }
    if portal.records_page:
        document["permitted_resources"] = [place.address(Spot.RECORDS)]
    if portal.auth_method == "private_key_jwt":
        document["token_endpoint_auth_signing_alg"] = ASSERTION_ALG
    if not portal.first_party:
        scopes = [scope for scope in portal.scope.split() if scope != "openid"]
        document["scope_purposes"] = {
            scope: {locale: words(f"{portal.client_id}.purpose.{scope}") for locale, words in WORDS.items()}
            for scope in scopes
        }
    return document


def _names(client_id: str) -> dict[str, str]:
    name = f"{client_id}.name"
    return {"client_name": WORDS["ru"](name), **{f"client_name#{key}": words(name) for key, words in WORDS.items()}}
