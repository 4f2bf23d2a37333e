"""Standard access, asked by three relying parties as a wish, as a demand, and in silence: all are answered alike."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session

from tests.provider import Provider
from tests.relying_parties.apache import apache
from tests.relying_parties.arrange import Person, register, settle
from tests.relying_parties.browser import Browser
from tests.relying_parties.openid_client import OpenidClient
from tests.relying_parties.test_apache import claims as told_by_apache
from tests.relying_parties.test_authlib import CALLBACK, VERIFIER, Application

DEMAND = {"claims": json.dumps({"id_token": {"acr": {"essential": True, "value": "standard"}}})}
WISH = {"acr_values": "standard"}
SILENT = {"prompt": "none"}
WAYS = {"wish": WISH, "demand": DEMAND, "silent-wish": WISH | SILENT, "silent-demand": DEMAND | SILENT}
#: What comes of each way to ask, by the person's level (the acr table): what is shown, and the acr or the error.
EXPECTED = {
    ("simplified", "wish"): ("the planner", "simplified"),
    ("simplified", "demand"): ("the planner", "unmet_authentication_requirements"),
    ("simplified", "silent-wish"): ("nothing", "simplified"),
    ("simplified", "silent-demand"): ("nothing", "interaction_required"),
    **{("standard", way): ("nothing", "standard") for way in WAYS},
}
#: Leads the browser to where a party asks in this way, and on to wherever it ends.
Ask = Callable[[Browser, str], None]
#: Goes back from the planner, where the browser stands there, and reads what the party was told: acr or error.
Read = Callable[[Browser], str]


def error_in(address: str) -> str:
    return address.split("error=")[1].partition("&")[0]


@pytest.fixture(scope="module")
def of_openid_client(portals: OpenidClient) -> tuple[Ask, Read]:
    def ask(browser: Browser, way: str) -> None:
        portals.sign_in(browser, "basic", **WAYS[way])

    def read(browser: Browser) -> str:
        if browser.path == "/step-up":
            browser.open(browser.link("/authorize/decline"))
        told = portals.told(browser)
        return str(told["claims"]["acr"] if "claims" in told else told["error"])

    return ask, read


@pytest.fixture(scope="module")
def of_authlib(provider: Provider) -> Iterator[tuple[Ask, Read]]:
    metadata = requests.get(f"{provider.issuer}/.well-known/openid-configuration", timeout=5).json()
    secret = register(provider, "authlib-of-standard", CALLBACK.removesuffix("/callback"))
    session = OAuth2Session(
        "authlib-of-standard", secret, scope="openid", redirect_uri=CALLBACK, code_challenge_method="S256"
    )
    party = Application(session, metadata)
    states: list[str] = []

    def ask(browser: Browser, way: str) -> None:
        where, state = session.create_authorization_url(
            metadata["authorization_endpoint"], code_verifier=VERIFIER, nonce="n-1", **WAYS[way]
        )
        states.append(state)
        browser.open(where, until=CALLBACK)

    def read(browser: Browser) -> str:
        if browser.path == "/step-up":
            browser.open(browser.link("/authorize/decline"), until=CALLBACK)
        if "error=" in browser.address:
            return error_in(browser.address)
        tokens = session.fetch_token(
            metadata["token_endpoint"],
            authorization_response=browser.address,
            state=states[-1],
            code_verifier=VERIFIER,
        )
        return str(party.claims(tokens)["acr"])

    yield ask, read
    session.close()


@pytest.fixture(scope="module")
def of_apache(provider: Provider) -> Iterator[tuple[Ask, Read]]:
    with TemporaryDirectory() as folder, apache(provider, Path(folder), "apache-of-standard", asks="") as site:
        refused = f"{site}/callback?error"

        def ask(browser: Browser, way: str) -> None:
            browser.open(f"{site}/{'permit' if way == 'demand' else way}/", until=refused)

        def read(browser: Browser) -> str:
            if browser.path == "/step-up":
                browser.open(browser.link("/authorize/decline"), until=refused)
            return error_in(browser.address) if browser.address.startswith(refused) else told_by_apache(browser)["acr"]

        yield ask, read


@pytest.fixture(scope="module")
def people(provider: Provider) -> dict[str, Person]:
    return {level: settle(provider, f"{level}-of-three", level) for level in ("simplified", "standard")}


@pytest.mark.parametrize("party", ["of_openid_client", "of_authlib", "of_apache"])
@pytest.mark.parametrize(("level", "way"), EXPECTED)
def test_standard(request, portals: OpenidClient, people, level: str, way: str, party: str, browser: Browser):
    ask, read = request.getfixturevalue(party)
    # Signed in at another portal, so that silence can be answered.
    portals.sign_in(browser, "post")
    browser.sign_in(people[level])
    page, answer = EXPECTED[level, way]

    ask(browser, way)

    assert (browser.path == "/step-up") is (page == "the planner"), browser.address
    if page == "the planner":
        assert "Enter your SNILS" in browser.text and 'href="/me/snils"' in browser.page.text
    assert read(browser) == answer


def test_a_portal_gets_the_new_level_without_a_new_sign_in(portals: OpenidClient, provider: Provider, browser: Browser):
    riser = settle(provider, "riser-of-three")
    portals.sign_in(browser, "basic", scope="openid offline_access")
    browser.sign_in(riser)
    first = portals.told(browser)["claims"]
    assert first["acr"] == "simplified"

    provider.city.prove("pension_fund", riser.account_id)

    assert portals.call(browser, "basic", "userinfo")["acr"] == "standard"
    assert portals.call(browser, "basic", "refresh")["claims"]["acr"] == "standard"
    silent = portals.sign_in(browser, "post", prompt="none")["claims"]
    assert (silent["acr"], silent["auth_time"], silent["sid"]) == ("standard", first["auth_time"], first["sid"])


def test_a_portal_that_was_told_more_hears_of_the_fall(portals: OpenidClient, provider: Provider, browser: Browser):
    faller = settle(provider, "faller-of-three", "standard")
    portals.sign_in(browser, "basic", **DEMAND)
    browser.sign_in(faller)
    assert portals.sign_in(browser, "post", acr_values="simplified")["claims"]["acr"] == "simplified"
    tokens = portals.told(browser)

    # The person edits the name, and agrees that it costs the level.
    browser.open(f"{provider.issuer}/me/data")
    typed = {"family_name": "Иванова", "given_name": "Инна", "middle_name": "", "birthdate": "", "gender": ""}
    browser.press(**typed, lower="yes")

    assert "Who was told that your access is lower" in browser.text
    # "post" was told access_level standard: both hear, both have ended their visit.
    for name in ("Basic", "Post"):
        assert re.search(rf"{name} \d\d:\d\d · knows, \d\.\d\d s after the change", browser.text), browser.text
    for portal in ("basic", "post"):
        browser.open(f"{portals.of(portal)}/")
        assert "claims" not in portals.told(browser)
    assert tokens["claims"]["access_level"] == "standard"
    # The session stands; the demand can't be met any more, a question without one is answered at once.
    assert portals.sign_in(browser, "basic", **DEMAND, prompt="none")["error"] == "interaction_required"
    assert portals.sign_in(browser, "post")["claims"]["acr"] == "simplified"
