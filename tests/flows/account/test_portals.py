"""Connected portals: what each has, and that a withdrawn one has nothing from that moment on (D-01)."""

import pytest
from sqlalchemy import select

from idp.accounts.consent import Sharing
from idp.store.tables.records import OutboxRow
from tests.city import City
from tests.conftest import StillClock
from tests.flows.account.people import EMAIL, Anna, Post

SCOPE = frozenset({"openid", "profile", "email", "offline_access"})


@pytest.fixture
def town(anna: Anna, city: City) -> City:
    city.client("our-city", client_name="Our City", backchannel_logout_uri="https://our.test/bc")
    city.client("parking", first_party=True)
    city.session()
    return city


def share(town: City, *claims: str) -> None:
    scopes = SCOPE - {"openid"}
    town.flows.people.sharings.give(Sharing("anna", "our-city", scopes, frozenset(claims), town.flows.now()))


def told(town: City) -> list[tuple[str, str]]:
    rows = town.flows.database.rows(
        select(OutboxRow).where(OutboxRow.channel == "logout").with_only_columns(OutboxRow.reference, OutboxRow.payload)
    )
    return [(row.reference, row.payload["sid"]) for row in rows]


def test_the_list_tells_what_each_portal_has_and_whether_the_person_was_asked(town: City, clock: StillClock):
    share(town, "gender")
    town.grant("parking", scope=frozenset({"openid", "phone"}), created_at=clock.at)
    town.grant("parking", scope=frozenset({"openid"}), expires_at=clock.at)

    parking, our_city = sorted(town.flows.people.portals("anna"), key=lambda item: item.asked)

    assert (our_city.scopes, our_city.claims, our_city.asked) == (SCOPE - {"openid"}, {"gender"}, True)
    assert (parking.scopes, parking.claims, parking.asked) == ({"phone"}, frozenset(), False)


def test_a_withdrawn_portal_has_nothing_at_once(town: City, post: Post):
    share(town)
    tokens = town.exchange(town.code(town.grant("our-city", scope=SCOPE)), "our-city").json
    other = town.exchange(town.code(town.grant("parking", scope=SCOPE)), "parking").json
    assert town.userinfo(tokens["access_token"]).status == 200

    assert town.flows.people.portals.withdraw("anna", "our-city")

    assert town.userinfo(tokens["access_token"]).status == 401
    assert town.introspect(tokens["access_token"], "our-city") == {"active": False}
    assert town.refresh(tokens["refresh_token"], "our-city").json["error"] == "invalid_grant"
    assert town.userinfo(other["access_token"]).status == 200
    sharing = town.flows.people.sharings.get("anna", "our-city")
    assert sharing is not None and not sharing.covers(frozenset(), frozenset())


def test_the_portal_hears_of_it_and_so_do_all_contacts(town: City, anna: Anna, post: Post):
    share(town)
    town.grant("our-city")

    town.flows.people.portals.withdraw("anna", "our-city")

    assert told(town) == [("our-city", "session")]
    assert "Our City" in post.last(EMAIL).text
    assert anna.notices() == ["sharing_withdrawn"] and "sharing.withdrawn" in anna.events()


def test_a_code_that_wasnt_exchanged_yet_is_worth_nothing(town: City):
    code = town.code(town.grant("our-city", scope=SCOPE))
    town.flows.people.portals.withdraw("anna", "our-city")

    assert town.exchange(code, "our-city").json["error"] == "invalid_grant"


def test_a_portal_that_has_nothing_cant_be_withdrawn(town: City, anna: Anna):
    assert not town.flows.people.portals.withdraw("anna", "our-city")
    assert not town.flows.people.portals.withdraw("anna", "no such portal")
    assert anna.notices() == [] and told(town) == []


def test_the_next_request_asks_anew_and_only_a_withdrawn_one_is_gone(town: City):
    share(town)
    town.grant("parking")
    town.flows.people.portals.withdraw("anna", "our-city")

    assert [item.client.client_id for item in town.flows.people.portals("anna")] == ["parking"]
