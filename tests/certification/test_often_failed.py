"""Certification 2: what implementers most often fail, by the numbers of that list.

What the modules' own files show already isn't repeated: 2 (``test_form_post``), 5 and 14 (``checks``, at every answer),
7 (``test_basic``), 13 (``test_discovery``). 11 and 12 are of dynamic registration and FAPI, which aren't offered yet.
"""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from idp.kernel.clock import utc_now
from idp.protocol.logout_tokens import logout_token
from tests.certification.checks import check_types
from tests.certification.portal import STATE, Person, Portal, Tokens, bearer
from tests.city import CALLBACK
from tests.provider import HttpBrowser, Provider
from tests.visitor import is_page, text

BACK = "https://parking.test/signed-out"
OFFLINE = "openid offline_access"
EVERYTHING_WRONG = {"response_type": "x", "scope": "x", "prompt": "x", "max_age": "x", "request": "x"}


@pytest.fixture
def portal(provider: Provider, http: httpx.Client) -> Portal:
    return Portal.register(provider, http, post_logout_redirect_uris=[BACK])


@pytest.fixture
def stranger(provider: Provider, http: httpx.Client) -> Portal:
    """A portal that isn't the city's own: it asks for consent."""
    return Portal.register(provider, http, first_party=False)


@pytest.fixture
def tokens(portal: Portal, browser: HttpBrowser, person: Person) -> Tokens:
    return portal.redeem(portal.signed_in(browser, person, scope=OFFLINE))


class Test1ErrorsInTheirPlace:
    """Client first, then redirect URI: both by page. Then everything else, by redirect."""

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"client_id": "nobody", "redirect_uri": "https://evil.test/"}, "We don't know this service"),
            ({"redirect_uri": "https://evil.test/"}, "We couldn't take you back"),
        ],
    )
    def test_who_and_where_are_judged_before_all_else(
        self, portal: Portal, browser: HttpBrowser, changes: Any, said: str
    ):
        page = portal.ask(browser, **EVERYTHING_WRONG, **changes)

        assert page.status_code == 400 and "Location" not in page.headers and said in text(page)

    def test_then_every_fault_goes_by_redirect(self, portal: Portal, browser: HttpBrowser):
        assert portal.silently(browser, **EVERYTHING_WRONG)["error"] == "request_not_supported"


class Test2StateInEveryError:
    def test_of_a_person_who_goes_back_or_does_not_agree(self, stranger: Portal, browser: HttpBrowser, person: Person):
        waiting = stranger.ask(browser)
        declined = browser.get(waiting.headers["Location"].replace("/sign-in", "/authorize/decline"))
        assert stranger.answer(declined)["error"] == "access_denied"

        consent = browser.follow(browser.sign_in(stranger.ask(browser), person.login))
        refused = browser.follow(browser.press(consent, answer="no"))
        assert stranger.answer(refused)["error"] == "access_denied"

    def test_of_a_level_that_cannot_be_reached(self, portal: Portal, browser: HttpBrowser, person: Person):
        binding = json.dumps({"id_token": {"acr": {"essential": True, "value": "full"}}})
        step_up = browser.sign_in(portal.ask(browser, claims=binding), person.login)
        declined = browser.get(step_up.headers["Location"].replace("/step-up", "/authorize/decline"))

        assert portal.answer(declined)["error"] == "unmet_authentication_requirements"


class Test3AuthTime:
    def test_it_is_the_sign_ins_at_every_issue(
        self, portal: Portal, browser: HttpBrowser, person: Person, provider: Provider
    ):
        portal.signed_in(browser, person)
        provider.let_pass(person.account_id, 1000)
        issued = [
            portal.redeem(portal.silently(browser, scope=OFFLINE, **wanted)) for wanted in ({}, {"max_age": "10000"})
        ]
        issued.append(portal.read(portal.refresh(issued[0].refresh)))

        assert len({tokens.claims["auth_time"] for tokens in issued}) == 1
        assert issued[-1].claims["iat"] - issued[-1].claims["auth_time"] >= 1000

    def test_a_later_sign_in_does_not_move_what_an_earlier_grant_is_refreshed_with(
        self, portal: Portal, browser: HttpBrowser, person: Person, provider: Provider
    ):
        portal.signed_in(browser, person)
        provider.let_pass(person.account_id, 1000)
        first = portal.redeem(portal.silently(browser, scope=OFFLINE))
        later = portal.redeem(portal.signed_in(browser, person, prompt="login"))

        assert later.claims["auth_time"] > first.claims["auth_time"]
        assert portal.read(portal.refresh(first.refresh)).claims["auth_time"] == first.claims["auth_time"]


