"""A sealed file: whole and in order for whoever has the key, refused by name otherwise."""

import io
import os
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from idp.kernel.refusal import Refused
from idp.keys.sealed import MAGIC, Holder, Lock, Opener, Passphrase, Recipient, Sealing, opened

PRIVATE = X25519PrivateKey.generate()
RECIPIENT, HOLDER = Recipient(PRIVATE.public_key()), Holder(PRIVATE)
WORDS = Passphrase(b"sirene and seven lanterns")
CONTENT = os.urandom(200_000)


def sealed(content: bytes, lock: Lock = RECIPIENT) -> bytes:
    into = io.BytesIO()
    sealing = Sealing(into, lock)
    for start in range(0, len(content), 7001):
        sealing.write(content[start : start + 7001])
    sealing.close()
    return into.getvalue()


def read(content: bytes, opener: Opener = HOLDER) -> bytes:
    return b"".join(opened(io.BytesIO(content), opener))


def chunks(content: bytes) -> tuple[bytes, list[bytes]]:
    """Take a sealed file apart: the head, and every chunk with its number and length."""
    start = content.index(b"\n", len(MAGIC)) + 1
    at, found = start, []
    while at < len(content):
        size = 12 + int.from_bytes(content[at + 8 : at + 12], "big") + 16
        found.append(content[at : at + size])
        at += size
    return content[:start], found


@pytest.mark.parametrize(("lock", "opener"), [(RECIPIENT, HOLDER), (WORDS, WORDS)])
@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 200_000])
def test_what_is_sealed_is_read_again(lock: Lock, opener: Opener, size: int) -> None:
    content = sealed(CONTENT[:size], lock)
    assert read(content, opener) == CONTENT[:size]
    assert CONTENT[:64] not in content or size < 64


def test_the_same_content_is_never_sealed_alike() -> None:
    assert sealed(CONTENT) != sealed(CONTENT)


@pytest.mark.parametrize(
    "opener", [Holder(X25519PrivateKey.generate()), WORDS], ids=["another key", "a passphrase for a key's file"]
)
def test_a_wrong_key_is_refused(opener: Opener) -> None:
    with pytest.raises(Refused, match=r"backup\.wrong_key"):
        read(sealed(CONTENT), opener)


def test_a_wrong_passphrase_is_refused() -> None:
    content = sealed(CONTENT, WORDS)
    for opener in (Passphrase(b"sirene and seven lantern"), HOLDER):
        with pytest.raises(Refused, match=r"backup\.wrong_key"):
            read(content, opener)


def _without_end(content: bytes) -> bytes:
    head, parts = chunks(content)
    return head + b"".join(parts[:-1])


def _swapped(content: bytes) -> bytes:
    head, parts = chunks(content)
    return head + parts[1] + parts[0] + b"".join(parts[2:])


def _left_out(content: bytes) -> bytes:
    head, parts = chunks(content)
    return head + b"".join(parts[1:])


def _renamed_to_last(content: bytes) -> bytes:
    head, parts = chunks(content)
    return head + parts[0][:7] + b"\1" + parts[0][8:]


def _of_two_files(content: bytes) -> bytes:
    head, parts = chunks(content)
    return head + parts[0] + b"".join(chunks(sealed(CONTENT))[1][1:])


def _with_another_salt(content: bytes) -> bytes:
    head, parts = chunks(content)
    at = head.index(b'"salt":"') + 8
    return head[:at] + bytes([head[at] ^ 1]) + head[at + 1 :] + b"".join(parts)


@pytest.mark.parametrize(
    ("code", "spoil"),
    [
        ("cut", lambda content: content[:-1]),
        ("cut", lambda content: content[:70_000]),
        ("cut", _without_end),
        ("cut", lambda content: chunks(content)[0]),
        ("reordered", _swapped),
        ("reordered", _left_out),
        ("altered", _renamed_to_last),
        ("altered", _of_two_files),
        ("altered", _with_another_salt),
        ("altered", lambda content: content[:100_000] + bytes([content[100_000] ^ 1]) + content[100_001:]),
        ("altered", lambda content: content + b"\0"),
        ("altered", lambda content: MAGIC + b"{}\n"),
        ("not_one", lambda content: b"PK" + content),
        ("not_one", lambda content: b""),
    ],
)
def test_every_other_file_is_refused_by_name(code: str, spoil: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Refused) as refused:
        read(spoil(sealed(CONTENT)))
    assert refused.value.code == f"backup.{code}"
