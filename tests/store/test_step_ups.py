"""Requests that wait for a level, in the database: taken once, told once, one for each portal."""

from dataclasses import replace
from datetime import timedelta

from idp.assurance.acr import AcrRequest
from idp.protocol.requests import Form
from idp.protocol.step_up import StepUp
from idp.store.database import Database
from idp.store.step_ups import StepUps
from tests.racers import EVERYBODY

HOUR = timedelta(hours=1)


def waits(clock, step_up_id: str = "a" * 32, **changes) -> StepUp:
    asked = AcrRequest(("standard",), binding=True)
    parameters = Form((("scope", "openid"), ("resource", "https://a"), ("resource", "https://b")))
    until = clock() + timedelta(days=30)
    return replace(StepUp(step_up_id, "anna", "parking", parameters, asked, "b" * 64, clock(), until), **changes)


def test_what_is_kept_comes_back_as_it_was(database, clock, anna):
    step_ups, kept = StepUps(database), waits(clock)

    step_ups.add(kept)

    assert step_ups.get(kept.id) == kept
    assert step_ups.get("c" * 32) is None
    assert step_ups.of("anna") == [kept]


def test_it_is_taken_once_and_told_once(database, clock, anna):
    step_ups, kept = StepUps(database), waits(clock)
    step_ups.add(kept)

    assert step_ups.tell(kept.id, clock()) and not step_ups.tell(kept.id, clock())
    assert step_ups.open_of("anna", clock()) != []
    assert step_ups.take(kept.id, clock()) and not step_ups.take(kept.id, clock())
    assert step_ups.open_of("anna", clock()) == []


def test_nothing_is_taken_after_its_time(database, clock, anna):
    step_ups, kept = StepUps(database), waits(clock)
    step_ups.add(kept)
    clock.move(days=30)

    assert step_ups.open_of("anna", clock()) == [] and not step_ups.take(kept.id, clock())
    assert step_ups.sweep(clock()) == 1 and step_ups.get(kept.id) is None


def test_of_each_portal_the_newest_is_told_and_the_stale_gives_way(database, clock, anna):
    step_ups = StepUps(database)
    step_ups.add(waits(clock, "1" * 32))
    clock.move(minutes=10)
    step_ups.add(waits(clock, "2" * 32))
    step_ups.add(waits(clock, "3" * 32, client_id="avtokod", started_at=clock() - 2 * HOUR))

    assert [item.id[0] for item in step_ups.open_of("anna", clock())] == ["2", "3"]
    assert step_ups.drop_stale("anna", "parking", clock()) == 1
    assert [item.id[0] for item in step_ups.of("anna")] == ["3", "2"]
    step_ups.drop_of("anna")
    assert step_ups.of("anna") == []


def take(database: Database, number: int, step_up_id: str, at) -> bool:
    return StepUps(database).take(step_up_id, at)


def test_of_many_browsers_at_once_one_takes_it(database, database_url, clock, anna, race):
    StepUps(database).add(waits(clock))

    taken = race(Database, (database_url,), take, "a" * 32, clock())

    assert sorted(taken) == [False] * (EVERYBODY - 1) + [True]
