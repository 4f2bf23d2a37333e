"""What verifying a signature costs: CPU for each family, with both arithmetics, and taking in a large revocation list.

``python -m bench.signatures``: needs openssl with its gost engine, which makes what is verified. Lists and centre are
already known, as they are in a running server; "new" is a certificate seen for the first time.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from idp.signature import libcrypto
from idp.signature.checker import Checker
from idp.signature.crl import is_from, read_list, require_sound
from idp.signature.points import Points, PythonPoints
from tests.signature.certificates import Made, crl, crl_entry
from tests.signature.keys import ENGINE, Keys
from tests.signature.messages import message
from tests.signature.world import CHALLENGE, World

FAMILIES = {"GOST-256": "TCA", "GOST-512": "512A", "RSA-2048": "rsa", "ECDSA P-256": "p256"}
#: CPU milliseconds that the requirements allow: (new, seen) in plain Python, then with libcrypto.
LIMITS = {
    "GOST-256": ((10, 6), (7, 2)),
    "GOST-512": ((21, 14), (11, 4)),
    "RSA-2048": ((1, 1), (1, 1)),
    "ECDSA P-256": ((1, 1), (1, 1)),
}
HOLDERS, ENTRIES = 15, 700_000


def cost(act: Callable[[], object]) -> float:
    """Return the CPU milliseconds of one act."""
    start = time.process_time()
    act()
    return 1000 * (time.process_time() - start)


def verification(world: World, kind: str, points: Points) -> tuple[list[float], list[float]]:
    """Return the costs of a first and of a later verification, for several holders under a centre of their family."""
    centre = world.make_centre(key=world.keys("TCA" if kind == "512A" else kind, 2))
    trust = world.trust(points=points, centres=(centre,), lists=(crl(world.root), crl(centre)))

    def login(signer: Made) -> bytes:
        return message(CHALLENGE, signer, (centre,))

    world.login(login(world.holder(by=centre)), trust)  # the centre and its lists become known
    new, seen = [], []
    for _ in range(HOLDERS):
        act = partial(world.login, login(world.holder(by=centre, kind=kind)), trust)
        new.append(cost(act))
        seen.append(min(cost(act) for _ in range(3)))
    return new, seen


def peak() -> float:
    """Return the most memory that this process has held, in MB (Linux)."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def taken_in(path: str, centre: bytes, result: object) -> None:
    """Read a list from a file, check it and walk over its entries, as the job does; report time and memory."""
    before = peak()
    checker = Checker(libcrypto.best())
    times = {}
    start = time.process_time()
    found = read_list(Path(path).read_bytes())
    times["read"] = time.process_time() - start
    issuer = checker.certificate(centre)
    assert is_from(found, issuer)
    start = time.process_time()
    require_sound(found, issuer, checker)
    times["verified"] = time.process_time() - start
    start = time.process_time()
    count = sum(1 for _ in found.entries())
    times["walked"] = time.process_time() - start
    result.put((len(found.octets), count, times, before, peak()))  # type: ignore[attr-defined]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "openssl.cnf").write_text(ENGINE)
        world = World(Keys(folder, folder / "openssl.cnf"))
        library = libcrypto.find()
        print(f"{'':22}{'new':>16}{'limit':>8}{'seen':>16}{'limit':>8}   CPU ms: least, median")
        for family, kind in FAMILIES.items():
            for column, points in enumerate((PythonPoints(), library)):
                if points is None:
                    continue
                new, seen = verification(world, kind, points)
                limits = LIMITS[family][column]
                parts = [f"{family + ' ' + points.name:22}"]
                for values, limit in ((new, limits[0]), (seen, limits[1])):
                    parts.append(f"{min(values):8.2f}{statistics.median(values):8.2f}{limit:8}")
                print("".join(parts))
        entries = b"".join(crl_entry((1 << 71) + number) for number in range(ENTRIES))
        (folder / "list").write_bytes(crl(world.centre, entries))
        centre = world.centre.der
        del entries
        spawned = get_context("spawn")
        result = spawned.Queue()
        job = spawned.Process(target=taken_in, args=(str(folder / "list"), centre, result))
        job.start()
        size, count, times, before, after = result.get()
        job.join()
        print(f"\nrevocation list of {size / 1e6:.1f} MB, {count} entries, in a process of its own:")
        print("  CPU s: " + ", ".join(f"{step} {seconds:.1f}" for step, seconds in times.items()))
        print(f"  memory MB: {before:.0f} before, {after:.0f} at most (limit 150)")


if __name__ == "__main__":
    main()
