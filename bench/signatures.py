"""What verifying a signature costs: CPU for each family of keys, with both arithmetics, beside what it may cost.

Openssl with its gost engine makes what is verified. Lists and centre are already known, as they are in a running
server; "new" is a certificate seen for the first time.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from idp.signature import libcrypto
from idp.signature.points import Points, PythonPoints
from tests.signature.certificates import Made, crl
from tests.signature.keys import ENGINE, Keys
from tests.signature.messages import message
from tests.signature.world import CHALLENGE, World

FAMILIES = {"GOST-256": "TCA", "GOST-512": "512A", "RSA-2048": "rsa", "RSA-4096": "rsa4096", "ECDSA P-256": "p256"}
#: CPU milliseconds that the requirements allow: (new, seen) in plain Python, then with libcrypto.
LIMITS = {
    "GOST-256": ((10, 6), (7, 2)),
    "GOST-512": ((21, 14), (11, 4)),
    "RSA-2048": ((1, 1), (1, 1)),
    "RSA-4096": ((1, 1), (1, 1)),
    "ECDSA P-256": ((1, 1), (1, 1)),
}
HOLDERS = 15


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


def main() -> bool:
    """Print a line for each family and arithmetic; tell whether all stay within what they may cost."""
    within = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "openssl.cnf").write_text(ENGINE)
        world = World(Keys(folder, folder / "openssl.cnf"))
        print(f"{'':22}{'new':>16}{'limit':>8}{'seen':>16}{'limit':>8}   CPU ms: least, median")
        for family, kind in FAMILIES.items():
            for column, points in enumerate((PythonPoints(), libcrypto.find())):
                if points is None:
                    continue
                limits = LIMITS[family][column]
                parts = [f"{family + ' ' + points.name:22}"]
                for values, limit in zip(verification(world, kind, points), limits, strict=True):
                    parts.append(f"{min(values):8.2f}{statistics.median(values):8.2f}{limit:8}")
                    within = within and min(values) <= limit
                print("".join(parts), flush=True)
    return within
