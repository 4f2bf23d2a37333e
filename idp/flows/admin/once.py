"""A request with an idempotency key acts once: whoever sends it again gets the first answer again.

As draft-ietf-httpapi-idempotency-key-header-07 asks. What was done is kept for a day, in the transaction that does it,
so of two parallel requests one acts and both get its answer. Refusals aren't kept: they did nothing and may be mended.

An answer may hold a new secret, and secrets are kept as digests alone. So the secret of such a request isn't random: it
is the keyed digest of a nonce that is kept with the answer, by a key that stands in the keys' folder. The repeated
answer has the secret again, neither the database nor the key alone gives it, and with the nonce swept nothing does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from idp.clients.client import Client
from idp.clients.stored import from_metadata, metadata_of
from idp.flows.admin.registry import Registered, Registry
from idp.kernel.clock import Clock
from idp.kernel.ids import digest, keyed_digest, new_secret, same
from idp.kernel.refusal import Refused
from idp.store.repeats import Repeat, Repeats

_KEPT = timedelta(days=1)
_MOST_KEY = 255


@dataclass(frozen=True, slots=True)
class Once:
    """``key`` derives the secrets."""

    repeats: Repeats
    key: bytes
    now: Clock

    def __call__(
        self, registry: Registry, key: str, request: str, act: Callable[[Registry, str], Registered]
    ) -> Registered:
        """Do what the key's first request did. ``request`` stands for all that it asks; ``act`` takes the secret."""
        if not key or len(key) > _MOST_KEY or not (key.isascii() and key.isprintable()):
            raise Refused("api.idempotency_malformed", most=_MOST_KEY)
        key_digest, request_digest = keyed_digest(self.key, registry.actor, key), digest(request)
        earlier = self._earlier(key_digest, request_digest)
        if earlier is not None:
            return earlier
        nonce = new_secret()

        def remember(registered: Registered) -> None:
            at = self.now()
            self.repeats.add(key_digest, Repeat(request_digest, nonce, _kept(registered)), at, at + _KEPT)

        try:
            return act(replace(registry, remember=remember), self._secret(nonce))
        except Refused:
            # A parallel request of the same key may have been the one that acts.
            earlier = self._earlier(key_digest, request_digest)
            if earlier is None:
                raise
            return earlier

    def _earlier(self, key_digest: str, request_digest: str) -> Registered | None:
        repeat = self.repeats.get(key_digest, self.now())
        if repeat is None:
            return None
        if not same(repeat.request_digest, request_digest):
            raise Refused("api.idempotency_reused")
        registered = _read(repeat.outcome)
        return replace(registered, secret=self._secret(repeat.nonce)) if repeat.outcome["secret"] else registered

    def _secret(self, nonce: str) -> str:
        return keyed_digest(self.key, "client secret", nonce)


def _kept(registered: Registered) -> dict[str, Any]:
    client = registered.client
    return {
        "client_id": client.client_id,
        "metadata": metadata_of(client),
        "version": client.version,
        "created_at": _text(client.created_at),
        "disabled_at": _text(client.disabled_at),
        "secret": bool(registered.secret),
    }


def _read(outcome: Mapping[str, Any]) -> Registered:
    client: Client = from_metadata(
        outcome["client_id"],
        outcome["metadata"],
        version=outcome["version"],
        created_at=_moment(outcome["created_at"]),
        disabled_at=_moment(outcome["disabled_at"]),
    )
    return Registered(client)


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None