class Test4Prompts:
    @pytest.mark.parametrize("wanted", [{"prompt": "login"}, {"max_age": "1"}, {"prompt": "select_account"}], ids=str)
    def test_a_session_does_not_answer_for_a_new_sign_in_and_one_does_once(
        self, portal: Portal, browser: HttpBrowser, person: Person, provider: Provider, wanted: dict[str, str]
    ):
        portal.signed_in(browser, person, **wanted)
        provider.let_pass(person.account_id, 10)

        assert is_page(portal.ask(browser, **wanted), "/sign-in")
        assert "code" in portal.signed_in(browser, person, **wanted)

    def test_a_request_by_post_of_another_site_finds_the_session_and_prompt_login_ends(
        self, portal: Portal, browser: HttpBrowser, person: Person, tokens: Tokens
    ):
        def by_post(**wanted: str) -> httpx.Response:
            """The browser holds its Lax cookies back at first, and sends them with the redirect that it follows."""
            endpoint = portal.metadata["authorization_endpoint"]
            return browser.follow(portal.http.post(endpoint, data=dict(portal.request(**wanted))))

        assert "code" in portal.answer(by_post())
        asked = by_post(prompt="login")
        assert is_page(asked, "/sign-in")
        assert "code" in portal.answer(browser.sign_in(asked, person.login))

    def test_silence_shows_no_page_to_anybody(
        self, stranger: Portal, browser: HttpBrowser, person: Person, tokens: Tokens
    ):
        assert stranger.silently(browser, prompt="none")["error"] == "consent_required"
        binding = json.dumps({"id_token": {"acr": {"essential": True, "value": "standard"}}})
        assert "error" in stranger.silently(browser, prompt="none", claims=binding)

    def test_a_hint_of_somebody_else_is_login_required_and_asked_for_where_asking_is_allowed(
        self, portal: Portal, browser: HttpBrowser, provider: Provider, tokens: Tokens
    ):
        other = HttpBrowser(provider.address)
        try:
            portal.signed_in(other, Person(provider.person()))
            told = portal.silently(other, prompt="none", id_token_hint=tokens.id)
            asked = portal.ask(other, id_token_hint=tokens.id)
        finally:
            other.http.close()

        assert told["error"] == "login_required" and is_page(asked, "/sign-in")


class Test5ClaimsInTheirPlace:
    def test_both_members_of_claims_bring_typed_values_where_they_were_asked(
        self, portal: Portal, browser: HttpBrowser, person: Person
    ):
        asked = {
            "id_token": {"email_verified": None, "updated_at": {"essential": True}, "birthdate": None},
            "userinfo": {"phone_number_verified": None, "name": {"essential": True}, "unheard_of": {"essential": True}},
        }
        tokens = portal.redeem(portal.signed_in(browser, person, claims=json.dumps(asked)))

        check_types(tokens.claims)
        assert asked["id_token"].keys() <= tokens.claims.keys() and not {"name", "unheard_of"} & tokens.claims.keys()
        assert portal.userinfo(tokens).keys() == {"sub", "acr", "access_level", "phone_number_verified", "name"}

    def test_a_nonce_may_come_again(self, portal: Portal, browser: HttpBrowser, tokens: Tokens):
        again = portal.redeem(portal.silently(browser, nonce=tokens.claims["nonce"]))

        assert again.claims["nonce"] == tokens.claims["nonce"]


class Test6Codes:
    def test_a_code_older_than_a_minute_is_invalid_grant_with_400(
        self, portal: Portal, browser: HttpBrowser, person: Person, provider: Provider
    ):
        answered = portal.signed_in(browser, person)
        provider.let_codes_age(61)

        refused = portal.exchange(answered["code"])
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
        assert "no-store" in refused.headers["Cache-Control"]


class Test7RequestObjects:
    @pytest.mark.parametrize("name", ["request", "request_uri"])
    def test_a_posted_one_is_refused_by_name_too(self, portal: Portal, browser: HttpBrowser, name: str):
        endpoint = portal.metadata["authorization_endpoint"]
        posted = portal.http.post(endpoint, data=dict(portal.request(**{name: "https://rp.test/x"})))

        assert portal.answer(browser.follow(posted))["error"] == f"{name}_not_supported"


