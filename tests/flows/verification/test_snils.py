"""What the pension fund's answer does, and that nothing else does it (decree 23-PP, appendix 2, clauses 6 to 9)."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from idp.accounts.account import Gender
from idp.accounts.throttle import TooMany
from idp.assurance.evidence import Ended, Kind
from idp.assurance.identifiers import SNILS as FIELD
from idp.assurance.levels import Level, standing
from idp.assurance.registries.question import PENSION_FUND, Outcome
from idp.assurance.registries.registry import Answer, Verdict
from idp.flows.account.change import DataForm
from idp.kernel.refusal import Refused
from idp.store.tables.assurance import RegistryQuestionRow
from tests.conftest import StillClock
from tests.flows.account.people import EMAIL, PASSWORD, PHONE, Anna, Post
from tests.flows.verification.fund import BORN, DEAD, MATCH, MISMATCH, OTHER, PENDING, SNILS, UNKNOWN, Fund, ask

KEPT = DataForm("Иванова", "Анна", "Петровна", "1980-05-17", "female", "ru")


def level(anna: Anna) -> Level | None:
    stands = standing(anna.flows.evidence.of(anna.account_id), anna.flows.now())
    return stands.level if stands else None


def test_a_match_gives_standard_access_and_tells_the_person_everywhere(anna: Anna, fund: Fund) -> None:
    closed = ask(anna)

    assert closed.outcome is Outcome.MATCH and level(anna) is Level.STANDARD
    [person] = fund.people
    assert (person.name, person.birthdate, person.gender, person.snils) == (anna.account.name, BORN, "female", SNILS)
    stands = standing(anna.flows.evidence.of("anna"), anna.flows.now())
    assert stands is not None
    assert (stands.evidence.kind, stands.evidence.reference, stands.evidence.by) == (
        Kind.PENSION_FUND,
        "sfr-17",
        "system",
    )
    assert "snils_match" in anna.notices() and "level.granted" in anna.events()
    post = Post(anna.flows)
    assert "112-•••-••• 95" in post.last(EMAIL).text and "233" not in post.last(EMAIL).text
    assert "стандартный доступ" in post.last(PHONE).text


@pytest.mark.parametrize("says", [MATCH, MISMATCH])
def test_the_journal_finds_the_question_and_outlives_the_funds_reference(anna: Anna, fund: Fund, says: Answer) -> None:
    fund.says = says
    closed = ask(anna)
    assert closed.reference == "sfr-17"
    [answered] = anna.flows.journal.of_kinds("anna", ["snils.answered"])
    assert answered.event.details == {"request": closed.request_id, "verdict": says.verdict.value}

    anna.flows.people.close_account(anna.account, PASSWORD)

    lines = anna.flows.journal.of("anna")
    assert answered in lines and "sfr-17" not in str(lines)


@pytest.mark.parametrize("says", [MISMATCH, UNKNOWN, PENDING, DEAD])
def test_only_a_match_changes_anything(anna: Anna, fund: Fund, says: Answer) -> None:
    fund.says = says
    closed = ask(anna)

    assert level(anna) is Level.SIMPLIFIED
    assert anna.flows.verifications.personal_data.of("anna", FIELD) is None
    assert closed.is_open is not says.verdict.is_final
    assert "level.granted" not in anna.events()
    told = [kind for kind in anna.notices() if kind.startswith("snils_")]
    assert told == ([f"snils_{says.verdict.value}"] if says.verdict.is_final else [])


def test_after_a_mismatch_the_right_number_may_follow_at_once(anna: Anna, fund: Fund) -> None:
    fund.says = MISMATCH
    ask(anna, OTHER)
    fund.says = MATCH
    assert ask(anna).outcome is Outcome.MATCH and level(anna) is Level.STANDARD


def test_the_same_question_pressed_ten_times_goes_out_once(anna: Anna, fund: Fund) -> None:
    fund.says = DEAD
    asked = [ask(anna) for _ in range(10)]
    assert len(fund.asked) == 1 and len({question.id for question in asked}) == 1


def test_a_page_waits_two_seconds_at_most_and_polls_meanwhile(anna: Anna, fund: Fund) -> None:
    fund.says = PENDING
    question = ask(anna)
    assert question.is_open and question.ticket == "t-1" and fund.polled == ["t-1"] * 4
    assert anna.flows.verifications.ask_for_snils.wait.clock() == 2.0


def test_an_answer_comes_tomorrow(anna: Anna, fund: Fund, clock: StillClock) -> None:
    fund.says = PENDING
    ask(anna)
    clock.move(days=1)
    fund.says = MATCH
    assert anna.flows.verifications.follow_up() == 1
    assert level(anna) is Level.STANDARD and "snils_match" in anna.notices()
    assert anna.flows.verifications.follow_up() == 0


def test_a_question_whose_key_is_lost_waits_alone_until_it_is_brought_back(
    anna: Anna, boris: Anna, fund: Fund, clock: StillClock
) -> None:
    fund.says = PENDING
    lost, flows = ask(anna), anna.flows
    ask(boris, OTHER)
    key = flows.ground.data_keys.current
    set_key = update(RegistryQuestionRow).where(RegistryQuestionRow.id == lost.id)
    flows.database.run(set_key.values(key_id="lost"))
    clock.move(days=1)
    fund.says = MATCH

    assert flows.verifications.follow_up() == 2
    assert (level(anna), level(boris)) == (Level.SIMPLIFIED, Level.STANDARD)
    assert flows.verifications.follow_up() == 0

    flows.database.run(set_key.values(key_id=key))
    waiting = flows.verifications.questions.present("anna", PENSION_FUND)
    assert waiting is not None and waiting.failing_since == clock() and waiting.ticket == lost.ticket
    clock.move(days=1)
    assert flows.verifications.follow_up() == 1 and level(anna) is Level.STANDARD


def test_a_question_that_was_not_heard_is_sent_again_under_its_own_number(
    anna: Anna, fund: Fund, clock: StillClock
) -> None:
    fund.says = DEAD
    question = ask(anna)
    assert question.failing_since == clock.at and level(anna) is Level.SIMPLIFIED
    pauses = []
    for _ in range(4):
        clock.move(hours=1)
        assert anna.flows.verifications.follow_up() == 1
        kept = anna.flows.verifications.questions.present("anna", "pension_fund")
        assert kept is not None
        pauses.append(kept.due_at - clock.at)
    assert len(set(fund.asked)) == 1 and len(fund.asked) == 5
    assert pauses == sorted(pauses) and len(set(pauses)) == 4


def test_a_ticket_that_the_gateway_forgot_is_no_answer_and_the_question_goes_out_anew(
    anna: Anna, fund: Fund, clock: StillClock
) -> None:
    fund.says = PENDING
    ask(anna)
    fund.says = Answer(Verdict.UNAVAILABLE, why="status 404", forgotten=True)
    clock.move(minutes=5)
    anna.flows.verifications.follow_up()
    fund.says = MATCH
    clock.move(hours=1)
    anna.flows.verifications.follow_up()
    assert len(fund.asked) == 2 and len(set(fund.asked)) == 1 and level(anna) is Level.STANDARD


def test_a_fund_that_never_answers_is_given_up_in_words_of_its_own(anna: Anna, fund: Fund, clock: StillClock) -> None:
    fund.says = DEAD
    ask(anna)
    clock.move(days=31)
    anna.flows.verifications.follow_up()
    latest = anna.flows.verifications.questions.latest("anna", "pension_fund")
    assert latest is not None and latest.outcome is Outcome.UNANSWERED
    assert "snils_unanswered" in anna.notices() and level(anna) is Level.SIMPLIFIED


def test_a_number_already_held_is_told_only_after_the_fund_matched_this_person(
    anna: Anna, boris: Anna, fund: Fund
) -> None:
    ask(anna)
    fund.says = MISMATCH
    assert ask(boris).outcome is Outcome.MISMATCH
    assert "snils_claimed" not in anna.notices()

    fund.says = MATCH
    assert ask(boris).outcome is Outcome.TAKEN
    assert level(boris) is Level.SIMPLIFIED and level(anna) is Level.STANDARD
    assert "snils_taken" in boris.notices() and "snils_claimed" in anna.notices()
    assert "snils.claimed" in anna.events()
    assert anna.flows.verifications.personal_data.of("boris", FIELD) is None


@pytest.mark.parametrize(
    "changed", [{"family_name": "Белова"}, {"middle_name": ""}, {"birthdate": "1980-05-18"}, {"gender": "male"}]
)
def test_an_answer_about_data_that_have_changed_since_changes_nothing(
    anna: Anna, fund: Fund, clock: StillClock, changed: dict[str, str]
) -> None:
    fund.says = PENDING
    question = ask(anna)
    anna.flows.people.change_data(anna.account, replace(KEPT, **changed))

    settled = anna.flows.verifications.ask_for_snils.settle(question, MATCH)
    assert settled.outcome is Outcome.WITHDRAWN and level(anna) is Level.SIMPLIFIED
    assert "snils.answer_ignored" in anna.events() and "level.granted" not in anna.events()


def test_an_answer_that_comes_twice_acts_once(anna: Anna, fund: Fund) -> None:
    fund.says = PENDING
    question = ask(anna)
    settle = anna.flows.verifications.ask_for_snils.settle
    settle(question, MATCH)
    settle(question, MISMATCH)
    settle(question, MATCH)
    assert level(anna) is Level.STANDARD
    assert anna.notices().count("snils_match") == 1 and "snils_mismatch" not in anna.notices()
    assert anna.events().count("snils.answer_ignored") == 2 and anna.events().count("level.granted") == 1


def test_an_answer_about_a_deleted_account_changes_nothing(anna: Anna, fund: Fund) -> None:
    fund.says = PENDING
    question = ask(anna)
    anna.flows.people.close_account(anna.account, PASSWORD)
    anna.flows.verifications.ask_for_snils.settle(question, MATCH)
    assert anna.flows.evidence.of("anna") == [] and anna.flows.verifications.questions.history("anna") == []
    assert anna.flows.verifications.personal_data.of("anna", FIELD) is None
    assert "snils.answer_ignored" in anna.events()


def test_deletion_takes_the_number_too_and_frees_it(anna: Anna, boris: Anna, fund: Fund) -> None:
    ask(anna)
    anna.flows.people.close_account(anna.account, PASSWORD)
    assert anna.flows.verifications.personal_data.of("anna", FIELD) is None
    assert ask(boris).outcome is Outcome.MATCH


def test_another_number_ends_the_match_first_and_only_with_the_persons_word(anna: Anna, fund: Fund) -> None:
    ask(anna)
    with pytest.raises(Refused, match=r"data\.lowers"):
        ask(anna, OTHER)
    fund.says = MISMATCH
    ask(anna, OTHER, lower=True)
    assert level(anna) is Level.SIMPLIFIED and "level.lowered" in anna.events() and "level_lowered" in anna.notices()
    [proof] = [item for item in anna.flows.evidence.of("anna") if item.kind is Kind.PENSION_FUND]
    assert proof.ended == Ended.DATA_CHANGED
    kept = anna.flows.verifications.personal_data.of("anna", FIELD)
    assert kept is not None and not kept.held


def test_an_edited_name_lets_the_number_go_until_the_next_match(anna: Anna, boris: Anna, fund: Fund) -> None:
    ask(anna)
    anna.flows.people.change_data(anna.account, replace(KEPT, family_name="Белова", lower=True))
    assert level(anna) is Level.SIMPLIFIED
    assert ask(boris).outcome is Outcome.MATCH
    assert ask(anna).outcome is Outcome.TAKEN


def test_without_simplified_access_nobody_asks(anna: Anna, fund: Fund) -> None:
    anna.city.disprove("email")
    with pytest.raises(Refused, match=r"snils\.confirm_first"):
        ask(anna)
    assert fund.asked == []


def test_at_full_access_only_a_centre_changes_the_number(anna: Anna, fund: Fund) -> None:
    anna.city.prove("visit")
    with pytest.raises(Refused, match=r"data\.at_centre"):
        ask(anna)


def test_the_fund_is_not_to_be_tried_out(anna: Anna, fund: Fund) -> None:
    fund.says = MISMATCH
    for _ in range(anna.flows.settings.limits.snils_questions_a_day):
        ask(anna)
    with pytest.raises(TooMany):
        ask(anna)


def test_birth_date_and_sex_become_declared_data(anna: Anna, fund: Fund) -> None:
    anna.column(birthdate=None, gender=None)
    ask(anna)
    assert (anna.account.birthdate, anna.account.gender) == (BORN, Gender.FEMALE)


def test_whoever_takes_a_question_back_may_ask_with_another_number(anna: Anna, fund: Fund) -> None:
    fund.says = PENDING
    first = ask(anna, OTHER)
    anna.flows.verifications.withdraw_question("anna")
    fund.says = MATCH
    assert ask(anna).outcome is Outcome.MATCH
    settle = anna.flows.verifications.ask_for_snils.settle
    assert settle(first, MATCH).outcome is Outcome.WITHDRAWN
    kept = anna.flows.verifications.personal_data.of("anna", FIELD)
    assert kept is not None and kept.value == SNILS.digits


def test_the_export_holds_the_number_and_the_questions(anna: Anna, fund: Fund) -> None:
    ask(anna)
    document = anna.flows.people.export(anna.account)
    assert document["snils"]["number"] == SNILS.digits and document["snils"]["matched"] is True
    assert document["questions_to_registries"][0]["outcome"] == "match"
