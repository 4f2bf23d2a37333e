"""Identifiers, secrets and their digests. Randomness comes from the operating system only."""

import hashlib
import hmac
import secrets

#: Thirty-two of them, so that every octet picks one and all are as likely.
_CASE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def new_id() -> str:
    """Return a public identifier: 128 random bits, URL-safe, 22 characters."""
    return secrets.token_urlsafe(16)


def new_secret() -> str:
    """Return a bearer secret: 256 random bits, URL-safe, 43 characters."""
    return secrets.token_urlsafe(32)


def new_code(digits: int = 6) -> str:
    """Return a one-time code of decimal digits."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def new_case() -> str:
    """Return a code that an error page shows and a caller can spell over the phone, such as ``K7M-4QD``."""
    letters = "".join([_CASE_LETTERS[octet % 32] for octet in secrets.token_bytes(6)])
    return f"{letters[:3]}-{letters[3:]}"


def digest(secret: str) -> str:
    """Return the SHA-256 of a high-entropy secret, in hex. For passwords see ``accounts.password``."""
    return hashlib.sha256(secret.encode()).hexdigest()


def keyed_digest(key: bytes, *parts: str) -> str:
    """Return the HMAC-SHA-256 of the parts, in hex; parts are length-framed, so no two lists of them collide."""
    framed = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hmac.new(key, framed, hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare two secrets or digests in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
