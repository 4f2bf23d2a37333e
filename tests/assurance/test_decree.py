"""The ladder of levels as a machine whose model is the decree 23-PP, clause by clause, against flows and store.

The model keeps what the decree speaks of, and nothing of how we compute: who has access of which kind, whose SNILS
has matched, what is asked of the fund. Every transition names its clause; after each the flows must say the same.
"""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from idp.accounts.account import Gender
from idp.assurance.evidence import Ended, Kind
from idp.assurance.identifiers import SNILS, Snils
from idp.assurance.levels import standing
from idp.assurance.registries.question import Outcome
from idp.flows.account.change import DataForm
from idp.kernel.refusal import Refused
from idp.kernel.settings import Database as DatabaseSettings
from idp.kernel.settings import Keys, Limits, Passwords, Server, Settings, ShortLived
from idp.wiring import build
from tests.city import City
from tests.conftest import StillClock
from tests.flows.account.people import PASSWORD, Anna
from tests.flows.verification.fund import BORN, DEAD, MATCH, MISMATCH, PENDING, UNKNOWN, behind

PEOPLE = ("anna", "boris")
NUMBERS = (Snils.parse("112-233-445 95"), Snils.parse("087-654-302 00"))
NAMES = ("Иванова", "Ёлкина-Белова", "Я" * 60)
people, numbers = st.sampled_from(PEOPLE), st.sampled_from(NUMBERS)
#: A match is the beginning of most that can happen, so it comes most often.
answers = st.sampled_from([MATCH, MATCH, MATCH, MATCH, PENDING, MISMATCH, UNKNOWN, DEAD])
agrees = st.sampled_from([True, True, False])


@dataclass
class Model:
    """What the decree knows of one person."""

    simplified: bool = True
    standard_by: Snils | None = None
    full: bool = False
    asked: Snils | None = None
    closed: bool = False

    @property
    def level(self) -> str | None:
        if self.closed:
            return None
        if self.full:
            return "full"  # app.3 cl.2.9
        if self.standard_by is not None:
            return "standard"  # app.2 cl.9
        return "simplified" if self.simplified else None  # app.1 cl.11


class Decree(RuleBasedStateMachine):
    migrated: Path
    keys: Path

    @initialize()
    def a_city(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.migrated, self.folder / "idp.db")
        shutil.copytree(self.keys, self.folder / "keys")
        self.clock = StillClock()
        self.flows = build(
            Settings(
                server=Server(issuer="https://id.test"),
                database=DatabaseSettings(url=f"sqlite:///{self.folder}/idp.db"),
                short_lived=ShortLived(url=f"file:{self.folder}/state.db"),
                keys=Keys(folder=str(self.folder / "keys")),
                passwords=Passwords(argon2_memory_kib=64, argon2_time=1),
                limits=Limits(snils_questions_a_day=10_000),
            ),
            self.clock,
        )
        city = City(self.flows)
        self.fund = behind(self.flows)
        self.people = {name: Anna.settled(city, name, f"+7900123456{at}") for at, name in enumerate(PEOPLE)}
        self.model = {name: Model() for name in PEOPLE}
        self.steps = 0

    def teardown(self) -> None:
        if hasattr(self, "flows"):
            self.flows.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _held_by_another(self, who: str, number: Snils) -> bool:
        return any(other.standard_by == number for name, other in self.model.items() if name != who)

    def _answered(self, who: str, verdict: str) -> None:
        """app.2 cl.8 and cl.9: only a match changes anything; a number that another holds gives nothing (Q-09)."""
        person = self.model[who]
        if verdict == "match" and person.asked is not None and not self._held_by_another(who, person.asked):
            person.standard_by = person.asked
        person.asked = None

    @rule(who=people, number=numbers, says=answers, lower=agrees)
    def states_snils(self, who, number, says, lower) -> None:
        """app.2 cl.5: simplified access first; cl.6: the number is stated; cl.7: the fund is asked."""
        person, self.fund.says = self.model[who], says
        if person.closed:
            return
        ask = self.flows.verifications.ask_for_snils
        calls = len(self.fund.asked)
        try:
            ask(self.people[who].account, number, BORN, Gender.FEMALE, lower)
        except Refused as refused:
            expected = {
                "snils.confirm_first": person.level is None,
                "data.at_centre": person.level == "full",
                "data.lowers": person.level == "standard" and not lower,
            }
            assert expected[refused.code] and len(self.fund.asked) == calls
            return
        if person.asked is not None:
            assert len(self.fund.asked) == calls, "one question is open: nothing more goes out"
            return
        assert person.level in ("simplified", "standard") and len(self.fund.asked) == calls + 1
        person.standard_by, person.asked = None, number  # another number ends the match first
        if says.verdict.is_final:
            self._answered(who, says.verdict.value)

    @precondition(lambda self: any(person.asked for person in self.model.values()))
    @rule(says=answers)
    def the_fund_answers_later(self, says) -> None:
        """app.2 cl.7 to 9: the answer may take its time, and does the same whenever it comes."""
        self.fund.says = says
        self.clock.move(hours=2)
        waiting = [name for name in PEOPLE if self.model[name].asked is not None]
        waiting.sort(key=lambda name: self.flows.verifications.questions.present(name, "pension_fund").due_at)
        self.flows.verifications.follow_up()
        if says.verdict.is_final:
            for name in waiting:
                self._answered(name, says.verdict.value)

    @precondition(lambda self: any(person.standard_by for person in self.model.values()))
    @rule(who=people)
    def an_answer_comes_again(self, who) -> None:
        """app.2 cl.9: once granted is granted once; a late or second answer changes nothing."""
        last = self.flows.verifications.questions.latest(who, "pension_fund")
        if last is not None and not last.is_open:
            self.flows.verifications.ask_for_snils.settle(last, MATCH)

    @precondition(lambda self: any(person.asked for person in self.model.values()))
    @rule(who=people)
    def takes_the_question_back(self, who) -> None:
        """app.2 cl.8: the person may state another number."""
        self.flows.verifications.withdraw_question(who)
        self.model[who].asked = None

    @precondition(lambda self: any(person.asked or person.standard_by for person in self.model.values()))
    @rule(who=people, name=st.sampled_from(NAMES), lower=agrees)
    def edits_the_surname(self, who, name, lower) -> None:
        """Q-10: what the fund compared costs the level; at full only a centre edits it (app.3 cl.2.10)."""
        person = self.model[who]
        if person.closed:
            return
        account = self.people[who].account
        form = DataForm(name, account.name.given, account.name.middle, "1980-05-17", "female", "ru", lower)
        try:
            self.flows.people.change_data(account, form)
        except Refused as refused:
            assert (refused.code, person.level) in (("data.at_centre", "full"), ("data.lowers", "standard"))
            assert person.level == "full" or not lower
            return
        if name != account.name.family:
            assert person.level != "full"
            person.standard_by, person.asked = None, None

    @precondition(lambda self: self.steps > 12)
    @rule(who=people, what=st.sampled_from(["e-mail", "centre", "deletion"]))
    def something_rare(self, who, what) -> None:
        """What ends most of a story comes late in it."""
        person = self.model[who]
        if person.closed:
            return
        if what == "e-mail":  # app.1 cl.11: simplified access rests on the confirmed e-mail
            self.flows.evidence.end(who, Kind.EMAIL, self.clock(), Ended.REPLACED)
            person.simplified = False
            self.clock.move(seconds=1)
        elif what == "centre" and not person.full:  # app.3 cl.2.9: in person, whatever the person had before
            self.people[who].city.prove("visit", who)
            person.full = True
        elif what == "deletion" and not person.full:  # Q-20, TRM-04: data go, the number is free; full ends at a centre
            self.flows.people.close_account(self.people[who].account, PASSWORD)
            self.model[who] = Model(closed=True)

    @invariant()
    def the_levels_are_the_decrees(self) -> None:
        if not hasattr(self, "flows"):
            return
        self.steps += 1
        for who, person in self.model.items():
            stands = standing(self.flows.evidence.of(who), self.clock())
            assert (stands.level.value if stands else None) == person.level, who
            open_now = self.flows.verifications.questions.present(who, "pension_fund")
            assert (open_now.person.snils if open_now and open_now.person else None) == person.asked

    @invariant()
    def a_number_is_a_login_exactly_while_it_holds(self) -> None:
        """app.2 cl.10, Q-08, Q-09."""
        if not hasattr(self, "flows"):
            return
        for number in NUMBERS:
            holder = self.flows.verifications.personal_data.holder(SNILS, number.digits)
            held = [who for who, person in self.model.items() if person.standard_by == number]
            assert ([holder.id] if holder else []) == held

    @invariant()
    def the_history_only_grows_and_every_end_has_its_reason(self) -> None:
        """GEN-14: the history of a level is added to, never overwritten."""
        if not hasattr(self, "flows"):
            return
        for who in PEOPLE:
            for item in self.flows.evidence.of(who):
                assert (item.until is None) is (item.ended == "")
            closed = [item for item in self.flows.verifications.questions.history(who) if not item.is_open]
            assert all(isinstance(item.outcome, Outcome) and item.person is None for item in closed)


def test_levels_rise_and_fall_as_the_decree_says(migrated: Path, key_folder: Path) -> None:
    machine = type("Decree", (Decree,), {"migrated": migrated, "keys": key_folder})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )
