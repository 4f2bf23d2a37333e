"""Verifies a receipt of somebody's access offline: ``python verify_receipt.py city-access.json [jwks.json]``.

Needs the package ``cryptography`` and nothing of the provider. The keys that lie in the receipt prove only that it is
whole; that it is the city's is proved by keys that you have from the city yourself: save its ``/jwks`` and name it.
"""

import json
import sys
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Broken(Exception):
    """The receipt isn't what the key signed."""


def verify(document: dict[str, Any], keys: dict[str, Any]) -> dict[str, Any]:
    """Return the signed receipt; raise ``Broken`` if a sign of it was changed or another key signed it."""
    header64, payload64, signature64 = document["signed"].split(".")
    header = json.loads(_decoded(header64))
    if header.get("alg") != "EdDSA" or header.get("typ") != "level-receipt+jwt":
        raise Broken("this isn't the signature of a receipt")
    key = next((key for key in keys["keys"] if key.get("kid") == header.get("kid")), None)
    if key is None or key.get("crv") != "Ed25519":
        raise Broken("the key that signed it isn't among these keys")
    public = Ed25519PublicKey.from_public_bytes(_decoded(key["x"]))
    try:
        public.verify(_decoded(signature64), f"{header64}.{payload64}".encode())
    except InvalidSignature as error:
        raise Broken("the signature doesn't fit") from error
    signed: dict[str, Any] = json.loads(_decoded(payload64))
    if signed != document["receipt"]:
        raise Broken("what is written isn't what was signed")
    return signed


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def main(receipt: str, jwks: str = "") -> int:
    document = json.loads(Path(receipt).read_text(encoding="utf-8"))
    keys = json.loads(Path(jwks).read_text(encoding="utf-8")) if jwks else document["keys"]
    try:
        signed = verify(document, keys)
    except (Broken, KeyError, ValueError) as fault:
        print(f"BROKEN: {fault}")
        return 1
    print(json.dumps(signed, ensure_ascii=False, indent=2))
    print(
        "WHOLE, and signed by a key of the file you named" if jwks else "WHOLE; name the city's jwks.json to know whose"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
