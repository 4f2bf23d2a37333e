"""Grants: opened, read whole, rotated by one, ended once; each way to end many takes exactly its own."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from idp.assurance.acr import AcrRequest
from idp.assurance.evidence import Kind
from idp.kernel.settings import Settings
from idp.store.database import Database
from idp.wiring import build
from tests.city import PERSON, City
from tests.conftest import StillClock
from tests.machines import key_folder

__all__ = ["key_folder"]


@pytest.fixture
def town(database: Database, settings: Settings, key_folder: Path, tmp_path: Path, clock: StillClock) -> Iterator[City]:
    """A person with a session, on each kind of database."""
    shutil.copytree(key_folder, tmp_path / "keys")
    url = database.url.render_as_string(hide_password=False)
    flows = build(replace(settings, database=replace(settings.database, url=url)), clock)
    city = City(flows)
    city.person()
    city.session()
    yield city
    flows.close()


def names(grants):
    return {grant.id for grant in grants}


def test_a_grant_comes_back_as_it_was_opened(town: City):
    grant = town.grant(
        resources=("https://api.test/",),
        acr_request=AcrRequest(("full", "standard"), True),
        claims_request={"userinfo": {"name": None}},
        told_acr="simplified",
        offline=True,
    )

    assert town.flows.grants.get(grant.id) == grant
    assert town.flows.grants.get("unknown") is None


def test_live_reads_everything_a_token_needs_in_one_go(town):
    town.prove("visit")
    grant = town.grant()
    live = town.flows.grants.live(grant.id, town.flows.now())

    assert live.grant == grant
    assert (live.account.id, live.account.name.full) == (PERSON, "Иванова Анна Петровна")
    assert live.account.password_hash == ""
    assert live.session.id == "session"
    assert {item.kind for item in live.evidence} == {Kind.EMAIL, Kind.VISIT}
    assert {contact.value for contact in live.contacts} == {"anna@example.ru", "+79001234567"}


def test_live_leaves_out_what_has_ended_and_survives_a_missing_session(town):
    town.disprove("email")
    town.erase_contacts()
    grant = town.grant(session_id="gone")
    live = town.flows.grants.live(grant.id, town.flows.now())

    assert (live.session, live.evidence, live.contacts) == (None, (), ())


def test_rotate_moves_on_once_from_each_generation(town):
    grants, grant, at = town.flows.grants, town.grant(), town.flows.now()

    assert grants.rotate(grant.id, 0, at, "standard")
    assert not grants.rotate(grant.id, 0, at)
    found = grants.get(grant.id)
    assert (found.generation, found.rotated_at, found.told_acr) == (1, at, "standard")
    grants.end(grant.id, "revoked", at)
    assert not grants.rotate(grant.id, 1, at)


def test_the_first_reason_stays(town):
    grants, grant, at = town.flows.grants, town.grant(), town.flows.now()

    assert grants.end(grant.id, "replayed_code", at)
    assert not grants.end(grant.id, "revoked", at + timedelta(hours=1))
    assert (grants.get(grant.id).end_reason, grants.get(grant.id).ended_at) == ("replayed_code", at)


@pytest.fixture
def five(town):
    """Grants that differ in session, client, account and offline access."""
    town.person("boris")
    return {
        "plain": town.grant().id,
        "offline": town.grant(offline=True).id,
        "library": town.grant("library").id,
        "elsewhere": town.grant(session_id="other").id,
        "boris": town.grant(account_id="boris", session_id="his").id,
    }


@pytest.mark.parametrize(
    ("end", "ended"),
    [
        (lambda grants, at: grants.end_of_session("session", "signed_out", at), {"plain", "library"}),
        (
            lambda grants, at: grants.end_of_account(PERSON, "closed", at),
            {"plain", "offline", "library", "elsewhere"},
        ),
        (
            lambda grants, at: grants.end_of_client(PERSON, "parking", "withdrawn", at),
            {"plain", "offline", "elsewhere"},
        ),
    ],
)
def test_ending_many_takes_its_own_and_tells_which(town, five, end, ended):
    told = end(town.flows.grants, town.flows.now())

    assert names(told) == {five[name] for name in ended}
    assert end(town.flows.grants, town.flows.now()) == []
    for name, grant_id in five.items():
        assert (town.flows.grants.get(grant_id).ended_at is not None) == (name in ended)


def test_a_removed_clients_grants_end_for_everybody(town, five):
    assert town.flows.grants.end_all_of_client("parking", "client_removed", town.flows.now()) == 4
    assert names(town.flows.grants.of_account(PERSON)) == {five["library"]}


def test_a_session_remembers_its_ended_grants_too(town, five):
    town.flows.grants.end(five["plain"], "revoked", town.flows.now())

    assert names(town.flows.grants.of_session("session")) == {five["plain"], five["offline"], five["library"]}
    assert five["plain"] not in names(town.flows.grants.of_account(PERSON))
