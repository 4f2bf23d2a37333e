"""Makes the tokens: access tokens by RFC 9068, ID tokens by OpenID Connect Core 2. Writes nothing."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any

from idp.accounts.consent import Consent
from idp.clients.client import Client
from idp.kernel.clock import Clock
from idp.kernel.ids import new_id
from idp.keys.signer import Signer
from idp.protocol.claims import Known, in_id_token
from idp.protocol.grant import LiveGrant
from idp.protocol.scopes import OPENID, join
from idp.protocol.situation import Situation
from idp.protocol.subject import Subjects

ACCESS_TOKEN = "at+jwt"
ID_TOKEN = "JWT"
#: Core 3.1.3.6: the hash of the signature's algorithm; Ed25519 signs over SHA-512 (RFC 8032).
_HASHES: dict[str, Callable[[bytes], Any]] = {
    "ES256": hashlib.sha256,
    "RS256": hashlib.sha256,
    "EdDSA": hashlib.sha512,
}


@dataclass(frozen=True, slots=True)
class Issue:
    """``signer`` returns the current signer of an algorithm, ``snils`` the number that the fund matched, if it did."""

    issuer: str
    signer: Callable[[str], Signer]
    subjects: Subjects
    consents: Callable[[str], Iterable[Consent]]
    snils: Callable[[str], str | None]
    now: Clock
    access_alg: str
    id_alg: str
    access_seconds: int
    id_seconds: int
    trust_framework: str

    def for_person(
        self,
        client: Client,
        live: LiveGrant,
        present: Situation,
        scope: frozenset[str],
        resources: Sequence[str] = (),
        nonce: str = "",
    ) -> dict[str, Any]:
        """Return the token answer about a person; an ID token comes with the scope ``openid``."""
        at = self.now()
        sub = self.subjects.of(client, live.account.id)
        access_token = self._access_token(
            at,
            client,
            sub,
            scope,
            resources,
            {
                "acr": present.acr,
                "auth_time": int(live.grant.auth_time.timestamp()),
                "access_level": present.level.value,
                "gid": live.grant.id,
            },
        )
        answer = self._answer(access_token, scope)
        if OPENID in scope:
            known = self.known(sub, live, present, at)
            answer["id_token"] = self._id_token(at, client, known, access_token, nonce)
        return answer

    def for_client(self, client: Client, scope: frozenset[str], resources: Sequence[str] = ()) -> dict[str, Any]:
        """Return the token answer about the client itself: its ``sub`` is the client_id, no person stands in it."""
        access_token = self._access_token(self.now(), client, client.client_id, scope, resources, {})
        return self._answer(access_token, scope)

    def known(self, sub: str, live: LiveGrant, present: Situation, at: datetime) -> Known:
        """Gather what claims are made from; a sealed number is opened once, and only if a claim wants it."""
        snils = cache(partial(self.snils, live.account.id))
        return Known(sub, live, present, self.consents, snils, at, self.trust_framework)

    def userinfo(self, client: Client, claims: dict[str, Any]) -> str:
        """Return UserInfo as a signed JWT for a client that registered so (Core 5.3.2)."""
        signer = self.signer(client.userinfo_signed_response_alg)
        return signer.sign(
            {"typ": "JWT"}, {"iss": self.issuer, "aud": client.client_id, "iat": int(self.now().timestamp()), **claims}
        )

    def _access_token(
        self,
        at: datetime,
        client: Client,
        sub: str,
        scope: frozenset[str],
        resources: Sequence[str],
        person: dict[str, Any],
    ) -> str:
        issued = int(at.timestamp())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": sub,
            "aud": self.issuer if not resources else resources[0] if len(resources) == 1 else list(resources),
            "client_id": client.client_id,
            "iat": issued,
            "exp": issued + self.access_seconds,
            "jti": new_id(),
            **person,
        }
        if scope:
            claims["scope"] = join(scope)
        return self.signer(self.access_alg).sign({"typ": ACCESS_TOKEN}, claims)

    def _id_token(self, at: datetime, client: Client, known: Known, access_token: str, nonce: str) -> str:
        issued = int(at.timestamp())
        signer = self.signer(client.id_token_signed_response_alg or self.id_alg)
        claims = {
            **in_id_token(known, client),
            "iss": self.issuer,
            "aud": client.client_id,
            "iat": issued,
            "exp": issued + self.id_seconds,
            "at_hash": left_half(signer.alg, access_token),
        }
        if nonce:
            claims["nonce"] = nonce
        return signer.sign({"typ": ID_TOKEN}, claims)

    def _answer(self, access_token: str, scope: frozenset[str]) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": self.access_seconds,
        }
        if scope:
            answer["scope"] = join(scope)
        return answer


def left_half(alg: str, token: str) -> str:
    """Return ``at_hash``: the left half of the token's hash (Core 3.1.3.6)."""
    whole: bytes = _HASHES[alg](token.encode()).digest()
    return urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=").decode()
