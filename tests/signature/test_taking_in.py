"""The jobs that take lists in: verified once, older ones refused, the last good one kept, whatever the line brings."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from idp.jobs.revocation_lists import Outcome, TakeInLists, TakeInTrustList, Visits
from idp.kernel.http import Document
from idp.signature.certificate import Certificate
from idp.signature.checker import Checker
from idp.signature.crl import read_list
from idp.signature.libcrypto import best
from idp.signature.revocation import Held
from idp.signature.steps import SignatureRefused
from idp.store.database import Database
from idp.store.list_sources import ListSources, Source
from idp.store.revocation_lists import RevocationLists
from idp.store.trust_lists import TrustLists
from tests.signature.certificates import Made, Wanted, certificate, crl, crl_entry, extension
from tests.signature.test_revocation import issuing_point
from tests.signature.test_trust_list import MINISTRY
from tests.signature.test_trust_list import Document as Xml
from tests.signature.test_trust_list import centre as listed
from tests.signature.world import AT, CENTRE, DIRECTOR, World
from tests.signature.writer import day, seq, tlv

ADDRESS, MIRROR = "http://cdp.example/1.crl", "http://cdp2.example/1.crl"


@dataclass
class Line:
    """What lies at each address, and its mark; what is missing is a dead line."""

    lying: dict[str, Document] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def __call__(self, address: str, mark: str | None, largest: int) -> Document | None:
        self.asked.append((address, mark))
        if address not in self.lying:
            raise OSError("dead")
        found = self.lying[address]
        return None if mark is not None and mark == found.mark else found


@dataclass
class Job:
    """The job over a real store; ``take`` puts a list at an address and lets the job look there."""

    world: World
    database: Database
    line: Line = field(default_factory=Line)

    def __post_init__(self) -> None:
        self.lists = RevocationLists(self.database, lambda: AT, rest_seconds=0)
        self.sources = ListSources(self.database, lambda: AT)
        self.checker = Checker(best())

    def take(self, octets: bytes | None, mark: str | None = None, address: str = ADDRESS, *centres: Made) -> Outcome:
        self.line.lying = {} if octets is None else {address: Document(octets, mark)}
        given = [self.world.root, self.world.centre, *centres]
        issuers = tuple(self.checker.certificate(made.der) for made in given)
        visit = Visits(self.line, self.sources)
        return TakeInLists(visit, self.lists, self.checker, lambda: [(address, issuers)], lambda: AT)()[address]

    @property
    def centre(self) -> Certificate:
        return self.checker.certificate(self.world.centre.der)

    def serials(self) -> set[int]:
        """Return which of the numbers that the tests use count as revoked."""
        return {number for number in range(1, 20) if self.lists.find(self.centre.authority, number)[1]}

    def source(self, address: str = ADDRESS) -> Source:
        return next(source for source in self.sources.all() if source.address == address)


@pytest.fixture
def job(world: World, database: Database) -> Iterator[Job]:
    yield Job(world, database)


def test_a_list_is_taken_in_once(world: World, job: Job) -> None:
    octets = crl(world.centre, crl_entry(5), crl_entry(6))

    assert job.take(octets, '"a"') is Outcome.TAKEN
    assert job.take(octets, '"a"') is Outcome.UNCHANGED
    assert job.line.asked == [(ADDRESS, None), (ADDRESS, '"a"')]
    (only,) = job.lists.listed()
    assert (only.issuer, only.size, only.entries) == ("УЦ Пример", len(octets), 2)
    assert (only.this_update, only.next_update) == (day("2026-11-01"), day("2026-12-01"))
    assert job.serials() == {5, 6}


def test_the_same_list_is_not_verified_again_wherever_it_comes_from(world: World, job: Job) -> None:
    octets = crl(world.centre, crl_entry(5))
    assert job.take(octets) is Outcome.TAKEN
    job.checker.verifier = None  # type: ignore[assignment, method-assign]
    for address in (ADDRESS, MIRROR):
        assert job.take(octets, None, address) is Outcome.UNCHANGED
    assert len(job.lists.listed()) == 1


def test_whatever_goes_wrong_the_last_good_list_stays(world: World, job: Job) -> None:
    job.take(crl(world.centre, crl_entry(5), start=day("2026-11-10")), '"good"')
    held = job.lists.listed()
    for octets, outcome, code in (
        (None, Outcome.UNREACHABLE, "OSError"),
        (b"<html>", Outcome.REFUSED, "signature.truncated"),
        (crl(world.centre, start=day("2026-11-09")), Outcome.REFUSED, "signature.list_older"),
        (crl(world.centre, end=day("2026-11-20")), Outcome.REFUSED, "signature.list_expired"),
        (crl(world.centre, start=day("2026-11-30")), Outcome.REFUSED, "signature.list_not_yet_valid"),
        (
            crl(world.centre, start=day("2026-11-11"), signed_by=world.keys("TCA", 7)),
            Outcome.REFUSED,
            "signature.list_forged",
        ),
        (
            crl(world.centre, start=day("2026-11-11"), extensions=[extension("1.2.3.4", seq(), critical=True)]),
            Outcome.REFUSED,
            "signature.list_unusable",
        ),
        (crl(world.person, start=day("2026-11-11")), Outcome.REFUSED, "signature.list_issuer"),
    ):
        assert job.take(octets, '"bad"') is outcome
        source = job.source()
        assert (source.outcome, source.code) == (outcome, code)
        assert source.good_at == AT
        assert job.lists.listed() == held
        assert job.serials() == {5}
    assert {mark for _, mark in job.line.asked[1:]} == {'"good"'}


def test_what_nobody_foresaw_stops_no_other_address(world: World, job: Job) -> None:
    def take(octets: bytes) -> bool:
        raise ZeroDivisionError

    job.line.lying[ADDRESS] = Document(b"", None)
    assert Visits(job.line, job.sources)(ADDRESS, take) is Outcome.FAILED
    assert job.source().code == "ZeroDivisionError"


def test_a_newer_list_replaces_the_one_of_its_scope(world: World, job: Job) -> None:
    users = [issuing_point(tlv(0x81, b"\xff"))]
    job.take(crl(world.centre, crl_entry(5), crl_entry(6)))
    job.take(crl(world.centre, crl_entry(7), extensions=users), None, MIRROR)
    assert job.serials() == {5, 6, 7}
    job.take(crl(world.centre, crl_entry(6), crl_entry(8), start=day("2026-11-02")))
    assert job.serials() == {6, 7, 8}
    assert len(job.lists.listed()) == 2


def test_a_centre_with_a_new_key_starts_its_lists_anew(world: World, job: Job) -> None:
    """Its numbers begin again, and older ones of the former key still count."""
    job.take(crl(world.centre, crl_entry(5)))
    renewed = world.make_centre(key=world.keys("TCA", 9), serial=21)
    assert job.take(crl(renewed, crl_entry(6), start=day("2026-10-30")), None, ADDRESS, renewed) is Outcome.TAKEN
    assert job.serials() == {5}
    assert job.lists.find(job.checker.certificate(renewed.der).authority, 6)[1] is not None


def test_a_login_reads_one_serial_number(world: World, job: Job) -> None:
    trust = replace(world.trust(), revocations=Held(job.lists.find))
    with pytest.raises(SignatureRefused) as refusal:
        world.login(trust=trust)
    assert refusal.value.code == "signature.revocation_unknown"

    job.lists.keep(trust.anchors[0].certificate, read_list(crl(world.root)))
    job.take(crl(world.centre, crl_entry(5)))
    world.login(trust=trust)
    with pytest.raises(SignatureRefused) as refusal:
        world.login(trust=trust, at=day("2026-12-02"))
    assert refusal.value.code == "signature.list_expired"

    job.take(crl(world.centre, crl_entry(world.person.serial), start=day("2026-11-02")))
    with pytest.raises(SignatureRefused) as refusal:
        world.login(trust=trust)
    assert refusal.value.code == "signature.revoked"


def test_a_list_speaks_for_every_certificate_of_its_centre(world: World, job: Job) -> None:
    """A centre may hold several certificates of one key; a list is signed by the key, not by one of them."""
    again = certificate(
        Wanted(world.centre.subject, world.centre.key, CENTRE, 77, day("2022-01-01"), day("2036-01-01")), world.root
    )
    job.lists.keep(job.checker.certificate(world.root.der), read_list(crl(world.root)))
    job.take(crl(world.centre, crl_entry(world.person.serial)))
    trust = replace(world.trust(intermediates=(again,)), revocations=Held(job.lists.find))
    with pytest.raises(SignatureRefused) as refusal:
        world.login(trust=trust)
    assert refusal.value.code == "signature.revoked"


def test_the_list_of_centres_is_kept_until_a_newer_one_comes(world: World, job: Job) -> None:
    ministry = world.holder(DIRECTOR)
    shelf = TrustLists(job.database, lambda: AT)
    trust = world.trust(intermediates=(world.centre,))
    take = TakeInTrustList(Visits(job.line, job.sources), shelf, lambda: trust, ADDRESS, MINISTRY, lambda: AT)
    for version, outcome, held in (
        ("100", Outcome.TAKEN, 100),
        ("100", Outcome.UNCHANGED, 100),
        ("99", Outcome.REFUSED, 100),
        ("101", Outcome.TAKEN, 101),
    ):
        document = Xml(listed(world.centre), version=version).sign(ministry)
        job.line.lying[ADDRESS] = Document(document, None)
        assert take() is outcome
        found = shelf.last_good()
        assert found is not None
        assert found.version == held
    job.line.lying.clear()
    assert take() is Outcome.UNREACHABLE
    found = shelf.last_good()
    assert found is not None
    assert found.certificates() == (world.centre.der,)
    assert found.size == len(document)
