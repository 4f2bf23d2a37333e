"""A portal as a relying party: what it asks, what it shows, and how every answer of the provider ends."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oidc.core.util import create_half_hash
from flask.testing import FlaskClient

from demo.cast import PORTALS
from demo.place import Place
from demo.portals.provider import Provider
from demo.portals.relying_party import RelyingParty
from demo.portals.site import PortalSite, suffices
from demo.portals.tokens import LOGOUT_EVENT
from demo.portals.visits import Visits
from demo.secrets import Credentials
from tests.demo.fake_provider import ISSUER, FakeProvider, id_claims, sign

PARKING = next(portal for portal in PORTALS if portal.client_id == "parking")
HOME = "http://city.test:8002"


class Kept:
    def read(self) -> dict[str, Credentials]:
        return {"parking": Credentials("secret")}


class Browser:
    """One browser at the parking portal, and the provider that it is sent to."""

    def __init__(self, provider: FakeProvider, web: FlaskClient) -> None:
        self.provider, self.web = provider, web

    def get(self, path: str, **more: Any) -> Any:
        return self.web.get(path, base_url=HOME, **more)

    def post(self, path: str, **form: str) -> Any:
        return self.web.post(path, base_url=HOME, data=form)

    def ask(self, path: str = "/sign-in", **more: Any) -> dict[str, str]:
        """Follow a link to the provider and return what it was asked."""
        address = urlsplit(self.get(path, **more).headers["Location"])
        assert f"{address.scheme}://{address.netloc}{address.path}" == f"{ISSUER}/authorization"
        return {name: values[0] for name, values in parse_qs(address.query).items()}

    def return_with(self, asked: dict[str, str], **claims: Any) -> Any:
        """Come back with a code for which the provider gives an ID token with these claims."""
        at_hash = create_half_hash("access", "RS256").decode()
        said = id_claims("parking", asked["nonce"], at_hash=at_hash) | claims
        answer = {"id_token": sign(said), "access_token": "access", "refresh_token": "refresh", "token_type": "Bearer"}
        self.provider.tokens = lambda _form: (200, answer)
        return self.get(f"/callback?code=c&state={asked['state']}&iss={ISSUER}")

    def sign_in(self, **claims: Any) -> Any:
        assert self.return_with(self.ask(), **claims).status_code == 303
        return self.get("/")

    def form(self) -> str:
        page: str = self.get("/").text
        return page.split('name="form" value="')[1].split('"')[0]


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    fake = FakeProvider()
    place = Place.of("city.test", 8000, tmp_path)
    visits = Visits(tmp_path / "visits.db")
    party = RelyingParty(PARKING, HOME, Provider(ISSUER, fake.web()), Kept())
    app = PortalSite(PARKING, place, party, visits).app()
    yield Browser(fake, app.test_client())
    visits.close()


def test_the_front_page_asks_for_no_level_and_uses_state_nonce_and_pkce(browser):
    asked = browser.ask()
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 32
    assert asked["redirect_uri"] == HOME + "/callback"
    assert "claims" not in asked and "acr_values" not in asked


def test_the_permit_page_asks_standard_bindingly(browser):
    asked = browser.ask("/permit")
    assert asked["claims"] == '{"id_token": {"acr": {"essential": true, "value": "standard"}}}'


def test_a_signed_in_person_sees_name_level_methods_and_time(browser):
    page = browser.sign_in().text
    for shown in ("Анна", "Упрощённый доступ", "acr: simplified", "amr: pwd", "пароль", "auth_time: "):
        assert shown in page
    assert browser.provider.asked[0]["code_verifier"]
    assert browser.provider.asked[0]["client_secret"] == "secret"


def test_a_page_that_needs_more_opens_with_the_asked_level(browser):
    response = browser.return_with(browser.ask("/permit"), acr="standard")
    assert response.headers["Location"] == "/permit"
    assert "acr: standard" in browser.get("/permit").text


def test_a_level_that_was_not_asked_for_opens_nothing(browser):
    response = browser.return_with(browser.ask("/permit"), acr="simplified")
    assert response.status_code == 400
    assert browser.get("/").text.count("/sign-in") >= 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("unmet_authentication_requirements", "Для разрешения нужен стандартный доступ"),
        ("access_denied", "Вы вернулись без входа"),
        ("temporarily_unavailable", "Городской вход занят"),
        ("something_new", "Войти не получилось"),
    ],
)
def test_an_error_of_the_provider_is_told_kindly(browser, error, words):
    asked = browser.ask("/permit")
    page = browser.get(f"/callback?error={error}&state={asked['state']}&iss={ISSUER}").text.replace("\u00a0", " ")
    assert words in page
    assert f"error: {error}" in page


@pytest.mark.parametrize(
    "query", ["code=c&state={state}&iss=http://evil.test", "code=c&state={state}", "state={state}"]
)
def test_an_answer_that_is_not_the_providers_is_refused(browser, query):
    asked = browser.ask()
    assert browser.get("/callback?" + query.format(**asked)).status_code == 400
    assert browser.provider.asked == []


@pytest.mark.parametrize("state", ["", "guessed"])
def test_an_answer_nobody_waits_for_is_refused(browser, state):
    browser.ask()
    assert browser.get(f"/callback?code=c&state={state}&iss={ISSUER}").status_code == 400


def test_another_browser_cannot_finish_my_sign_in(browser):
    asked = browser.ask()
    browser.web.delete_cookie("parking-browser", domain="city.test")
    assert browser.return_with(asked).status_code == 400


def test_the_back_button_after_sign_in_ends_at_the_front_page(browser):
    asked = browser.ask()
    browser.return_with(asked)
    assert browser.return_with(asked).headers["Location"] == "/?again=1"


def test_a_browser_is_asked_silently_once(browser):
    asked = browser.ask("/", headers={"Accept": "text/html"})
    assert asked["prompt"] == "none"
    back = browser.get(f"/callback?error=login_required&state={asked['state']}&iss={ISSUER}")
    assert back.headers["Location"] == "/"
    assert browser.get("/", headers={"Accept": "text/html"}).status_code == 200


def test_refresh_shows_the_new_level(browser):
    browser.sign_in()
    at_hash = create_half_hash("new", "RS256").decode()
    said = id_claims("parking", None, acr="standard", access_level="standard", at_hash=at_hash)
    browser.provider.tokens = lambda _form: (200, {"id_token": sign(said), "access_token": "new"})
    browser.post("/refresh", form=browser.form())
    assert browser.provider.asked[-1]["grant_type"] == "refresh_token"
    assert "acr: standard" in browser.get("/").text


def test_a_refused_refresh_ends_the_visit(browser):
    browser.sign_in()
    browser.provider.tokens = lambda _form: (400, {"error": "invalid_grant"})
    assert browser.post("/refresh", form=browser.form()).headers["Location"] == "/?done=ended"
    assert "acr:" not in browser.get("/").text


def test_sign_out_goes_to_the_provider_with_the_id_token_and_no_way_back(browser):
    browser.sign_in()
    address = urlsplit(browser.post("/sign-out", form=browser.form()).headers["Location"])
    asked = parse_qs(address.query)
    assert address.path == "/end_session"
    assert asked.keys() == {"id_token_hint", "client_id"}
    assert "acr:" not in browser.get("/").text


def test_another_sites_form_signs_nobody_out(browser):
    browser.sign_in()
    browser.post("/sign-out", form="guessed")
    assert "acr:" in browser.get("/").text


def logout_token(**changed: Any) -> str:
    said = id_claims("parking", None, at_hash=None, jti="one", events={LOGOUT_EVENT: {}}) | changed
    return sign(said, typ="logout+jwt")


def test_back_channel_logout_ends_the_session_it_names_once(browser):
    browser.sign_in()
    answer = browser.post("/backchannel-logout", logout_token=logout_token())
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "acr:" not in browser.get("/").text
    assert browser.post("/backchannel-logout", logout_token=logout_token()).status_code == 400


@pytest.mark.parametrize(("changed", "stays"), [({"sid": "another"}, True), ({"sid": ""}, False)])
def test_back_channel_logout_without_a_session_ends_all_of_the_persons(browser, changed, stays):
    browser.sign_in()
    assert browser.post("/backchannel-logout", logout_token=logout_token(**changed)).status_code == 200
    assert ("acr:" in browser.get("/").text) is stays


def test_a_false_logout_token_gets_400_and_ends_nothing(browser):
    browser.sign_in()
    assert browser.post("/backchannel-logout", logout_token="nonsense").status_code == 400
    assert "acr:" in browser.get("/").text


def test_a_third_party_may_initiate_a_sign_in_for_a_page_of_ours(browser):
    asked = browser.ask(f"/initiate?iss={ISSUER}&target_link_uri={HOME}/permit&login_hint=anna")
    assert asked["login_hint"] == "anna"
    assert browser.return_with(asked).headers["Location"] == "/permit"


@pytest.mark.parametrize(
    "query",
    [
        f"iss={ISSUER}&target_link_uri=http://evil.test/",
        "iss=http://evil.test",
        "",
        f"iss={ISSUER}&target_link_uri={HOME}.evil.test/",
    ],
)
def test_a_third_party_may_not_lead_elsewhere(browser, query):
    assert browser.get("/initiate?" + query).status_code == 400


def test_without_the_provider_the_front_page_still_stands(browser):
    browser.provider.down = True
    assert browser.get("/", headers={"Accept": "text/html"}).status_code == 200
    assert browser.get("/sign-in").status_code == 502


def test_whoever_comes_by_another_name_is_led_home(browser):
    response = browser.web.get("/permit?a=1", base_url="http://127.0.0.1:8002")
    assert response.headers["Location"] == HOME + "/permit?a=1"


def test_english_is_remembered_and_told_to_the_provider(browser):
    browser.get("/language?to=en&back=/")
    assert "Parking and permits" in browser.get("/").text
    assert browser.ask()["ui_locales"] == "en"


@pytest.mark.parametrize("back", ["//evil.test", "http://evil.test", "/\\evil.test"])
def test_the_language_switch_leads_nowhere_else(browser, back):
    assert browser.get("/language", query_string={"to": "en", "back": back}).headers["Location"] == "/"


@pytest.mark.parametrize(
    ("acr", "needed", "enough"),
    [
        ("simplified", "standard", False),
        ("standard", "standard", True),
        ("full", "standard", True),
        ("legal-entity", "standard", False),
        ("legal-entity", "legal-entity", True),
        ("full", "legal-entity", False),
        (None, "standard", False),
    ],
)
def test_rungs_rise_and_the_role_stands_apart(acr, needed, enough):
    assert suffices(acr, needed) is enough
