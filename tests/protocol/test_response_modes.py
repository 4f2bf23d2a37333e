"""How an authorization response travels."""

import pytest

from idp.protocol.response_modes import Answer, ResponseMode, extended, origin

SENT = (("code", "a&b=c"), ("state", "ё"))


@pytest.mark.parametrize(
    ("uri", "location"),
    [
        ("https://rp.test/cb", "https://rp.test/cb?code=a%26b%3Dc&state=%D1%91"),
        ("https://rp.test/cb?a=%7E&b", "https://rp.test/cb?a=%7E&b&code=a%26b%3Dc&state=%D1%91"),
        ("https://rp.test/cb?", "https://rp.test/cb?code=a%26b%3Dc&state=%D1%91"),
        ("ru.city.app:/cb", "ru.city.app:/cb?code=a%26b%3Dc&state=%D1%91"),
        ("ru.city.app:///cb", "ru.city.app:///cb?code=a%26b%3Dc&state=%D1%91"),
    ],
)
def test_the_redirect_uri_is_kept_letter_for_letter_its_own_query_too(uri, location):
    assert Answer(uri, ResponseMode.QUERY, SENT).location == location
    assert extended(uri, SENT) == location


def test_a_fragment_leaves_the_query_alone():
    answer = Answer("https://rp.test/cb?a=b", ResponseMode.FRAGMENT, SENT)

    assert answer.location == "https://rp.test/cb?a=b#code=a%26b%3Dc&state=%D1%91"


@pytest.mark.parametrize(
    ("uri", "named"),
    [
        ("https://rp.test/cb?a", "https://rp.test"),
        ("http://[::1]:4000/cb", "http://[::1]:4000"),
        ("ru.city.app:/cb", "ru.city.app:"),
    ],
)
def test_pages_name_the_origin_of_the_answer(uri, named):
    assert origin(uri) == named
