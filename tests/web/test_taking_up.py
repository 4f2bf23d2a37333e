"""The sign-in that asked waits: taken up where it stopped, or afresh from the portal; no code into a dead state."""

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.flows.admin.clients import ChangeClient
from idp.flows.authorize.context import Context, Present
from tests.city import City
from tests.visitor import PASSWORD, Visitor, answer, forms, is_page, text, transaction

BINDING = {"claims": json.dumps({"id_token": {"acr": {"essential": True, "value": "standard"}}})}
START = "https://parking.test/initiate?from=city"


@pytest.fixture(autouse=True)
def _portal(town: City):
    """A portal that can begin a sign-in."""
    town.client("permits", client_name="Permits", first_party=True, initiate_login_uri=START)


def asks(visitor: Visitor, **parameters: str):
    """Ask bindingly for standard at the portal; return the answer, which leads to the planner."""
    response = visitor.authorize("permits", **BINDING, **parameters)
    assert is_page(response, "/step-up"), response.headers.get("Location")
    return response


def link(town: City, account_id: str = "anna") -> str:
    [item] = town.flows.people.take_up.waiting(account_id)
    return f"/waiting/{item.step_up.id}"


def led(response) -> dict[str, list[str]]:
    """Return what the portal is told where it begins a sign-in; fail if the browser is led anywhere else."""
    assert response.status_code == 303 and response.headers["Location"].startswith(START), response.headers["Location"]
    assert response.headers["Referrer-Policy"] == "no-referrer"
    return parse_qs(urlsplit(response.headers["Location"]).query)


def test_the_planner_shows_the_way_what_it_takes_and_a_way_back(anna: Visitor):
    asked = asks(anna)

    page = anna.follow(asked)

    shown = text(page)
    assert "Permits asks for it. You have simplified access." in shown
    assert "Usually under a minute" in shown and "SNILS number, date of birth and sex" in shown
    assert 'href="/me/snils"' in page.text and "we remember your request until 24 December 2026" in shown
    assert "Back to Permits without it" in shown
    back = anna.get(f"/authorize/decline?tx={transaction(asked)}")
    assert answer(back)["error"] == "unmet_authentication_requirements"


def test_a_wish_goes_on_with_the_level_there_is(anna: Visitor, town: City):
    asked = anna.authorize("permits", acr_values="standard")

    page = anna.follow(asked)

    assert "Go on in Permits with the access I have" in text(page)
    told = answer(anna.get(f"/authorize/decline?tx={transaction(asked)}"))
    assert town.claims(town.exchange(told["code"], "permits").json["id_token"])["acr"] == "simplified"
    assert town.flows.people.take_up.waiting("anna") == []


def test_in_the_same_browser_it_is_taken_up_where_it_stopped_even_if_the_store_forgot(anna: Visitor, town: City):
    town.flows.short_lived.drop("transaction", transaction(asks(anna, state="kept")))
    where = link(town)
    town.prove("pension_fund")

    resumed = anna.follow(anna.get(where))

    told = answer(resumed)
    assert told["state"] == "kept"
    assert town.claims(town.exchange(told["code"], "permits").json["id_token"])["acr"] == "standard"
    again = anna.get(where)
    assert again.status_code == 400 and "You are back in the service already" in text(again)


def test_a_double_press_lets_one_request_wait_once(anna: Visitor, town: City):
    """Both presses found the request unbound: the second finds it written down, and shows the same page."""
    asked = asks(anna)
    authorize, waiting = town.flows.people.authorize, town.flows.people.transactions.get(transaction(asked))
    assert waiting is not None
    unbound = replace(waiting, step_up="", browser="")
    context = Context(
        waiting.parameters, Present(account=town.flows.accounts.get("anna"), browser="b"), waiting.started_at
    )

    again = authorize._let_wait(context, unbound)

    assert (again.step_up, again.browser) == (waiting.step_up, waiting.browser)
    assert len(town.flows.people.take_up.step_ups.of("anna")) == 1


def test_the_pages_own_address_outlives_the_short_lived_store(anna: Visitor, town: City):
    asked = asks(anna)
    town.flows.short_lived.drop("transaction", transaction(asked))
    town.prove("pension_fund")

    assert "code" in answer(anna.get(f"/authorize/resume?tx={transaction(asked)}"))


def test_in_another_browser_no_code_is_sent_but_the_portal_starts_afresh(anna: Visitor, town: City):
    asked = asks(anna)
    town.prove("pension_fund")
    other = anna.another().wears()

    for path in (f"/authorize/resume?tx={transaction(asked)}", f"/step-up?tx={transaction(asked)}"):
        assert is_page(other.get(path), link(town))
    told = led(other.get(link(town)))

    assert told == {"from": ["city"], "iss": ["https://id.test"]}
    # Once: in the first browser the request is over now, and no code goes there either.
    for path in (f"/authorize/resume?tx={transaction(asked)}", f"/authorize/decline?tx={transaction(asked)}"):
        late = anna.get(path)
        assert late.status_code == 400 and "You are back in the service already" in text(late)
    # The portal asks anew, and the level is there.
    assert "code" in answer(other.authorize("permits", **BINDING, state="afresh"))


