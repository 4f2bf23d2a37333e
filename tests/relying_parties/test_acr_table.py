"""The acr table of the requirements, walked by a real relying party: every session, value, way to ask, and prompt.

What is expected stands here in the words of the requirements; nothing is taken from the code.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.provider import Provider
from tests.relying_parties.arrange import Person, settle
from tests.relying_parties.browser import Browser
from tests.relying_parties.openid_client import ACR_VALUES, OpenidClient

#: "Which acr a session can give, right now", as the requirements have it.
TABLE = """
| session                                              | simplified     | standard         | full                                | legal-entity                        |
| no level yet (e-mail unconfirmed)                    | confirm first  | confirm first    | confirm first                       | confirm first                       |
| person, level simplified                             | yes            | step up: SNILS   | step up: centre                     | step up: certificate, after standard |
| person, level standard                               | yes            | yes              | step up: centre                     | step up: certificate                |
| person, level full                                   | yes            | yes              | yes                                 | step up: certificate                |
| any person, signed in only by a social network       | yes            | re-authenticate, then as above | same                  | step up: certificate                |
| acting for an organisation by its certificate (person's level standard or full) | as that person | as that person | as that person's level allows | yes |
| acting for an organisation by delegation             | as that person | as that person   | as that person's level allows       | step up: certificate                |
"""  # noqa: E501
#: The sessions that exist today, with the real level of each. The others come with the issues that bring them.
LEVELS = {
    "person, level simplified": "simplified",
    "person, level standard": "standard",
    "person, level full": "full",
}
#: The steps up that are built; where none is, "no way exists yet". An issue that builds one names it here.
BUILT = frozenset({"SNILS"})

#: Rules 2 to 4: what is shown, how it ends when the person goes back, and how it ends with prompt=none.
UNMET = "unmet_authentication_requirements"
ANSWERS = {
    ("voluntary", "yes"): ("nothing", "the value", "the value"),
    ("voluntary", "a way exists"): ("the step-up page", "the real level", "the real level"),
    ("voluntary", "no way exists"): ("nothing", "the real level", "the real level"),
    ("binding", "yes"): ("nothing", "the value", "the value"),
    ("binding", "a way exists"): ("the step-up page", UNMET, "interaction_required"),
    ("binding", "no way exists"): ("the step-up page", UNMET, UNMET),
}


def cells() -> dict[tuple[str, str], str]:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.strip().splitlines()]
    return {(row[0], value): cell for row in rows[1:] for value, cell in zip(rows[0][1:], row[1:], strict=True)}


CELLS = cells()


def kind(cell: str) -> str:
    if cell == "yes":
        return "yes"
    step = cell.removeprefix("step up: ").split(",")[0]
    return "a way exists" if step in BUILT else "no way exists"


def claims(**acr: Any) -> dict[str, str]:
    return {"claims": json.dumps({"id_token": {"acr": acr}})}


#: Rule 1: which ways to ask bind. Each gives the portal that asks, and what it asks.
WAYS_TO_ASK: dict[tuple[str, str], Callable[[str], tuple[str, dict[str, str]]]] = {
    ("voluntary", "acr_values"): lambda value: ("basic", {"acr_values": value}),
    ("voluntary", "a claim that isn't essential"): lambda value: ("basic", claims(value=value)),
    ("voluntary", "default_acr_values"): lambda value: (f"likes-{value}", {}),
    ("binding", "an essential claim's value"): lambda value: ("basic", claims(essential=True, value=value)),
    ("binding", "an essential claim's values"): lambda value: ("basic", claims(essential=True, values=[value])),
    ("binding", "the registered minimum"): lambda value: (f"at-least-{value}", {}),
}


@dataclass(frozen=True)
class Walk:
    """A person's browser, signed in at the provider."""

    browser: Browser
    portals: OpenidClient
    person: Person

    def __call__(self, portal: str, **wishes: Any) -> tuple[list[str], str]:
        """Ask at the portal and go back from whatever is offered; return the pages met, and the acr or the error."""
        pages = []
        told = self.portals.sign_in(self.browser, portal, **wishes)
        while told is None:
            assert len(pages) < 5, pages
            pages.append(self.browser.path)
            if self.browser.path == "/sign-in":
                self.browser.sign_in(self.person)
            elif self.browser.path == "/consent":
                self.browser.press(answer="yes")
            else:
                assert self.browser.path == "/step-up", self.browser.text
                self.browser.open(self.browser.link("/authorize/decline"))
            told = self.portals.told(self.browser)
        return pages, told["claims"]["acr"] if "claims" in told else told["error"]


@pytest.fixture(scope="module")
def people(provider: Provider, portals: OpenidClient) -> Iterator[dict[str, Walk]]:
    """One person on every level, signed in."""
    walks = {
        level: Walk(Browser(), portals, settle(provider, f"{level}-of-the-table", level)) for level in LEVELS.values()
    }
    for walk in walks.values():
        portals.sign_in(walk.browser, "basic")
        walk.browser.sign_in(walk.person)
    yield walks
    for walk in walks.values():
        walk.browser.http.close()


@pytest.mark.parametrize("asked", WAYS_TO_ASK, ids=lambda asked: f"{asked[0]} by {asked[1]}")
@pytest.mark.parametrize("value", ACR_VALUES)
@pytest.mark.parametrize("session", LEVELS)
def test_every_cell_however_it_is_asked(people, session: str, value: str, asked: tuple[str, str]):
    real = LEVELS[session]
    page, declined, silent = ANSWERS[asked[0], kind(CELLS[session, value])]
    words = {"the value": value, "the real level": real}
    declined, silent = words.get(declined, declined), words.get(silent, silent)
    shown = ["/step-up"] if page == "the step-up page" else []
    portal, wishes = WAYS_TO_ASK[asked](value)
    walk = people[real]

    assert walk(portal, **wishes) == (shown, declined)
    assert walk(portal, **wishes, prompt="none") == ([], silent)
    assert walk(portal, **wishes, prompt="login") == (["/sign-in", *shown], declined)
    # Consent is asked for what will be given: nobody agrees to an answer that is none.
    agreed = [] if declined == UNMET else ["/consent"]
    assert walk(portal, **wishes, prompt="consent") == ([*shown, *agreed], declined)


@pytest.mark.parametrize("session", LEVELS)
def test_nothing_asked_is_answered_with_the_real_level(people, session: str):
    """Rule 5."""
    assert people[LEVELS[session]]("basic") == ([], LEVELS[session])


MINIMUM = "at-least-standard"
#: Not reached, though a way exists: who goes back is told so, in silence it is told that there is something to do.
NOT_YET = f"{UNMET}, in silence interaction_required"
#: Rules 1, 2 and 6 about lists: the session, who asks, acr_values, the values of an essential claim, and the answer.
LISTS = [
    # The first of the asked values that the session gives is the answer.
    ("full", "basic", "simplified full", [], "simplified"),
    ("full", "basic", "legal-entity full simplified", [], "full"),
    ("standard", "basic", "full standard simplified", [], "standard"),
    ("full", "basic", "", ["legal-entity", "standard"], "standard"),
    # None of them: voluntary, the real level; binding, an error.
    ("standard", "basic", "legal-entity full", [], "standard"),
    ("standard", "basic", "", ["legal-entity", "full"], UNMET),
    # A binding list is used alone.
    ("full", "basic", "full", ["simplified"], "simplified"),
    ("full", "likes-full-or-standard", "", ["simplified"], "simplified"),
    ("standard", "basic", "standard", ["full"], UNMET),
    # The minimum removes lower values from any list …
    ("full", MINIMUM, "simplified full", [], "full"),
    ("full", MINIMUM, "", ["simplified", "full"], "full"),
    # … and is itself asked if nothing is left.
    ("full", MINIMUM, "", [], "standard"),
    ("full", MINIMUM, "simplified", [], "standard"),
    ("full", MINIMUM, "", ["simplified"], "standard"),
    ("simplified", MINIMUM, "simplified", [], NOT_YET),
    ("simplified", MINIMUM, "", ["simplified"], NOT_YET),
    # The minimum binds under a voluntary wish too.
    ("standard", MINIMUM, "full", [], "standard"),
    ("simplified", MINIMUM, "full", [], NOT_YET),
    # Registered defaults stand in for acr_values, in their order.
    ("full", "likes-full-or-standard", "", [], "full"),
    ("standard", "likes-full-or-standard", "", [], "standard"),
    ("simplified", "likes-full-or-standard", "", [], "simplified"),
    ("full", "likes-full-or-standard", "simplified", [], "simplified"),
    # A value that we don't know is passed over.
    ("standard", "basic", "urn:gold standard", [], "standard"),
    ("standard", "basic", "urn:gold", [], "standard"),
    ("standard", "basic", "", ["urn:gold", "simplified"], "simplified"),
    ("standard", "basic", "", ["urn:gold", "full"], UNMET),
    # All are unknown and binding.
    ("full", "basic", "", ["urn:gold", "2"], UNMET),
    ("full", MINIMUM, "", ["urn:gold"], UNMET),
]


@pytest.mark.parametrize("prompt", [None, "none"])
@pytest.mark.parametrize(("level", "portal", "acr_values", "essential", "expected"), LISTS)
def test_lists(people, level: str, portal: str, acr_values: str, essential: list[str], expected: str, prompt):
    wishes = claims(essential=True, values=essential) if essential else {}

    _pages, answered = people[level](portal, **wishes, acr_values=acr_values or None, prompt=prompt)

    assert answered == ({None: UNMET, "none": "interaction_required"}[prompt] if expected == NOT_YET else expected)


def test_values_that_are_all_unknown_show_no_page(people):
    assert people["full"]("basic", **claims(essential=True, value="urn:gold")) == ([], UNMET)


def test_a_request_that_waits_is_taken_up_when_the_level_has_come(provider: Provider, portals, browser):
    """Rule 3: the request survives the wait."""
    waiter = settle(provider, "waiter")
    portals.sign_in(browser, "basic", **claims(essential=True, value="standard"))
    browser.sign_in(waiter)
    assert browser.path == "/step-up"

    provider.city.prove("pension_fund", waiter.account_id)
    browser.open(browser.address)

    assert portals.told(browser)["claims"]["acr"] == "standard"


@pytest.fixture(scope="module")
def nobody(provider: Provider, portals) -> Iterator[Walk]:
    """Signed in, with tokens, and then the e-mail counts no more."""
    person = settle(provider, "nobody-yet")
    with Browser() as browser:
        portals.sign_in(browser, "basic", scope="openid offline_access")
        browser.sign_in(person)
        assert "claims" in portals.told(browser)
        provider.city.disprove("email", person.account_id)
        yield Walk(browser, portals, person)


class TestWithoutALevel:
    """Rule 10: such a session gets no token at all; the person is led to the confirmation."""

    HERS = "siren-42-vo-dvore"
    SESSION = "no level yet (e-mail unconfirmed)"

    @pytest.mark.parametrize("asked", WAYS_TO_ASK, ids=lambda asked: f"{asked[0]} by {asked[1]}")
    @pytest.mark.parametrize("value", ACR_VALUES)
    def test_every_cell_leads_to_the_confirmation(self, nobody: Walk, portals, value: str, asked: tuple[str, str]):
        assert CELLS[self.SESSION, value] == "confirm first"
        portal, wishes = WAYS_TO_ASK[asked](value)

        assert portals.sign_in(nobody.browser, portal, **wishes) is None
        assert nobody.browser.path == "/me/contacts"
        assert nobody(portal, **wishes, prompt="none") == ([], "interaction_required")

    def test_asking_nothing_leads_there_too(self, nobody: Walk, portals):
        assert portals.sign_in(nobody.browser, "basic") is None and nobody.browser.path == "/me/contacts"
        assert nobody("basic", prompt="none") == ([], "interaction_required")

    def test_what_was_given_before_is_worth_nothing(self, nobody: Walk, portals):
        nobody.browser.open(f"{portals.of('basic')}/")
        tokens = portals.told(nobody.browser)

        assert portals.call(nobody.browser, "basic", "userinfo")["error"] == "invalid_token"
        assert portals.call(nobody.browser, "basic", "refresh")["error"] == "invalid_grant"
        for token in (tokens["access_token"], tokens["refresh_token"]):
            assert portals.call(nobody.browser, "basic", "introspect", token=token) == {"active": False}

    def test_who_has_only_registered_is_no_session_and_is_led_to_the_code(self, provider: Provider, portals, browser):
        portals.sign_in(browser, "basic", prompt="create")
        assert browser.path == "/sign-up"
        form = {"family_name": "Носова", "given_name": "Нина", "email": "nina@example.ru", "phone": "9001112233"}
        browser.press(**form, password=self.HERS, password2=self.HERS, agreement="1")
        assert browser.path == "/sign-up/email", browser.text
        assert portals.sign_in(browser, "basic", prompt="none")["error"] == "login_required"

        portals.sign_in(browser, "basic")
        browser.sign_in(Person("", "nina@example.ru", self.HERS))

        assert browser.path == "/sign-up/email" and portals.told(browser) is None
        assert portals.sign_in(browser, "basic", prompt="none")["error"] == "login_required"
