"""The job that takes lists in: verified once, older ones refused, the last good one kept, whatever the line brings."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from idp.jobs.revocation_lists import Fetched, Outcome, TakeInLists, TakeInTrustList, Taken
from idp.signature.certificate import Certificate
from idp.signature.checker import Checker
from idp.signature.crl import Entry, RevocationList, read_list
from idp.signature.points import PythonPoints
from idp.signature.revocation import Held, HeldList
from idp.signature.steps import SignatureRefused
from idp.signature.trust_list import TrustList
from tests.signature.certificates import crl, crl_entry
from tests.signature.test_trust_list import MINISTRY, Document, centre
from tests.signature.world import AT, DIRECTOR, World
from tests.signature.writer import day

ADDRESS = "http://cdp.example/1.crl"


@dataclass
class Line:
    """What lies at every address, with its mark; None is a dead line."""

    octets: bytes | None = None
    mark: str = "a"

    def __call__(self, address: str, mark: str | None, largest: int) -> Fetched | None:
        if self.octets is None or len(self.octets) > largest:
            raise OSError("dead")
        return None if mark == self.mark else Fetched(self.octets, self.mark)


@dataclass
class Memory:
    """A shelf in memory; entries are indexed by issuer and serial number, as the store does."""

    marks: dict[str, str | None] = field(default_factory=dict)
    lists: dict[str, tuple[str, HeldList, dict[int, Entry]]] = field(default_factory=dict)
    centres: TrustList | None = None

    def mark(self, address: str) -> str | None:
        return self.marks.get(address)

    def held(self, address: str) -> HeldList | None:
        return self.lists[address][1] if address in self.lists else None

    def keep(self, address: str, issuer: Certificate, found: RevocationList, mark: str | None) -> None:
        held = HeldList(found.scope, found.this_update, found.next_update, found.number)
        self.lists[address] = issuer.fingerprint, held, {entry.serial: entry for entry in found.entries()}
        self.marks[address] = mark

    def trust_list(self) -> TrustList | None:
        return self.centres

    def keep_trust_list(self, document: bytes, found: TrustList, mark: str | None) -> None:
        self.centres = found

    def find(self, issuer: str, serial: int) -> tuple[Sequence[HeldList], Entry | None]:
        mine = [(held, entries) for name, held, entries in self.lists.values() if name == issuer]
        return [held for held, _ in mine], next((entries[serial] for _, entries in mine if serial in entries), None)


@dataclass
class Job:
    world: World
    line: Line = field(default_factory=Line)
    shelf: Memory = field(default_factory=Memory)

    def take(self, octets: bytes | None, mark: str) -> Taken:
        self.line.octets, self.line.mark = octets, mark
        checker = Checker(PythonPoints())
        issuers = checker.certificate(self.world.root.der), checker.certificate(self.world.centre.der)
        job = TakeInLists(self.line, self.shelf, checker, lambda: [(ADDRESS, issuers)], lambda: AT)
        return job()[0]


@pytest.fixture
def job(world: World) -> Job:
    return Job(world)


def test_a_list_is_taken_in_once(world: World, job: Job) -> None:
    octets = crl(world.centre, crl_entry(5), crl_entry(6))

    taken = job.take(octets, "a")
    assert (taken.outcome, taken.size, taken.count) == (Outcome.TAKEN, len(octets), 2)
    assert taken.age == AT - day("2026-11-01")
    assert job.take(octets, "a").outcome is Outcome.UNCHANGED


def test_whatever_goes_wrong_the_last_good_list_stays(world: World, job: Job) -> None:
    job.take(crl(world.centre, crl_entry(5), start=day("2026-11-10")), "good")
    held = job.shelf.lists[ADDRESS]
    for mark, octets, outcome, code in (
        ("dead", None, Outcome.UNREACHABLE, "OSError"),
        ("page", b"<html>", Outcome.REFUSED, "signature.truncated"),
        ("older", crl(world.centre, start=day("2026-11-09")), Outcome.REFUSED, "signature.list_older"),
        ("expired", crl(world.centre, end=day("2026-11-20")), Outcome.REFUSED, "signature.list_expired"),
        ("future", crl(world.centre, start=day("2026-11-30")), Outcome.REFUSED, "signature.list_not_yet_valid"),
        (
            "forged",
            crl(world.centre, start=day("2026-11-11"), signed_by=world.keys("TCA", 7)),
            Outcome.REFUSED,
            "signature.list_forged",
        ),
        (
            "foreign",
            crl(world.person, start=day("2026-11-11")),
            Outcome.REFUSED,
            "signature.list_issuer",
        ),
    ):
        taken = job.take(octets, mark)
        assert (taken.outcome, taken.code) == (outcome, code)
        assert job.shelf.lists[ADDRESS] == held


def test_a_login_reads_one_serial_number(world: World, job: Job) -> None:
    trust = replace(world.trust(), revocations=Held(job.shelf.find))
    with pytest.raises(SignatureRefused) as refusal:
        world.login(trust=trust)
    assert refusal.value.code == "signature.revocation_unknown"

    job.shelf.keep("root", trust.anchors[0].certificate, read_list(crl(world.root)), None)
    job.take(crl(world.centre, crl_entry(5)), "a")
    world.login(trust=trust)
    with pytest.raises(SignatureRefused) as refusal:
        world.login(trust=trust, at=day("2026-12-02"))
    assert refusal.value.code == "signature.list_expired"

    job.take(crl(world.centre, crl_entry(world.person.serial)), "b")
    with pytest.raises(SignatureRefused) as refusal:
        world.login(trust=trust)
    assert refusal.value.code == "signature.revoked"


def test_the_list_of_centres_is_kept_until_a_newer_one_comes(world: World) -> None:
    ministry = world.holder(DIRECTOR)
    line, shelf = Line(), Memory()
    trust = world.trust(intermediates=(world.centre,))
    take = TakeInTrustList(line, shelf, trust, "http://list.example/", MINISTRY, lambda: AT)
    for version, outcome, held in (
        ("100", Outcome.TAKEN, 100),
        ("99", Outcome.REFUSED, 100),
        ("101", Outcome.TAKEN, 101),
    ):
        line.octets = Document(centre(world.centre), version=version).sign(ministry)
        assert take().outcome is outcome
        assert shelf.centres is not None
        assert shelf.centres.version == held
    line.octets = None
    assert take().outcome is Outcome.UNREACHABLE
    assert shelf.centres is not None