class Test8RedirectUris:
    @pytest.mark.parametrize(
        "uri",
        [
            None,
            CALLBACK + "/",
            CALLBACK + "/deeper",
            CALLBACK + "?added=query",
            CALLBACK + "#fragment",
            CALLBACK[:-1],
            CALLBACK.replace("https", "http"),
            CALLBACK.replace("parking", "Parking"),
            CALLBACK.replace(".test/", ".test:443/"),
            CALLBACK.replace("/callback", "/x/../callback"),
            CALLBACK.replace("callback", "%63allback"),
            CALLBACK.replace("parking.test", "parking.test.evil.test"),
            CALLBACK.replace("parking.test", "evil.test\\@parking.test"),
            "//parking.test/callback",
            "/callback",
            "javascript:alert(1)//parking.test/callback",
        ],
    )
    def test_only_the_registered_one_letter_for_letter(self, portal: Portal, browser: HttpBrowser, uri: str | None):
        page = portal.ask(browser, redirect_uri=uri)

        assert page.status_code == 400 and "Location" not in page.headers


class Test9UserInfo:
    @pytest.mark.parametrize("method", ["GET", "POST"])
    @pytest.mark.parametrize(
        "headers", [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eDp5"}], ids=str
    )
    def test_a_refusal_is_json_with_a_challenge(self, portal: Portal, method: str, headers: dict[str, str]):
        response = portal.http.request(method, portal.metadata["userinfo_endpoint"], headers=headers)

        assert response.status_code == 401 and response.headers["Content-Type"] == "application/json"
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert ('error="invalid_token"' in response.headers["WWW-Authenticate"]) == ("nonsense" in str(headers))

    def test_a_signed_answer_says_so(
        self, provider: Provider, browser: HttpBrowser, person: Person, http: httpx.Client
    ):
        portal = Portal.register(provider, http, userinfo_signed_response_alg="RS256")
        tokens = portal.redeem(portal.signed_in(browser, person))
        response = http.get(portal.metadata["userinfo_endpoint"], headers=bearer(tokens))

        assert response.headers["Content-Type"] == "application/jwt"
        told = portal.verified(response.text)
        assert (told["iss"], told["aud"], told["sub"]) == (provider.issuer, portal.client_id, tokens.claims["sub"])


class Test10Logout:
    """That forged and missing hints lead nowhere: ``test_rp_initiated_logout``."""

    @pytest.fixture
    def leave(self, browser: HttpBrowser) -> Callable[..., httpx.Response]:
        return lambda **parameters: browser.http.get("/end_session", params=parameters)

    def test_an_ended_hint_is_accepted(self, leave: Any, tokens: Tokens, provider: Provider):
        ended = provider.flows.keys.signer("RS256").sign(
            {"typ": "JWT"}, {**tokens.claims, "iat": tokens.claims["iat"] - 9000, "exp": tokens.claims["iat"] - 5400}
        )

        response = leave(id_token_hint=ended, post_logout_redirect_uri=BACK, state=STATE)
        assert response.status_code == 303 and response.headers["Location"].startswith(f"{BACK}?state=")

    @pytest.mark.parametrize("kind", ["access token", "logout token", "another issuer's"])
    def test_a_token_that_we_signed_for_something_else_is_no_hint(
        self, leave: Any, tokens: Tokens, portal: Portal, provider: Provider, kind: str
    ):
        signer = provider.flows.keys.signer("RS256")
        whose = (portal.client_id, tokens.claims["sub"], tokens.claims["sid"])
        hint = {
            "access token": tokens.access,
            "logout token": logout_token(signer, provider.issuer, *whose, utc_now()),
            "another issuer's": signer.sign({"typ": "JWT"}, {**tokens.claims, "iss": "https://other.test"}),
        }[kind]

        page = leave(id_token_hint=hint, post_logout_redirect_uri=BACK)
        assert page.status_code == 200 and "Sign out of all" in text(page)

    def test_the_question_is_asked_once(self, leave: Any, tokens: Tokens, browser: HttpBrowser):
        done = browser.press(leave())

        assert "You are signed out" in text(done)
        assert "Nobody is signed in" in text(leave())

    def test_the_session_ends_with_us_for_every_portal(
        self, leave: Any, tokens: Tokens, provider: Provider, http: httpx.Client, browser: HttpBrowser
    ):
        other = Portal.register(provider, http)
        theirs = other.redeem(other.silently(browser))

        leave(id_token_hint=tokens.id, post_logout_redirect_uri=BACK)

        assert other.silently(browser, prompt="none")["error"] == "login_required"
        assert other.is_shown_out(theirs)
