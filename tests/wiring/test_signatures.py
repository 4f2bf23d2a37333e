"""Signatures as a worker judges them: roots from files, lists from a real server by the job, one read for a login."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from idp.kernel.refusal import Faulty
from idp.kernel.settings import Outgoing, Settings, Signatures
from idp.signature.algorithms import Family
from idp.signature.holder import Expected
from idp.signature.login import verify_login
from idp.signature.points import PythonPoints
from idp.signature.steps import SignatureRefused
from idp.signature.trust import ANY_FAMILY
from idp.wiring import Flows, build, signatures
from tests.conftest import StillClock

SAMPLES = Path(__file__).parent.parent / "signature/vectors/samples"
INDEX = json.loads((SAMPLES / "index.json").read_text())
CLEAR = ("good-gost256-director/ca.crl", "good-gost256-director/root.crl", "good-rsa-person/ca.crl")
LISTS = (*CLEAR, "good-rsa-person/root.crl")


@dataclass
class Served:
    port: int
    answered: list[int] = field(default_factory=list)


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """Serve a folder's files on loopback, with their dates and 304 for who asks by them."""
    served = Served(0)

    class Handler(SimpleHTTPRequestHandler):
        def log_request(self, code: Any = "-", size: Any = "-") -> None:
            served.answered.append(int(code))

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        served.port = server.server_port
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def clock() -> StillClock:
    clock = StillClock()
    clock.at = datetime.fromisoformat(INDEX["verify_at"])
    return clock


Build = Callable[..., Flows]


@pytest.fixture
def flows(settings: Settings, migrated: Path, key_folder: Path, tmp_path: Path, clock: StillClock) -> Iterator[Build]:
    shutil.copy(migrated, tmp_path / "idp.db")
    shutil.copytree(key_folder, tmp_path / "keys")
    built: list[Flows] = []

    def make(**given: Any) -> Flows:
        common: dict[str, Any] = {
            "anchors_any_family": tuple(str(SAMPLES / path) for path in INDEX["trust_anchors"]),
            "intermediates": tuple(
                str(SAMPLES / folder / "ca.cer") for folder in ("good-gost512-person", "good-rsa-person")
            ),
            "accredited": str(SAMPLES / INDEX["accredited"]),
        }
        outgoing = Outgoing(internal_networks=given.pop("internal", ("127.0.0.0/8",)))
        built.append(build(replace(settings, signatures=Signatures(**common | given), outgoing=outgoing), clock))
        return built[-1]

    yield make
    for item in built:
        item.close()


def run(flows: Flows) -> None:
    for job in signatures.jobs(flows.ground, flows.judging):
        job.run()


def code_of(flows: Flows, folder: str) -> str | None:
    place = SAMPLES / folder
    challenge, message = (place / "challenge.bin").read_bytes(), (place / "signature.p7s").read_bytes()
    try:
        verify_login(challenge, message, flows.judging.trust(), flows.now(), Expected())
    except SignatureRefused as refusal:
        return refusal.code
    return None


def test_the_samples_are_judged_by_lists_that_the_job_fetched(flows: Build) -> None:
    with serving(SAMPLES) as served:
        city = flows(lists=tuple(f"http://127.0.0.1:{served.port}/{path}" for path in LISTS))
        assert code_of(city, "good-gost256-director") == "signature.revocation_unknown"
        run(city)
        run(city)

    assert served.answered == [200] * 4 + [304] * 4
    assert {source.outcome for source in city.judging.sources.all()} == {"unchanged"}
    assert sorted(item.entries for item in city.judging.lists.listed()) == [0, 0, 0, 1]
    assert {case["folder"]: code_of(city, case["folder"]) for case in INDEX["cases"]} == {
        "good-gost256-director": None,
        "good-gost512-person": None,
        "good-rsa-person": None,
        "bad-expired": "signature.certificate_expired",
        "bad-revoked": "signature.revoked",
        "bad-other-challenge": "signature.other_content",
        "bad-unknown-ca": "signature.untrusted",
        "bad-no-ogrn": "signature.organisation_without_ogrn",
    }


def test_lists_are_not_fetched_from_inner_networks(flows: Build) -> None:
    with serving(SAMPLES) as served:
        city = flows(lists=(f"http://127.0.0.1:{served.port}/{LISTS[0]}",), internal=())
        run(city)
    assert served.answered == []
    assert city.judging.sources.all()[0].code == "Forbidden"


def test_below_the_ministrys_roots_only_gost_counts(flows: Build) -> None:
    roots = tuple(str(SAMPLES / path) for path in INDEX["trust_anchors"])
    with serving(SAMPLES) as served:
        lists = tuple(f"http://127.0.0.1:{served.port}/{path}" for path in LISTS)
        city = flows(anchors=roots, anchors_any_family=(), lists=lists)
        run(city)
    assert code_of(city, "good-gost512-person") is None
    assert code_of(city, "good-rsa-person") == "signature.family_not_qualified"
    assert [anchor.qualified for anchor in city.judging.trust().anchors] == [frozenset({Family.GOST})] * 2
    assert flows().judging.trust().anchors[0].qualified == ANY_FAMILY


def test_the_accelerator_can_be_switched_off(flows: Build) -> None:
    assert isinstance(flows(accelerator=False).judging.trust().checker.points, PythonPoints)
    assert flows().judging.trust().checker.points.name == "libcrypto"


def test_without_roots_nothing_is_fetched(flows: Build) -> None:
    assert signatures.jobs((city := flows(anchors_any_family=())).ground, city.judging) == []


def test_files_that_cannot_be_read_stop_the_start_by_name(flows: Build, tmp_path: Path) -> None:
    (tmp_path / "broken").write_text("-----BEGIN CERTIFICATE-----")
    with pytest.raises(Faulty) as faulty:
        flows(anchors=(str(tmp_path / "none"), str(tmp_path / "broken")), accredited=str(tmp_path / "broken"))
    assert [fault.field for fault in faulty.value.faults] == ["signatures.anchors"] * 2 + ["signatures.accredited"]
    assert [fault.code for fault in faulty.value.faults] == ["setting.unreadable"] * 3
