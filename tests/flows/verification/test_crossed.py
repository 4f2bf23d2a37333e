"""A change of a person's data and a question about them that cross: nothing unmatched stands under a match (Q-10)."""

from dataclasses import replace
from datetime import date

import pytest

from idp.accounts.account import Gender
from idp.assurance.levels import Level
from idp.assurance.registries.question import Outcome
from idp.kernel.refusal import Refused
from tests.conftest import StillClock
from tests.flows.account.people import Anna
from tests.flows.verification.fund import BORN, MATCH, OTHER, PENDING, Fund, ask
from tests.flows.verification.test_snils import KEPT, level


def test_a_question_about_somebody_else_than_there_is_now_closes_and_is_asked_no_more(
    anna: Anna, fund: Fund, clock: StillClock
) -> None:
    """A change that no question was open for yet, and one that was opened about the old data, can cross."""
    fund.says = PENDING
    ask(anna)
    anna.flows.accounts.change(replace(anna.account, birthdate=None), ("birthdate",))
    clock.move(days=1)
    fund.says = MATCH

    assert anna.flows.verifications.follow_up() == 1
    asked = anna.flows.verifications.questions.latest("anna", "pension_fund")
    assert asked is not None and asked.outcome is Outcome.WITHDRAWN and level(anna) is Level.SIMPLIFIED
    clock.move(days=1)
    assert anna.flows.verifications.follow_up() == 0


def test_a_form_read_before_the_match_overwrites_nothing_that_was_matched(anna: Anna, fund: Fund) -> None:
    before = anna.account
    anna.flows.people.change_data(before, replace(KEPT, family_name="Белова"))
    ask(anna)

    anna.flows.people.change_data(before, replace(KEPT, gender=before.gender or "", locale="en"))

    matched = anna.account
    assert (matched.name.family, matched.birthdate, matched.gender, matched.locale) == ("Белова", BORN, "female", "en")
    assert level(anna) is Level.STANDARD


def test_a_question_that_was_begun_before_another_one_matched_needs_the_persons_word(anna: Anna, fund: Fund) -> None:
    late = anna.flows.verifications.ask_for_snils
    before = anna.account

    class Meanwhile:
        def count(self, name: str, key: str) -> None:
            object.__setattr__(late, "throttle", counted)
            ask(anna)

    counted = late.throttle
    object.__setattr__(late, "throttle", Meanwhile())
    with pytest.raises(Refused) as refused:
        late(before, OTHER, date(1990, 1, 1), Gender.MALE)

    assert refused.value.code == "data.lowers" and len(fund.asked) == 1
    assert (level(anna), anna.account.birthdate, anna.account.gender) == (Level.STANDARD, BORN, "female")


def test_a_clock_that_was_put_back_hides_no_match_from_whoever_edits_what_rests_on_it(
    anna: Anna, fund: Fund, clock: StillClock
) -> None:
    ask(anna)
    clock.move(hours=-1)
    for act in (
        lambda: anna.flows.people.change_data(anna.account, replace(KEPT, family_name="Белова")),
        lambda: ask(anna, OTHER),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "data.lowers"

    anna.flows.people.change_data(anna.account, replace(KEPT, family_name="Белова", lower=True))

    assert "level_lowered" in anna.notices()
    clock.move(hours=2)
    assert level(anna) is Level.SIMPLIFIED
