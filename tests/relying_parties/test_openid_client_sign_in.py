"""openid-client signs people in: every way to authenticate, every algorithm, and each check it makes of an answer."""

import json
from typing import Any

import httpx
import pytest

from tests.provider import Provider
from tests.relying_parties.arrange import Person, settle
from tests.relying_parties.browser import Browser
from tests.relying_parties.openid_client import OpenidClient

SIGN_IN = {"scope": "openid", "acr_values": "simplified"}


@pytest.fixture
def signed_in(browser: Browser, portals: OpenidClient, anna: Person) -> Browser:
    """Anna has signed in once, at ``basic``."""
    portals.sign_in(browser, "basic")
    browser.sign_in(anna)
    assert browser.page.status_code == 200, browser.text
    return browser


@pytest.mark.parametrize("portal", ["basic", "post", "key", "rsa-key", "public", "oauth"])
def test_a_portal_signs_a_person_in_however_it_authenticates(browser, portals, provider, anna, portal: str):
    portals.sign_in(browser, portal, **SIGN_IN)
    browser.sign_in(anna)

    told = portals.told(browser)

    # Signature, iss, aud, times, nonce and at_hash are what openid-client has looked at.
    claims = told["claims"]
    assert (claims["iss"], claims["aud"], claims["sub"]) == (provider.issuer, portal, anna.account_id)
    assert (claims["acr"], claims["amr"], claims["access_level"]) == ("simplified", ["pwd"], "simplified")
    assert (told["token_type"], told["expires_in"]) == ("bearer", 300)


@pytest.mark.parametrize("portal", ["mistaken", "forger"])
def test_who_can_not_prove_itself_gets_nothing(signed_in, portals, portal: str):
    assert portals.sign_in(signed_in, portal)["error"] == "invalid_client"


@pytest.mark.parametrize(("portal", "alg"), [("basic", "RS256"), ("es256", "ES256"), ("eddsa", "EdDSA")])
def test_an_id_token_is_signed_as_the_client_registered(signed_in, portals, portal: str, alg: str):
    assert portals.sign_in(signed_in, portal)["header"]["alg"] == alg


def test_one_sign_in_serves_every_portal(signed_in, portals):
    first = portals.told(signed_in)["claims"]
    for portal in ("post", "key", "public", "eddsa"):
        claims = portals.sign_in(signed_in, portal)["claims"]
        assert {name: claims[name] for name in ("sub", "sid", "auth_time", "acr", "amr")} == {
            name: first[name] for name in ("sub", "sid", "auth_time", "acr", "amr")
        }


class TestTheAnswer:
    @pytest.fixture
    def answer(self, signed_in: Browser, portals: OpenidClient) -> httpx.URL:
        """The address by which the browser brings the answer, on its way to the portal."""
        portals.sign_in(signed_in, "basic", until=f"{portals.of('basic')}/callback")
        return httpx.URL(signed_in.address)

    def test_tells_its_issuer_and_keeps_the_state(self, signed_in, portals, provider, answer: httpx.URL):
        assert answer.params.keys() == {"code", "state", "iss"} and answer.params["iss"] == provider.issuer

        signed_in.open(str(answer))
        assert "claims" in portals.told(signed_in)

    @pytest.mark.parametrize("iss", ["https://evil.test", "", None])
    def test_with_another_issuer_or_none_is_not_believed(self, signed_in, portals, answer: httpx.URL, iss):
        signed_in.open(str(answer.copy_remove_param("iss") if iss is None else answer.copy_set_param("iss", iss)))

        assert portals.told(signed_in)["code"] == "OAUTH_INVALID_RESPONSE"

    def test_with_another_code_is_refused_by_the_provider(self, signed_in, portals, answer: httpx.URL):
        signed_in.open(str(answer.copy_set_param("code", answer.params["code"][::-1])))

        assert portals.told(signed_in)["error"] == "invalid_grant"

    def test_is_of_no_use_to_another_browser(self, signed_in, portals, answer: httpx.URL):
        with Browser() as another:
            assert another.open(str(answer)).status_code == 400

    def test_is_of_no_use_to_another_portal(self, signed_in, portals, provider, answer: httpx.URL):
        """The code injected into the answer to another portal's question: PKCE and the code's client forbid it."""
        portals.sign_in(signed_in, "post", until=f"{portals.of('post')}/callback")
        signed_in.open(str(httpx.URL(signed_in.address).copy_set_param("code", answer.params["code"])))

        assert portals.told(signed_in)["error"] == "invalid_grant"

    def test_with_an_error_is_believed_only_from_the_issuer(self, browser, portals):
        told = portals.sign_in(browser, "basic", prompt="none")
        assert (told["error"], told["code"]) == ("login_required", "OAUTH_AUTHORIZATION_RESPONSE_ERROR")

        portals.sign_in(browser, "basic", prompt="none", until=f"{portals.of('basic')}/callback")
        browser.open(str(httpx.URL(browser.address).copy_set_param("iss", "https://evil.test")))
        assert portals.told(browser)["code"] == "OAUTH_INVALID_RESPONSE"


def test_form_post_brings_the_answer_by_a_form(signed_in, portals):
    portals.sign_in(signed_in, "basic", response_mode="form_post")
    assert signed_in.path == "/authorize"

    signed_in.press()

    assert signed_in.address == f"{portals.of('basic')}/callback" and "claims" in portals.told(signed_in)


def test_fragment_keeps_the_answer_from_servers(signed_in, portals):
    portals.sign_in(signed_in, "basic", response_mode="fragment", until=f"{portals.of('basic')}/callback")

    there = httpx.URL(signed_in.address)
    assert not there.query and "code=" in there.fragment


