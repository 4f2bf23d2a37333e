"""What the members of a client's metadata must be, each and together: values offered, addresses, keys, sector."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from idp.clients.addresses import called_fault, page_fault, redirect_fault, resource_fault
from idp.clients.jwks import fits, jwks_fault
from idp.clients.offered import Offered
from idp.clients.stored import I18N
from idp.kernel.refusal import Fault

#: A resource server's own scopes are ours to pass on, not to know: they have two parts, as ``parking:read``.
RESOURCE_SCOPE = re.compile(r"[A-Za-z0-9_-]+[:.][A-Za-z0-9_.:-]+")
#: Scopes that begin so are the provider's own, whatever comes after: nobody's resource may take such a name.
RESERVED = "idp."
MOST_NAME = 200


def consistency_faults(document: Mapping[str, Any], offered: Offered) -> Iterator[Fault]:
    """Go over members whose types are right; a member that is wrong already is absent here."""
    yield from _names(document)
    yield from _addresses(document, offered)
    yield from _choices(document, offered)
    yield from _authentication(document, offered)
    yield from _grants(document)
    yield from _sector(document)


def _names(document: Mapping[str, Any]) -> Iterator[Fault]:
    for name, value in document.items():
        if (name in ("client_name", "owner") or name.startswith(I18N)) and len(value) > MOST_NAME:
            yield Fault(name, "client.name_too_long", {"most": MOST_NAME})
        if name.startswith(I18N) and name.removeprefix(I18N) not in ("ru", "en"):
            yield Fault(name, "client.unknown_locale")
    for scope in document.get("scope_purposes", {}):
        if scope not in document.get("scope", "openid").split():
            yield Fault("scope_purposes", "client.purpose_without_scope", {"scope": scope})


def _addresses(document: Mapping[str, Any], offered: Offered) -> Iterator[Fault]:
    native = document.get("application_type") == "native"
    for name in ("redirect_uris", "post_logout_redirect_uris"):
        yield from _each(name, document, lambda uri: redirect_fault(uri, native, offered.https))
    for name in ("client_uri", "logo_uri", "policy_uri", "tos_uri"):
        yield from _each(name, document, lambda uri: page_fault(uri, offered.https))
    for name in ("backchannel_logout_uri", "initiate_login_uri", "sector_identifier_uri"):
        yield from _each(name, document, lambda uri: called_fault(uri, offered.https, offered.internal_networks))
    for name in ("resource_uris", "permitted_resources"):
        yield from _each(name, document, resource_fault)


def _each(name: str, document: Mapping[str, Any], judge: Any) -> Iterator[Fault]:
    value = document.get(name, ())
    values = [value] if isinstance(value, str) else value
    for uri in values:
        code = judge(uri)
        if code is not None:
            yield Fault(name, code, {"value": uri})
    if len(set(values)) < len(values):
        yield Fault(name, "client.twice")


def choices(offered: Offered) -> dict[str, tuple[str, ...]]:
    """Return the members whose values are of a closed list, with the list."""
    return {
        "grant_types": tuple(sorted(offered.grant_types)),
        "response_types": ("code",),
        "token_endpoint_auth_method": tuple(sorted(offered.auth_methods)),
        "token_endpoint_auth_signing_alg": tuple(sorted(offered.assertion_algs)),
        "id_token_signed_response_alg": tuple(sorted(offered.signing_algs)),
        "userinfo_signed_response_alg": tuple(sorted(offered.signing_algs)),
        "application_type": ("native", "web"),
        "subject_type": ("pairwise", "public"),
        "default_acr_values": offered.acr_values,
        "minimum_acr": offered.acr_values,
    }


def _choices(document: Mapping[str, Any], offered: Offered) -> Iterator[Fault]:
    """Report values that we don't offer, with those that we do."""
    for name, known in choices(offered).items():
        value = document.get(name, ())
        for item in [value] if isinstance(value, str) else value:
            if item not in known:
                yield Fault(name, "client.choice", {"value": item, "known": ", ".join(sorted(known))})
    for scope in document.get("scope", "").split():
        if scope.startswith(RESERVED):
            if scope not in offered.service_scopes:
                yield Fault("scope", "client.scope_reserved", {"value": scope})
        elif scope not in offered.scopes and not RESOURCE_SCOPE.fullmatch(scope):
            yield Fault("scope", "client.choice", {"value": scope, "known": ", ".join(sorted(offered.scopes))})


def _authentication(document: Mapping[str, Any], offered: Offered) -> Iterator[Fault]:
    method = document.get("token_endpoint_auth_method", "client_secret_basic")
    if "jwks" in document:
        code = jwks_fault(document["jwks"])
        if code is not None:
            yield Fault("jwks", code)
            return
    alg = document.get("token_endpoint_auth_signing_alg")
    if method == "private_key_jwt" and "jwks" not in document:
        yield Fault("jwks", "client.jwks_missing")
    elif method == "private_key_jwt" and alg in offered.assertion_algs:
        if not any(fits(key, alg) for key in document["jwks"]["keys"]):
            yield Fault("jwks", "client.jwks_fits_not", {"alg": alg})
    elif method != "private_key_jwt" and alg is not None:
        yield Fault("token_endpoint_auth_signing_alg", "client.only_private_key_jwt")
    if method == "none" and document.get("pkce_required") is False:
        yield Fault("pkce_required", "client.public_needs_pkce")


def _grants(document: Mapping[str, Any]) -> Iterator[Fault]:
    grants = document.get("grant_types", ["authorization_code"])
    if not grants:
        yield Fault("grant_types", "client.no_grant")
    if "authorization_code" in grants and not document.get("redirect_uris"):
        yield Fault("redirect_uris", "client.redirect_missing")
    if "authorization_code" not in grants and document.get("response_types"):
        yield Fault("response_types", "client.response_without_grant")
    if "refresh_token" in grants and "authorization_code" not in grants:
        yield Fault("grant_types", "client.refresh_alone")
    if "client_credentials" in grants and document.get("token_endpoint_auth_method") == "none":
        yield Fault("grant_types", "client.public_credentials")
    scopes = document.get("scope", "").split()
    if "client_credentials" not in grants and any(scope.startswith(RESERVED) for scope in scopes):
        yield Fault("scope", "client.scope_of_services")
    if "offline_access" in scopes and "refresh_token" not in grants:
        yield Fault("scope", "client.offline_without_refresh")


def _sector(document: Mapping[str, Any]) -> Iterator[Fault]:
    """OpenID Connect Core 8.1: redirects on several hosts need a sector document."""
    if document.get("subject_type") != "pairwise" or "sector_identifier_uri" in document:
        return
    hosts = {_host(uri) for uri in document.get("redirect_uris", ())}
    if len(hosts) > 1:
        yield Fault("sector_identifier_uri", "client.sector_missing", {"hosts": ", ".join(sorted(hosts))})


def _host(uri: str) -> str:
    try:
        return urlsplit(uri).hostname or ""
    except ValueError:
        return ""
