"""What levels cost the machines' door: at most one statement more, and only where a portal is told something new."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from idp.assurance.identifiers import SNILS
from tests.city import City

NUMBER = "11223344595"


@pytest.fixture
def town(city: City) -> City:
    """A person on standard, and two portals that were told of it."""
    city.person(levels=("email", "pension_fund"))
    city.session()
    city.client("parking")
    city.client("permits", scope="openid profile snils")
    city.service()
    return city


@contextmanager
def counted(town: City, expected: int) -> Iterator[None]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    engine = town.flows.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(statements) == expected, statements


def grant(town: City, client_id: str = "parking", told: str = "standard", **changes: object):
    town.flows.clients.get(client_id)
    return town.grant(client_id, **{"told_acr": told, "told_level": told, **changes})


@pytest.mark.parametrize(("told", "more"), [("standard", 0), ("simplified", 1)])
def test_a_code_costs_one_read_and_a_note_only_of_news(town: City, told: str, more: int):
    code = town.code(grant(town, told=told))

    with counted(town, 1 + more):
        assert town.exchange(code).status == 200


@pytest.mark.parametrize("told", ["standard", "simplified"])
def test_a_refresh_costs_one_read_and_one_write_whatever_is_new(town: City, told: str):
    tokens = town.exchange(town.code(grant(town, told=told))).json

    with counted(town, 2):
        assert town.refresh(tokens["refresh_token"]).status == 200


def test_userinfo_and_introspection_cost_one_read_and_a_note_once(town: City):
    token = town.exchange(town.code(grant(town))).json["access_token"]
    # What is read once for many requests is read now.
    town.userinfo(token)
    with counted(town, 1):
        town.userinfo(token)
    with counted(town, 1):
        assert town.introspect(token)["active"]

    town.prove("visit")

    # The level has risen: told once, noted once.
    for expected in (2, 1):
        with counted(town, expected):
            assert town.userinfo(token).json["acr"] == "full"


def test_a_clients_own_token_costs_none(town: City):
    town.flows.clients.get("service")

    with counted(town, 0):
        assert town.token("service", grant_type="client_credentials").status == 200


class TestSnils:
    """Sealed: opened once, for a portal that has the scope, while the fund's word stands."""

    @pytest.fixture
    def token(self, town: City) -> str:
        with town.flows.database.together():
            town.flows.verifications.personal_data.hold("anna", SNILS, NUMBER, town.flows.now())
        opened = grant(town, "permits", scope=frozenset({"openid", "profile", "snils"}))
        found = str(town.exchange(town.code(opened), "permits").json["access_token"])
        town.userinfo(found)
        return found

    def test_is_told_by_its_scope_for_one_statement_more(self, town: City, token: str):
        with counted(town, 2):
            told = town.userinfo(token).json

        assert (told["snils"], told["snils_verified"]) == (NUMBER, True)

    def test_is_left_out_when_the_match_is_gone(self, town: City, token: str):
        with town.flows.database.together():
            town.flows.verifications.personal_data.let_go("anna", SNILS)

        assert not {"snils", "snils_verified"} & town.userinfo(token).json.keys()

    def test_is_nobodys_without_the_scope(self, town: City):
        opened = grant(town, claims_request={"userinfo": {"snils": None}})
        token = town.exchange(town.code(opened)).json["access_token"]

        assert "snils" not in town.userinfo(token).json

    def test_stands_in_verified_claims_too(self, town: City, token: str):
        wish = {"verification": {"trust_framework": None}, "claims": {"snils": None}}
        request = {"userinfo": {"verified_claims": wish}}
        opened = grant(town, "permits", claims_request=request, scope=frozenset({"openid"}))
        token = town.exchange(town.code(opened), "permits").json["access_token"]

        told = town.userinfo(token).json

        assert told["verified_claims"]["claims"] == {"snils": NUMBER} and "snils" not in told
