"""The provider's metadata: OpenID Connect Discovery 1.0 3 and RFC 8414, computed from the lists of the code."""

from collections.abc import Iterable
from typing import Any

from idp.assurance import verified_claims
from idp.protocol.claims import CLAIMS
from idp.protocol.client_authentication.assertion import ALGORITHMS
from idp.protocol.client_authentication.authenticate import METHODS
from idp.protocol.pkce import METHODS as CHALLENGE_METHODS
from idp.protocol.response_modes import ResponseMode
from idp.protocol.scopes import SUPPORTED, VERIFIED_CLAIMS

#: Member of the document to the path behind it, below the issuer.
ENDPOINTS = {
    "authorization_endpoint": "/authorize",
    "token_endpoint": "/token",
    "userinfo_endpoint": "/userinfo",
    "jwks_uri": "/jwks",
    "introspection_endpoint": "/introspect",
    "revocation_endpoint": "/revoke",
    "end_session_endpoint": "/end_session",
    "op_policy_uri": "/privacy",
    "op_tos_uri": "/agreement",
}
#: RS256 first: every client can verify it, and it is the default (Discovery 3).
SIGNING_ALGS = ("RS256", "ES256", "EdDSA")
PROMPTS = ("none", "login", "consent", "select_account", "create")


def document(
    issuer: str, grant_types: Iterable[str], acr_values: Iterable[str], trust_framework: str
) -> dict[str, Any]:
    """Return the whole document; every list in it is one that the code goes by."""
    confidential = [method for method in METHODS if method != "none"]
    return {
        "issuer": issuer,
        **{member: issuer + path for member, path in ENDPOINTS.items()},
        "scopes_supported": list(SUPPORTED),
        "response_types_supported": ["code"],
        "response_modes_supported": [mode.value for mode in ResponseMode],
        "grant_types_supported": list(grant_types),
        "acr_values_supported": list(acr_values),
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": list(SIGNING_ALGS),
        "userinfo_signing_alg_values_supported": list(SIGNING_ALGS),
        "token_endpoint_auth_methods_supported": list(METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": confidential,
        "introspection_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "revocation_endpoint_auth_methods_supported": list(METHODS),
        "revocation_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "code_challenge_methods_supported": list(CHALLENGE_METHODS),
        "claim_types_supported": ["normal"],
        "claims_supported": ["iss", "aud", "exp", "iat", "nonce", "at_hash", *CLAIMS, VERIFIED_CLAIMS],
        "ui_locales_supported": ["ru", "en"],
        "display_values_supported": ["page", "popup"],
        "prompt_values_supported": list(PROMPTS),
        "claims_parameter_supported": True,
        # OpenID Connect for Identity Assurance 1.0, 8.
        "verified_claims_supported": True,
        "trust_frameworks_supported": [trust_framework],
        "evidence_supported": list(verified_claims.EVIDENCE),
        "electronic_records_supported": list(verified_claims.ELECTRONIC_RECORDS),
        "claims_in_verified_claims_supported": list(verified_claims.CLAIMS),
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "require_request_uri_registration": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }
