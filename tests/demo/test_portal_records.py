"""A portal that calls a resource server: it asks the provider for what the server lacks, and calls again (RFC 9470)."""

import json
from typing import Any

import httpx

from tests.demo.test_portal import Browser, browser

__all__ = ["browser"]

#: What the records answered, by the acr of the person's sign-in.
CHALLENGE = 'Bearer error="insufficient_user_authentication", acr_values="standard", max_age="3600"'


def records_answer(browser: Browser, *answers: tuple[int, dict[str, Any], str]) -> None:
    """Stand for the records behind the provider's line: one answer a call, the last one for ever."""
    left, through = list(answers), browser.provider.answer

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path != "/mine":
            return through(request)
        assert request.headers["Authorization"] == "Bearer access"
        status, document, challenge = left.pop(0) if len(left) > 1 else left[0]
        return httpx.Response(status, json=document, headers={"WWW-Authenticate": challenge} if challenge else {})

    browser.provider.web_answer = answer


def test_what_the_records_want_is_asked_of_the_provider_and_then_they_are_called_again(browser):
    permit = {"permit": "77-1", "plate": "A1", "district": "Arbat", "until": "2027"}
    records_answer(browser, (401, {}, CHALLENGE), (200, {"acr": "standard", "permits": [permit]}, ""))
    browser.sign_in()

    asked = browser.ask("/permits")

    assert browser.provider.asked[-1]["resource"] == "http://city.test:8005"
    assert browser.provider.asked[-1]["grant_type"] == "refresh_token"
    assert asked["max_age"] == "3600"
    assert json.loads(asked["claims"]) == {"id_token": {"acr": {"essential": True, "value": "standard"}}}
    back = browser.return_with(asked, acr="standard")
    assert back.headers["Location"] == "/permits?again=1"
    assert "77-1" in browser.get(back.headers["Location"]).text


def test_records_that_are_never_content_send_nobody_in_circles(browser):
    records_answer(browser, (401, {}, CHALLENGE))
    browser.sign_in()
    back = browser.return_with(browser.ask("/permits"), acr="standard")

    page = browser.get(back.headers["Location"])

    assert page.status_code == 200 and "insufficient_user_authentication" in page.text


def test_a_grant_that_is_over_leads_to_a_new_sign_in(browser):
    browser.sign_in()
    browser.provider.tokens = lambda _form: (400, {"error": "invalid_grant"})

    asked = browser.ask("/permits")

    assert "claims" not in asked and "max_age" not in asked
    assert 'name="form"' not in browser.get("/", query_string={"again": "1"}).text
