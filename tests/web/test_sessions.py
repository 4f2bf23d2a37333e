"""Devices and sessions: the person's own live ones, each with its portals; ended by a press, journalled, told."""

import pytest

from idp.journal.events import Event
from tests.city import City
from tests.visitor import PASSWORD, Visitor, forms, is_page, text

PATH = "/me/security/sessions"
TOLD = "https://parking.test/logged-out"


@pytest.fixture(autouse=True)
def _two_sessions(town: City, portals) -> None:
    """Beside the session in front of us, one on another device, where Anna went to Parking."""
    town.client("tram", client_name="Tram", backchannel_logout_uri=TOLD)
    town.session("elsewhere")
    town.grant("tram", session_id="elsewhere")


def ending(page, session_id: str = "elsewhere"):
    [form] = [form for form in forms(page) if form["action"] == f"{PATH}/{session_id}/end"]
    return form


def lines(town: City, kind: str):
    return [line.event for line in town.flows.journal.of("anna") if line.event.kind == kind]


def test_live_sessions_stand_there_with_their_portals_and_this_one_first(anna: Visitor, town: City):
    town.session("over")
    town.sign_out("over")
    page = anna.get(PATH)

    shown = text(page)
    assert shown.index("This device") < shown.index("Tram")
    assert [form["action"] for form in forms(page)].count(f"{PATH}/session/end") == 0
    assert f"{PATH}/over/end" not in page.text and ending(page)


def test_one_is_ended_its_portal_told_and_the_journal_says_so(anna: Visitor, town: City, portals):
    other = anna.another().wears("elsewhere")
    form = ending(anna.get(PATH))

    done = anna.post(form["action"], form["fields"])

    assert is_page(done, PATH) and "The session has ended" in text(anna.follow(done))
    assert is_page(other.get("/me"), "/sign-in") and anna.get("/me").status_code == 200
    assert [url for url, _ in portals.posted] == [TOLD]
    [event] = lines(town, "session.ended")
    assert event.details == {"sid": "elsewhere", "reason": "ended_elsewhere"} and event.actor == "anna"
    # A second press, from another tab, finds nothing left to do.
    assert is_page(anna.post(form["action"], form["fields"]), PATH)
    assert len(lines(town, "session.ended")) == 1


def test_all_others_are_ended_at_once(anna: Visitor, town: City):
    town.session("third")
    [form] = [form for form in forms(anna.get(PATH)) if form["action"] == f"{PATH}/end-others"]

    done = anna.post(form["action"], form["fields"])

    assert "Only this session is left" in text(anna.follow(done))
    assert "end-others" not in anna.get(PATH).text
    for session_id in ("elsewhere", "third"):
        assert is_page(anna.another().wears(session_id).get("/me"), "/sign-in")
    [event] = lines(town, "session.all_ended")
    assert event.details == {"sessions": 2, "reason": "ended_elsewhere"}


def test_nobody_ends_anothers_session(anna: Visitor, town: City):
    town.person("boris")
    town.session("his", "boris")
    token = ending(anna.get(PATH))["fields"]

    for session_id in ("his", "nobody"):
        assert anna.post(f"{PATH}/{session_id}/end", token).status_code == 404
    assert town.flows.people.sessions.get("his").ended_at is None


@pytest.mark.parametrize("action", [f"{PATH}/elsewhere/end", f"{PATH}/end-others"])
def test_a_foreign_sites_form_ends_nothing(anna: Visitor, town: City, action):
    assert anna.post(action, {}).status_code == 400
    assert anna.post(action, {"csrf_token": "guessed"}).status_code == 400
    assert town.flows.people.sessions.get("elsewhere").ended_at is None


def test_the_record_of_sign_ins_has_failures_too_and_is_its_owners_alone(anna: Visitor, town: City):
    stranger, agent = anna.another(), {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"}
    for password in ("wrong", PASSWORD):
        [form] = forms(stranger.get("/sign-in"))
        typed = {**form["fields"], "login": "anna@example.ru", "password": password}
        page = stranger.post("/sign-in", typed, **agent)
    assert page.status_code == 303

    shown = text(anna.get("/me/security/sign-ins"))

    assert "You signed in" in shown and "The password didn't match" in shown
    assert "Failed" in shown and shown.count("Firefox, Windows") == 2
    town.person("boris")
    town.session("his", "boris")
    assert "Firefox" not in text(anna.another().wears("his").get("/me/security/sign-ins"))


def test_the_record_goes_page_by_page(anna: Visitor, town: City):
    for _ in range(21):
        town.flows.people.devices.journal.record(Event("session.refused", "anna"))
    first, second = anna.get("/me/security/sign-ins"), anna.get("/me/security/sign-ins?page=2")
    assert (first.text.count("<li>") - second.text.count("<li>")) == 19
    assert "page=2" in first.text and "page=1" in second.text