def test_an_hour_later_the_portal_starts_afresh_in_the_same_browser_too(anna: Visitor, town: City, clock):
    asked = asks(anna, target_link_uri="https://parking.test/permit?n=1")
    where = link(town)
    clock.move(minutes=61)
    town.prove("pension_fund")

    assert is_page(anna.get(f"/authorize/resume?tx={transaction(asked)}"), where)
    told = led(signed_in_again(anna, where))

    assert told["target_link_uri"] == ["https://parking.test/permit?n=1"]


def signed_in_again(visitor: Visitor, where: str):
    page = visitor.follow(visitor.get(where))
    return visitor.follow(visitor.press(page, login="anna@example.ru", password=PASSWORD))


def test_whoever_is_not_signed_in_signs_in_first_and_is_led_on(anna: Visitor, visitor: Visitor, town: City):
    asks(anna)
    where = link(town)
    stranger = anna.another()

    page = stranger.follow(stranger.get(where))

    policy = page.headers["Content-Security-Policy"]
    assert "form-action 'self' https://parking.test" in policy
    [form] = [form for form in forms(page) if form["action"] == "/sign-in"]
    assert form["fields"]["waiting"] == where.rpartition("/")[2]
    # Whoever only looked, a letter's scanner say, used nothing up.
    assert led(signed_in_again(stranger, where))["iss"] == ["https://id.test"]


def test_it_is_its_owners_alone(anna: Visitor, town: City):
    asks(anna)
    where = link(town)
    town.person("boris")
    town.session("of-boris", "boris")
    boris = anna.another().wears("of-boris")

    refused = boris.get(where)

    assert refused.status_code == 400 and "This link is somebody else's" in text(refused)
    assert town.flows.people.take_up.waiting("anna") != []


@pytest.mark.parametrize("path", ["/waiting/" + "0" * 32, "/waiting/nothing", "/waiting/%ff"])
def test_what_never_waited_is_no_longer_open(anna: Visitor, path):
    assert anna.get(path).status_code in (400, 404)


def test_after_thirty_days_it_is_over(anna: Visitor, town: City, clock):
    asks(anna)
    where = link(town)
    clock.move(days=30)

    gone = anna.get(where)

    assert gone.status_code == 400 and "no longer open" in text(gone)


def test_a_portal_without_such_an_address_is_opened_at_its_front_page(anna: Visitor, town: City):
    anna.authorize("parking", **BINDING)
    where = link(town)

    response = anna.another().wears().get(where)

    assert (response.status_code, response.headers["Location"]) == (303, "https://parking.test/")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/",
        "http://parking.test/permit",
        "https://parking.test:8443/",
        "//parking.test/",
        "permit",
        "https://parking.test@evil.test/",
        "https://parking.test/a#b",
        "https://parking.test.evil.test/",
    ],
)
def test_a_target_elsewhere_than_at_the_portal_is_refused(anna: Visitor, target: str):
    told = answer(anna.authorize("permits", target_link_uri=target))

    assert told["error"] == "invalid_request" and "target_link_uri" in told["error_description"]


def test_a_target_that_is_the_portals_no_more_is_left_out(anna: Visitor, town: City):
    asks(anna, target_link_uri="https://parking.test/permit")
    [item] = town.flows.people.take_up.waiting("anna")
    moved = {"redirect_uris": ["https://new.test/callback"]}
    ChangeClient(town.flows.registry)("permits", moved)

    assert "target_link_uri" not in led(anna.another().wears().get(f"/waiting/{item.step_up.id}"))


def test_who_waits_is_told_once_by_every_way_and_where_to_go_on(anna: Visitor, town: City):
    asks(anna)
    people = town.flows.people
    people.tell_ready("anna")
    assert "step_up_ready" not in [notice.kind for notice in people.notices.of("anna")]

    town.prove("pension_fund")
    people.tell_ready("anna")
    people.tell_ready("anna")

    [notice] = [notice for notice in people.notices.of("anna") if notice.kind == "step_up_ready"]
    assert notice.params["link"] == f"https://id.test{link(town)}"
    assert link(town) in anna.get("/me/notices").text and link(town) in anna.get("/me").text


def test_a_closed_account_leaves_nothing_that_waits(anna: Visitor, town: City, portals):
    asks(anna)
    account = town.flows.accounts.get("anna")
    town.flows.people.close_account(account, PASSWORD)

    assert town.flows.people.take_up.step_ups.of("anna") == []
