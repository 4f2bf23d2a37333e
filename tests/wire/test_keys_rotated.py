"""Keys are rotated under load: nothing is restarted, and no portal meets a token that it can't verify."""

import json
import urllib.request
from base64 import urlsafe_b64decode
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet

from tests.provider import Provider
from tests.wire.load import CALLERS, Portal, each


def key_of(token: str) -> str:
    return str(json.loads(urlsafe_b64decode(token.split(".")[0] + "=="))["kid"])


class Verifier:
    """A portal that keeps the key set, and reads it again when a token names a key that it doesn't hold."""

    def __init__(self, provider: Provider) -> None:
        self.address = f"{provider.address}/jwks"
        self.read()

    def read(self) -> None:
        with urllib.request.urlopen(self.address) as answer:
            self.keys = KeySet.import_key_set(json.load(answer))

    def claims(self, token: str) -> dict[str, Any]:
        if key_of(token) not in {key.kid for key in self.keys.keys}:
            self.read()
        return dict(jwt.decode(token, self.keys, algorithms=["RS256", "ES256"]).claims)


def test_a_rotation_refuses_no_token_and_needs_no_restart(provider: Provider, portal: Portal) -> None:
    keys, verifier = provider.flows.keys, Verifier(provider)
    tokens = [portal.exchange(portal.new_code(offline=True)).body for _ in range(CALLERS)]
    made = {alg: keys.rotate(alg, at_once=True).kid for alg in ("RS256", "ES256")}
    workers = provider.workers()

    def renew(token: str) -> tuple[str, set[str]]:
        """Renew until the new keys sign; return the last refresh token and every key that was met."""
        met: set[str] = set()
        while not set(made.values()) <= met:
            answer = portal.refresh(token)
            assert answer.status == 200
            token = answer.body["refresh_token"]
            for name in ("id_token", "access_token"):
                assert verifier.claims(answer.body[name])["iss"] == provider.issuer
                met.add(key_of(answer.body[name]))
            assert portal.active(answer.body["access_token"])
        return token, met

    told = each(renew, [token["refresh_token"] for token in tokens])

    # What the old keys signed is good until it expires.
    assert all(portal.active(token["access_token"]) for token in tokens)
    assert all(len(met) >= 3 for _, met in told)
    assert provider.workers() == workers
