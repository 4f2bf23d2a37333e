"""An authorization request that waits for the person: two tabs, a second press, an hour, the way back, circles."""

from urllib.parse import urlencode

from tests.visitor import Visitor, answer, asking, is_page, text, transaction

LONG_STATE = "s" * 128


def test_a_second_press_finds_that_the_person_is_back_already(visitor: Visitor):
    waiting = visitor.authorize()
    answer(visitor.sign_in(waiting))

    for path in ("/authorize/resume", "/authorize/decline", "/consent", "/step-up"):
        again = visitor.get(f"{path}?tx={transaction(waiting)}")
        assert again.status_code == 400 and "You are back in the service already" in text(again)


def test_two_tabs_each_end_well(visitor: Visitor):
    first, second = visitor.authorize(state="one"), visitor.authorize("library", state="two")

    assert answer(visitor.sign_in(first))["state"] == "one"
    onward = visitor.follow(second)
    assert is_page(onward, "/authorize/resume")
    assert answer(visitor.follow(onward))["state"] == "two"


def test_an_hour_later_the_request_is_over(visitor: Visitor, clock):
    waiting = visitor.authorize()
    clock.move(seconds=3601)

    page = visitor.get(f"/authorize/resume?tx={transaction(waiting)}")

    assert page.status_code == 400 and "no longer open" in text(page)
    assert visitor.get("/authorize/resume").status_code == 400
    assert visitor.get("/authorize/resume?tx=%ff").status_code == 400


def test_going_back_without_signing_in_is_access_denied(visitor: Visitor):
    waiting = visitor.authorize(state=LONG_STATE)

    answered = answer(visitor.get(f"/authorize/decline?tx={transaction(waiting)}"))

    assert (answered["error"], answered["state"]) == ("access_denied", LONG_STATE)


def test_a_portal_that_sends_a_browser_in_circles_is_stopped_with_a_case_code(anna: Visitor):
    turns = [anna.get(f"/authorize?{urlencode(asking())}", **{"Sec-Fetch-Mode": "navigate"}) for _ in range(8)]

    assert [turn.status_code for turn in turns] == [303] * 6 + [400] * 2
    assert "The service sends you in circles" in text(turns[-1])
    assert "code" in answer(anna.authorize("library"))
