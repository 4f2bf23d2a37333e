"""A fallen level: who was told more hears of it, what was bound to it ends, everybody else is left alone."""

from typing import Any

import pytest

from idp.assurance.acr import AcrRequest
from idp.assurance.evidence import Ended, Kind
from idp.flows.account.change import DataForm
from tests.city import City

FORM = DataForm("Иванова", "Инна", "Петровна", "1980-05-17", "female", "ru", lower=True)
ASKED = {
    "nothing": AcrRequest(),
    "a wish": AcrRequest(("standard",)),
    "less": AcrRequest(("simplified",)),
    "bound": AcrRequest(("standard",), binding=True),
    "floor": AcrRequest(("full",), floor="standard"),
}


@pytest.fixture
def posted(city: City, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str]]]:
    """What was posted to portals; the one called deaf doesn't listen."""
    told: list[tuple[str, dict[str, str]]] = []

    def post(url: str, form: dict[str, str], timeout: float | None = None) -> int:
        told.append((url, form))
        return 503 if "deaf" in url else 200

    falls = city.flows.people.tell_of_fall
    object.__setattr__(falls.tell_again.tell, "post", post)
    return told


@pytest.fixture
def town(city: City, posted) -> City:
    """Anna on standard, signed in, and a portal for every way to ask."""
    city.person(levels=("email", "pension_fund"))
    city.session()
    for name in (*ASKED, "deaf"):
        where = name.replace(" ", "-")
        city.client(where, client_name=name, backchannel_logout_uri=f"https://{where}.test/bc", first_party=True)
    return city


def grant(town: City, name: str, told: str = "standard", **changes: Any):
    given = {"told_acr": told, "told_level": "standard", "scope": frozenset({"openid"}), **changes}
    return town.grant(name.replace(" ", "-"), acr_request=ASKED.get(name, AcrRequest()), **given)


def fall(town: City) -> None:
    people = town.flows.people
    account = town.flows.accounts.get("anna")
    assert account is not None
    people.change_data(account, FORM)
    people.tell_of_fall.tell("anna")


def whom(posted: list[tuple[str, dict[str, str]]]) -> list[str]:
    return sorted(url.removeprefix("https://").partition(".")[0] for url, _ in posted)


def test_who_was_told_more_hears_of_it_by_a_logout_token_of_its_session(town: City, posted):
    grant(town, "a wish")

    fall(town)

    [(url, form)] = posted
    claims = town.flows.keys.verify(form["logout_token"], "logout+jwt")
    assert url == "https://a-wish.test/bc"
    assert (claims["aud"], claims["sub"], claims["sid"]) == ("a-wish", "anna", "session")


def test_who_was_told_no_more_than_holds_is_left_alone(town: City, posted):
    grant(town, "less", told="simplified", told_level="simplified")
    grant(town, "nothing", told="simplified", told_level="")

    fall(town)

    assert posted == []


def test_the_persons_own_level_counts_as_told_too(town: City, posted):
    """``access_level`` stands in every token, whatever ``acr`` was asked."""
    grant(town, "less", told="simplified", told_level="standard")

    fall(town)

    assert whom(posted) == ["less"]


@pytest.mark.parametrize(("name", "ends"), [("bound", True), ("floor", True), ("a wish", False), ("nothing", False)])
def test_what_is_bound_to_the_level_ends_and_does_not_come_back_with_it(town: City, posted, name, ends):
    opened = grant(town, name)

    fall(town)
    town.prove("pension_fund")

    kept = town.flows.grants.get(opened.id)
    assert kept is not None and kept.end_reason == ("level_lost" if ends else "")
    assert whom(posted) == [name.replace(" ", "-")]


def test_a_portal_learns_it_at_userinfo_and_is_told_when_that_falls(town: City, posted):
    """Told simplified at first; the level rose, the portal read it at UserInfo, and then it fell."""
    town.disprove("pension_fund")
    opened = grant(town, "nothing", told="simplified", told_level="simplified")
    code = town.code(opened)
    token = town.exchange(code, "nothing").json["access_token"]
    town.prove("pension_fund")
    assert town.userinfo(token).json["acr"] == "standard"

    fall(town)

    assert whom(posted) == ["nothing"]
    assert town.userinfo(token).json["acr"] == "simplified"


def test_one_that_does_not_listen_is_told_again_by_the_job_and_the_page_says_so(town: City, posted, clock):
    grant(town, "a wish")
    grant(town, "deaf")
    fall(town)
    falls = town.flows.people.tell_of_fall

    assert {one.client.client_id: one.seconds for one in falls.heard("anna")} == {"a-wish": 0.0, "deaf": None}
    posted.clear()
    clock.move(seconds=60)
    falls.tell_again()
    assert whom(posted) == ["deaf"]


def test_the_page_that_caused_it_and_the_job_tell_nobody_twice(town: City, posted):
    grant(town, "a wish")
    people = town.flows.people
    account = town.flows.accounts.get("anna")
    assert account is not None
    people.change_data(account, FORM)

    people.tell_of_fall.tell_again()
    people.tell_of_fall.tell("anna")

    assert whom(posted) == ["a-wish"]


def test_a_fall_to_nothing_tells_everybody(town: City, posted):
    grant(town, "less", told="simplified", told_level="simplified")
    bound = grant(town, "bound")
    changes = town.flows.people.change_data.change_level
    with town.flows.database.together():
        changes.end("anna", Kind.PENSION_FUND, Ended.MISMATCH)
        changes.end("anna", Kind.EMAIL, Ended.REPLACED)
    town.flows.people.tell_of_fall.tell("anna")

    assert set(whom(posted)) == {"less", "bound"}
    kept = town.flows.grants.get(bound.id)
    assert kept is not None and kept.end_reason == "level_lost"


def test_a_token_of_the_lost_level_is_inactive_and_one_of_less_tells_the_level_there_is(town: City, posted):
    lost = town.exchange(town.code(grant(town, "a wish")), "a-wish").json["access_token"]
    kept = town.exchange(town.code(grant(town, "less", told="simplified")), "less").json["access_token"]
    assert town.introspect(kept, "less")["access_level"] == "standard"

    fall(town)

    assert town.introspect(lost, "a-wish") == {"active": False}
    told = town.introspect(kept, "less")
    assert (told["active"], told["acr"], told["access_level"]) == (True, "simplified", "simplified")


def test_the_new_level_comes_with_the_next_refresh_up_and_down(town: City, posted):
    opened = grant(town, "nothing", told="simplified")
    tokens = town.exchange(town.code(opened), "nothing").json
    fall(town)

    fallen = town.refresh(tokens["refresh_token"], "nothing").json
    assert town.claims(fallen["id_token"])["acr"] == "simplified"
    town.prove("pension_fund")
    risen = town.refresh(fallen["refresh_token"], "nothing").json
    assert town.claims(risen["id_token"])["acr"] == "standard"
    kept = town.flows.grants.get(opened.id)
    assert kept is not None and (kept.told_acr, kept.told_level) == ("standard", "standard")
