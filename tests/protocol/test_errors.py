"""Protocol errors: their names and status codes, and texts that fit into headers and redirects."""

import re

import pytest

from idp.kernel.words import LOCALES, catalogues
from idp.protocol import errors
from idp.protocol.errors import BearerError, InvalidClient, InvalidRequest, InvalidToken, MissingToken, OAuthError

NAMED = sorted(
    {
        kind.error
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, OAuthError) and kind not in (OAuthError, BearerError)
    }
)


def test_a_description_holds_what_rfc_6749_allows():
    told = InvalidRequest('a "quoted" back\\slash, a\nline, имя').document()["error_description"]

    assert re.fullmatch(r"[\x20-\x21\x23-\x5B\x5D-\x7E]*", told)


def test_the_challenge_carries_the_error():
    header = dict(InvalidToken("it expired").headers)["WWW-Authenticate"]

    assert header == 'Bearer error="invalid_token", error_description="it expired"'
    assert dict(MissingToken().headers)["WWW-Authenticate"] == "Bearer"
    assert (InvalidClient().status, InvalidToken("").status) == (401, 401)


@pytest.mark.parametrize("error", NAMED)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_error_has_words(error, locale):
    assert catalogues()[locale].has(f"oauth.{error}")
