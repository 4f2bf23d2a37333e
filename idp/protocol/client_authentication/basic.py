"""``client_secret_basic``: RFC 6749 2.3.1 form-encodes both halves before RFC 7617 encodes the pair."""

import binascii
from base64 import b64decode
from urllib.parse import unquote_to_bytes

from idp.protocol.errors import InvalidClient

_MOST = 2000


def read_basic(header: str) -> tuple[str, str]:
    """Return client_id and secret; raise ``InvalidClient`` for whatever isn't UTF-8 form-encoded Basic."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > _MOST:
        raise InvalidClient
    try:
        client_id, colon, secret = b64decode(encoded.strip(), validate=True).partition(b":")
        if not colon:
            raise InvalidClient
        return _form_decode(client_id), _form_decode(secret)
    except (binascii.Error, ValueError) as error:
        raise InvalidClient from error


def _form_decode(encoded: bytes) -> str:
    # A plus is a blank here, unlike in a path: Authlib leaves it.
    return unquote_to_bytes(encoded.replace(b"+", b" ")).decode("utf-8")
