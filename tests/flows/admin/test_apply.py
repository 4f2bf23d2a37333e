"""A plan is carried out whole or not at all, on the versions it was made from, whoever writes meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from idp.clients.client_file import read_clients
from idp.flows.admin.apply import ApplyPlan
from idp.flows.admin.clients import AddClient, ChangeClient, RemoveClient
from idp.flows.admin.plan import Act, PlanClients, Step
from idp.kernel.ids import new_secret
from idp.kernel.refusal import Faulty, Refused
from idp.kernel.settings import Database, ShortLived
from idp.wiring import build
from tests.city import City

SECRET = new_secret()
DOCUMENT = {"client_name": "Parking", "redirect_uris": ["https://parking.test/callback"]}


def entry(client_id: str, name: str = "Parking", more: str = "") -> str:
    return (
        f'[[clients]]\nclient_id = "{client_id}"\nclient_name = "{name}"\nclient_secret = "env:X"\n'
        f'redirect_uris = ["https://{client_id}.test/callback"]\n{more}\n'
    )


def plan(city: City, *entries: str, prune: bool = False) -> list[Step]:
    return PlanClients(city.flows.registry, lambda _name: SECRET)(read_clients("".join(entries)), prune)


def names(city: City) -> dict[str, str]:
    return {client.client_id: client.client_name for client in city.flows.clients.all()}


@pytest.fixture
def two(city: City) -> City:
    ApplyPlan(city.flows.registry)(plan(city, entry("parking"), entry("library")))
    return city


def test_a_plan_that_went_stale_does_nothing_at_all(two):
    steps = plan(two, entry("library", "Books"), entry("museum"), entry("parking", "Garage"))
    ChangeClient(two.flows.registry)("parking", {"client_name": "Car park"})

    with pytest.raises(Refused, match=r"client\.changed_meanwhile"):
        ApplyPlan(two.flows.registry)(steps)
    assert names(two) == {"parking": "Car park", "library": "Parking"}


@pytest.mark.parametrize("meanwhile", ["removed", "registered anew", "added", "resource taken"])
def test_whatever_happened_meanwhile_is_noticed(two, clock, meanwhile):
    registry = two.flows.registry
    resource = 'resource_uris = ["https://api.test/"]'
    steps = plan(two, entry("library", "Books"), entry("parking", "Garage"), entry("museum", more=resource))
    if meanwhile == "added":
        AddClient(registry)(DOCUMENT, "museum")
    elif meanwhile == "resource taken":
        AddClient(registry)({**DOCUMENT, "resource_uris": ["https://api.test/"]}, "other")
    else:
        RemoveClient(registry)("parking")
        if meanwhile == "registered anew":
            clock.move(seconds=1)
            AddClient(registry)(DOCUMENT, "parking")
    before = names(two)

    with pytest.raises(Refused, match=r"client\.changed_meanwhile"):
        ApplyPlan(two.flows.registry)(steps)
    assert names(two) == before


def test_what_was_changed_meanwhile_is_not_pruned(two):
    steps = plan(two, entry("library"), prune=True)
    assert [step.act for step in steps] == [Act.REMOVE]
    ChangeClient(two.flows.registry)("parking", {"client_name": "Car park"})

    with pytest.raises(Refused, match=r"client\.changed_meanwhile"):
        ApplyPlan(two.flows.registry)(steps)
    assert "parking" in names(two)


def test_a_resource_goes_from_one_client_of_the_file_to_another(two):
    resource = 'resource_uris = ["https://api.test/"]'
    for holder, other in (("parking", "library"), ("library", "parking")):
        ApplyPlan(two.flows.registry)(plan(two, entry(other), entry(holder, more=resource)))
        assert two.flows.clients.of_resource("https://api.test/") == holder
    ApplyPlan(two.flows.registry)(plan(two, entry("museum", more=resource), entry("parking"), prune=True))
    assert two.flows.clients.of_resource("https://api.test/") == "museum"


def test_a_resource_that_two_hold_is_a_fault_with_its_line(two):
    resource = 'resource_uris = ["https://api.test/"]'
    AddClient(two.flows.registry)({**DOCUMENT, "resource_uris": ["https://api.test/"]}, "outside")
    with pytest.raises(Faulty) as outside:
        plan(two, entry("parking", more=resource))
    with pytest.raises(Faulty) as inside:
        plan(two, entry("parking", more=resource), entry("library", more=resource), prune=True)

    assert [(fault.field, fault.params["line"]) for fault in outside.value.faults] == [("parking.resource_uris", 6)]
    assert [(fault.field, fault.params["line"]) for fault in inside.value.faults] == [("library.resource_uris", 12)]


def test_a_value_of_any_other_kind_is_a_fault(city):
    for member in ("token_endpoint_auth_method", "client_id", "client_secret", "redirect_uris", "jwks", "client_name"):
        for value in ("[]", "{ a = 1 }", "5", "true", "1979-05-27", '""', "[[['x']]]", "nan"):
            document = {"client_id": '"parking"', "client_name": '"Parking"', member: value}
            text = "[[clients]]\n" + "".join(f"{name} = {told}\n" for name, told in document.items())
            with pytest.raises(Faulty, match=member):
                plan(city, text)


def test_a_client_that_goes_ends_its_grants(two):
    two.person()
    two.session()
    grant = two.grant("parking")
    ApplyPlan(two.flows.registry)(plan(two, entry("library"), prune=True))

    ended = two.flows.grants.get(grant.id)
    assert ended is None or ended.ended_at is not None


def test_of_parallel_appliers_one_wins_and_the_store_holds_one_whole_file(store_urls, settings, key_folder, tmp_path):
    """On both kinds of stores: each plan writes two clients, and never is one of each there."""
    (tmp_path / "keys").symlink_to(Path(key_folder))
    database, short_lived = store_urls
    settings = replace(settings, database=Database(url=database), short_lived=ShortLived(url=short_lived))
    flows = build(settings)
    city = City(flows)
    ApplyPlan(flows.registry)(plan(city, entry("parking"), entry("library")))
    plans = [plan(city, entry("parking", f"N{number}"), entry("library", f"N{number}")) for number in range(6)]

    def carry_out(steps: list[Step]) -> str:
        try:
            ApplyPlan(flows.registry)(steps)
        except Refused as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(6) as pool:
        outcomes = sorted(pool.map(carry_out, plans))
    kept = set(names(city).values())
    flows.close()

    assert outcomes == ["client.changed_meanwhile"] * 5 + ["done"]
    assert len(kept) == 1 and kept != {"Parking"}
