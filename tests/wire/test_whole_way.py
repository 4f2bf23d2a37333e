"""From registration to sign-out against two workers, on each pair of stores."""

import httpx
import pytest

from tests.provider import HttpBrowser, Provider
from tests.visitor import answer, is_page
from tests.wire.load import Portal
from tests.wire.newcomer import Newcomer

BACK = "https://parking.test/signed-out"


@pytest.fixture(scope="session")
def garage(provider: Provider) -> Portal:
    provider.city.client("garage", client_name="Garage", first_party=True, post_logout_redirect_uris=[BACK])
    return Portal(provider, "garage")


def userinfo(provider: Provider, token: str) -> httpx.Response:
    return httpx.get(f"{provider.address}/userinfo", headers={"Authorization": f"Bearer {token}"}, trust_env=False)


def test_a_newcomer_registers_is_signed_in_everywhere_and_signs_out(
    provider: Provider, garage: Portal, browser: HttpBrowser
) -> None:
    newcomer = Newcomer(provider, browser)

    tokens = garage.exchange(newcomer.register("garage")["code"]).body
    told = provider.city.claims(tokens["id_token"])
    assert (told["acr"], told["amr"], told["nonce"]) == ("simplified", ["pwd"], "n-1")
    assert userinfo(provider, tokens["access_token"]).json()["sub"] == told["sub"]

    # A second portal gets its answer without a question; tokens are renewed.
    assert "code" in answer(browser.authorize("garage", scope="openid profile"))
    renewed = garage.refresh(tokens["refresh_token"])
    assert renewed.status == 200 and renewed.body["refresh_token"] != tokens["refresh_token"]

    hint = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BACK, "state": "s-2"}
    left = browser.http.get("/end_session", params=hint)
    assert (left.status_code, left.headers["Location"]) == (303, f"{BACK}?state=s-2")
    assert not garage.active(renewed.body["access_token"])
    assert userinfo(provider, renewed.body["access_token"]).status_code == 401
    assert garage.refresh(renewed.body["refresh_token"]).body["error"] == "invalid_grant"
    assert is_page(browser.authorize("garage"), "/sign-in")

    assert is_page(newcomer.sign_in(browser.authorize("garage")), "/authorize/resume")
    assert "code" in answer(browser.authorize("garage"))


@pytest.mark.parametrize("strange", ["a\0b", "\ufffe", "🐟" * 200, "x" * 5000, "' OR 1=1 --", "%", "\u202eabc"])
def test_whatever_is_typed_is_wrong_and_nothing_breaks(
    provider: Provider, garage: Portal, browser: HttpBrowser, strange: str
) -> None:
    page = browser.authorize("garage")
    shown = browser.follow(page)
    for typed in ({"login": strange, "password": "x"}, {"login": "anna@example.ru", "password": strange}):
        assert browser.press(shown, **typed).status_code in (400, 413)
    assert browser.get("/sign-up/confirm").status_code == 410
    for path in ("/recovery/login", "/recovery/password"):
        assert browser.press(browser.get(path), contact=f"{strange}@example.ru").status_code < 500
    told = garage.post("/token", grant_type="authorization_code", code=strange, redirect_uri=strange)
    assert told.status == 400
    assert garage.post("/token", grant_type="refresh_token", refresh_token=strange).status == 400
    assert "active" not in garage.post("/introspect", token=strange).body or not garage.active(strange)
