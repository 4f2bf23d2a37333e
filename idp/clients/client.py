"""A registered client: metadata as RFC 7591 and OpenID Connect Registration name it, and what we add."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Client:
    """Immutable, so that it can be cached. Names are the wire names; ours: ``minimum_acr``, ``scope_purposes``
    (scope to why the portal wants it, by locale), ``first_party``, ``owner`` (the department or firm that answers for
    it), ``resource_uris`` (the resources this client is, RFC 8707), ``permitted_resources`` (those it may ask tokens
    for), ``pkce_required``, ``permitted_scopes`` is ``scope``. ``secret_digest`` is the SHA-256 of a 256-bit secret.
    """

    client_id: str
    client_name: str
    redirect_uris: tuple[str, ...] = ()
    grant_types: frozenset[str] = frozenset({"authorization_code"})
    response_types: frozenset[str] = frozenset({"code"})
    token_endpoint_auth_method: str = "client_secret_basic"
    token_endpoint_auth_signing_alg: str = ""
    secret_digest: str = ""
    jwks: dict[str, Any] = field(default_factory=dict, hash=False)
    scope: frozenset[str] = frozenset({"openid"})
    application_type: str = "web"
    client_name_i18n: dict[str, str] = field(default_factory=dict, hash=False)
    client_uri: str = ""
    logo_uri: str = ""
    policy_uri: str = ""
    tos_uri: str = ""
    contacts: tuple[str, ...] = ()
    subject_type: str = "public"
    sector_identifier_uri: str = ""
    id_token_signed_response_alg: str = ""
    userinfo_signed_response_alg: str = ""
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    backchannel_logout_session_required: bool = False
    initiate_login_uri: str = ""
    default_max_age: int | None = None
    require_auth_time: bool = False
    default_acr_values: tuple[str, ...] = ()
    minimum_acr: str = ""
    scope_purposes: dict[str, dict[str, str]] = field(default_factory=dict, hash=False)
    first_party: bool = False
    owner: str = ""
    pkce_required: bool = True
    resource_uris: tuple[str, ...] = ()
    permitted_resources: tuple[str, ...] = ()
    disabled_at: datetime | None = None
    created_at: datetime | None = None
    version: int = 1

    def name(self, locale: str) -> str:
        return self.client_name_i18n.get(locale, self.client_name)

    @property
    def public(self) -> bool:
        return self.token_endpoint_auth_method == "none"
