"""client_secret_basic: both halves are form-encoded before they are paired (RFC 6749 2.3.1)."""

from base64 import b64encode
from contextlib import suppress
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.client_authentication.basic import read_basic
from idp.protocol.errors import InvalidClient


def header(pair: bytes, scheme: str = "Basic") -> str:
    return f"{scheme} {b64encode(pair).decode()}"


@pytest.mark.parametrize(
    ("pair", "read"),
    [
        (b"parking:secret", ("parking", "secret")),
        (b"my+client:a+b", ("my client", "a b")),
        (b"my%20client:a%2Bb", ("my client", "a+b")),
        (b"a%3Ab:c:d", ("a:b", "c:d")),
        ("ключ:секрет".encode(), ("ключ", "секрет")),
        (b"%D0%BA:%D1%81", ("к", "с")),
        (b":", ("", "")),
    ],
)
def test_what_comes_is_form_decoded(pair, read):
    assert read_basic(header(pair)) == read
    assert read_basic(header(pair, "bASIC")) == read


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50), st.text(max_size=50))
def test_whatever_a_client_encodes_rightly_arrives(client_id, secret):
    secret = secret.encode(errors="replace").decode()

    assert read_basic(header(f"{quote_plus(client_id)}:{quote_plus(secret)}".encode())) == (client_id, secret)


@given(st.binary(max_size=100))
def test_no_bytes_do_worse_than_an_unknown_client(pair):
    with suppress(InvalidClient):
        read_basic(header(pair))


@pytest.mark.parametrize("text", ["", "Basic", "Basic é", "Basic YQ", "Basic " + "A" * 5000, "Bearer YTpi"])
def test_no_text_does_worse_than_an_unknown_client(text):
    with pytest.raises(InvalidClient):
        read_basic(text)