def test_the_question_may_be_posted(browser, portals, provider, anna):
    portals.sign_in(browser, "basic", until=f"{provider.issuer}/authorize")
    question = httpx.URL(browser.address)

    browser.post(str(question.copy_with(query=None)), dict(question.params))
    browser.sign_in(anna)

    assert "claims" in portals.told(browser)


class TestHints:
    def test_a_portal_may_name_who_it_expects(self, signed_in, portals, provider: Provider):
        hint = portals.told(signed_in)["id_token"]
        assert "claims" in portals.sign_in(signed_in, "basic", id_token_hint=hint, prompt="none")

        with Browser() as another:
            portals.sign_in(another, "post")
            another.sign_in(settle(provider, "somebody-else"))
            silent = portals.sign_in(another, "basic", id_token_hint=hint, prompt="none")
            assert silent["error"] == "login_required"
            assert portals.sign_in(signed_in, "post", id_token_hint=hint, prompt="none")["error"] == "invalid_request"

    def test_the_login_stands_in_the_field_and_the_portals_language_is_spoken(self, browser, portals):
        portals.sign_in(browser, "basic", login_hint="anna@example.ru", ui_locales="ru")

        assert 'value="anna@example.ru"' in browser.page.text
        assert browser.page.headers["Content-Language"] == "ru"


class TestTimes:
    def test_a_young_sign_in_is_enough(self, signed_in, portals):
        before = portals.told(signed_in)["claims"]["auth_time"]

        assert portals.sign_in(signed_in, "basic", max_age=600)["claims"]["auth_time"] == before

    @pytest.mark.parametrize("wish", [{"max_age": 60}, {"prompt": "login"}])
    def test_an_old_one_is_repeated_and_told_so(self, signed_in, portals, provider, anna, wish):
        provider.let_pass(anna.account_id, 120)
        silent = portals.sign_in(signed_in, "basic", max_age=60, prompt="none")
        assert silent["error"] == "login_required"
        before = portals.sign_in(signed_in, "basic")["claims"]

        portals.sign_in(signed_in, "basic", **wish)
        signed_in.sign_in(anna)

        after = portals.told(signed_in)["claims"]
        assert after["auth_time"] >= before["auth_time"] + 120 and after["sid"] == before["sid"]


def wishes(**members: Any) -> dict[str, str]:
    return {"claims": json.dumps(members)}


def test_claims_asked_by_name_come_where_they_were_asked(signed_in, portals):
    asked = wishes(id_token={"email": {"essential": True}, "auth_time": None}, userinfo={"given_name": None})

    claims = portals.sign_in(signed_in, "basic", **asked)["claims"]
    userinfo = portals.call(signed_in, "basic", "userinfo")

    assert claims["email"] == "anna@example.ru" and "given_name" not in claims
    assert userinfo["given_name"] == "Анна" and "email" not in userinfo


@pytest.mark.parametrize("how", ["get", "post", "body"])
def test_userinfo_tells_what_the_scopes_release(signed_in, portals, how: str):
    claims = portals.sign_in(signed_in, "basic", scope="openid profile email phone consents")["claims"]

    told = portals.call(signed_in, "basic", "userinfo", how=how)

    assert told.keys() - claims.keys() >= {"family_name", "given_name", "middle_name", "name", "updated_at"}
    assert (told["sub"], told["acr"], told["access_level"]) == (claims["sub"], "simplified", "simplified")
    assert (told["email"], told["email_verified"]) == ("anna@example.ru", True)
    assert (told["phone_number"], told["phone_number_verified"]) == ("+79001234567", True)
    assert told["notice_channels"] == ["email", "sms"]
    assert not {"email", "name", "phone_number"} & claims.keys()


def test_userinfo_is_signed_for_who_registered_so(signed_in, portals, anna):
    portals.sign_in(signed_in, "signed", scope="openid email")

    # openid-client fetches a JWT, and looks at its signature, iss and aud.
    told = portals.call(signed_in, "signed", "userinfo")
    assert (told["sub"], told["email"], told["aud"]) == (anna.account_id, "anna@example.ru", "signed")


def test_a_pairwise_subject_is_the_portals_own_and_the_same_everywhere(signed_in, portals, anna):
    claims = portals.sign_in(signed_in, "pairwise")["claims"]
    again = portals.sign_in(signed_in, "pairwise", prompt="login")
    assert again is None
    signed_in.sign_in(anna)

    assert portals.told(signed_in)["claims"]["sub"] == claims["sub"] != anna.account_id
    assert portals.call(signed_in, "pairwise", "userinfo")["sub"] == claims["sub"]


class TestConsent:
    def test_a_portal_that_is_not_the_citys_asks_once_and_again_when_it_wants_more(
        self, browser, portals, provider: Provider
    ):
        portals.sign_in(browser, "guest", scope="openid email")
        browser.sign_in(settle(provider, "careful"))
        assert browser.path == "/consent"
        assert portals.sign_in(browser, "guest", scope="openid email", prompt="none")["error"] == "consent_required"
        portals.sign_in(browser, "guest", scope="openid email")
        browser.press(answer="yes")
        assert "claims" in portals.told(browser)

        assert "claims" in portals.sign_in(browser, "guest", scope="openid email")
        portals.sign_in(browser, "guest", scope="openid email phone")
        assert browser.path == "/consent"

    def test_who_does_not_agree_goes_back_with_access_denied(self, browser, portals, provider: Provider):
        portals.sign_in(browser, "guest", scope="openid email")
        browser.sign_in(settle(provider, "wary"))
        browser.press(answer="no")

        assert portals.told(browser)["error"] == "access_denied"
