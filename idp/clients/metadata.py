"""Judges a client's metadata (RFC 7591, OpenID Connect Registration, logout, ours) whole: every fault at once.

Authlib's validators are each called for themselves, so that one fault doesn't hide the next; what they don't look at,
or let pass, follows. All is a function of the document and of what we offer.
"""

import re
from collections.abc import Mapping
from typing import Any

from authlib.oauth2 import rfc7591  # type: ignore[import-untyped]
from authlib.oauth2.rfc7591.claims import InvalidClaimError  # type: ignore[import-untyped]
from authlib.oidc import registration  # type: ignore[import-untyped]

from idp.clients.client import Client
from idp.clients.consistency import consistency_faults
from idp.clients.members import SHAPES, Shape, shape_fault
from idp.clients.offered import Offered
from idp.clients.stored import I18N, from_metadata
from idp.kernel.refusal import Fault, Faulty

#: Members of the specifications that would promise what we don't do: they are refused, not ignored.
NOT_OFFERED = frozenset(
    {
        "jwks_uri",
        "request_uris",
        "request_object_signing_alg",
        "request_object_encryption_alg",
        "request_object_encryption_enc",
        "id_token_encrypted_response_alg",
        "id_token_encrypted_response_enc",
        "userinfo_encrypted_response_alg",
        "userinfo_encrypted_response_enc",
        "frontchannel_logout_uri",
        "frontchannel_logout_session_required",
        "require_pushed_authorization_requests",
        "require_signed_request_object",
        "dpop_bound_access_tokens",
        "tls_client_certificate_bound_access_tokens",
        "authorization_signed_response_alg",
        "software_statement",
    }
)
#: Members that change nothing here.
IGNORED = frozenset({"software_id", "software_version", "client_id_issued_at", "client_secret_expires_at"})
CLIENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{2,63}")


def judge(client_id: str, document: Mapping[str, Any], offered: Offered) -> Client:
    """Return the client the document describes; raise ``Faulty`` with everything that is wrong."""
    faults = _shape_faults(client_id, document)
    sound = {name: value for name, value in document.items() if not any(fault.field == name for fault in faults)}
    told = {fault.field for fault in faults}
    faults += [fault for fault in consistency_faults(sound, offered) if fault.field not in told]
    # Ours say more exactly what is wrong; Authlib's stand where ours found nothing.
    told = {fault.field for fault in faults}
    faults += [fault for fault in _authlib_faults(sound) if fault.field not in told]
    if not CLIENT_ID.fullmatch(client_id):
        faults.append(Fault("client_id", "client.id_malformed"))
    if faults:
        raise Faulty(faults, "client.faulty")
    return from_metadata(client_id, _filled(sound))


def _shape_faults(client_id: str, document: Mapping[str, Any]) -> list[Fault]:
    faults = []
    for name, value in document.items():
        if name in NOT_OFFERED:
            faults.append(Fault(name, "client.not_offered"))
        elif name in ("client_secret", "secret_digest"):
            faults.append(Fault(name, "client.secret_is_made_here"))
        elif name == "client_id":
            if value != client_id:
                faults.append(Fault(name, "client.id_fixed"))
        elif name in IGNORED:
            continue
        else:
            shape = Shape.TEXT if name.startswith(I18N) else SHAPES.get(name)
            code = "client.unknown_member" if shape is None else shape_fault(shape, value)
            if code is not None:
                faults.append(Fault(name, code))
    if "client_name" not in document:
        faults.append(Fault("client_name", "client.name_missing"))
    return faults


def _authlib_faults(document: Mapping[str, Any]) -> list[Fault]:
    """Ask Authlib about each member alone. Its validators raise TypeError and the like for types they don't expect."""
    faults = []
    web = [uri for uri in document.get("redirect_uris", ()) if uri.startswith(("http:", "https:"))]
    for claims_of in (rfc7591.ClientMetadataClaims, registration.ClientMetadataClaims):
        # Private-use schemes of native apps (RFC 8252 7.1) have no host, which Authlib asks for.
        claims = claims_of({**document, "redirect_uris": web}, {})
        for name in claims_of.REGISTERED_CLAIMS:
            if name not in document:
                continue
            try:
                getattr(claims, f"validate_{name}")()
            except (InvalidClaimError, TypeError, ValueError, AttributeError, KeyError):
                faults.append(Fault(name, "client.malformed"))
    return faults


def _filled(document: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what isn't kept, and fill in what hangs on other members."""
    filled = {name: value for name, value in document.items() if name not in IGNORED and name != "client_id"}
    grant_types = filled.get("grant_types", ["authorization_code"])
    filled["response_types"] = ["code"] if "authorization_code" in grant_types else []
    if "authorization_code" not in grant_types:
        # A service has no person to identify.
        filled.setdefault("scope", "")
    return filled
