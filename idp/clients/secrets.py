"""Client secrets: 256 random bits, shown once, kept as SHA-256, compared in constant time."""

from idp.clients.client import Client
from idp.kernel.ids import digest, new_secret, same

SECRET_METHODS = frozenset({"client_secret_basic", "client_secret_post"})
#: What an unknown client's secret is compared with, so that it takes as long as a wrong one.
_NOBODY = digest(new_secret())


def make_secret() -> tuple[str, str]:
    """Return a new secret and the digest to keep."""
    secret = new_secret()
    return secret, digest(secret)


def has_secret(client: Client | None, secret: str) -> bool:
    """Tell whether this is the client's secret; a client without one has none that fits."""
    kept = client.secret_digest if client is not None and client.secret_digest else _NOBODY
    return same(digest(secret), kept) and kept is not _NOBODY
