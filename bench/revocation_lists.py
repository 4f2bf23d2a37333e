"""What taking in a revocation list of 20 MB costs: memory and CPU of the job's process, and looking a number up after.

The list comes over HTTP from a server in this process; the job runs in one of its own, as in a city, with its store.
"""

import tempfile
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from idp.jobs.revocation_lists import TakeInLists, Visits
from idp.kernel.http import Guard, Outgoing
from idp.signature import libcrypto
from idp.signature.checker import Checker
from idp.store.database import Database
from idp.store.list_sources import ListSources
from idp.store.migrate import migrate
from idp.store.revocation_lists import RevocationLists
from tests.signature.certificates import crl, crl_entry
from tests.signature.keys import ENGINE, Keys
from tests.signature.world import AT, World

ENTRIES, FIRST = 700_000, 1 << 71
LIMIT_MB = 150


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        return


def peak() -> float:
    """Return the most memory that this process has held, in MB (Linux)."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def job(url: str, centre: bytes, address: str, result: Any) -> None:
    """Take the list in as the job does; report what it cost."""
    database = Database(url)
    checker = Checker(libcrypto.best())
    outgoing = Outgoing(Guard.of(("127.0.0.0/8",)), 5)
    lists = RevocationLists(database, lambda: AT)
    visit = Visits(partial(outgoing.get_document, seconds=300), ListSources(database, lambda: AT))
    issuer = checker.certificate(centre)
    before, start = peak(), time.process_time()
    outcome = TakeInLists(visit, lists, checker, lambda: [(address, (issuer,))], lambda: AT)()[address]
    spent, most = time.process_time() - start, peak()
    finding = []
    for serial in range(FIRST, FIRST + ENTRIES, ENTRIES // 200):
        start = time.perf_counter()
        assert lists.find(issuer.authority, serial)[1] is not None
        finding.append(1000 * (time.perf_counter() - start))
    result.put((str(outcome), before, most, spent, sorted(finding)[len(finding) // 2]))
    outgoing.close()
    database.close()


def main() -> bool:
    """Print what it costs; tell whether the memory stays within its limit."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "openssl.cnf").write_text(ENGINE)
        world = World(Keys(folder, folder / "openssl.cnf"))
        (folder / "served").mkdir()
        list_file = folder / "served/1.crl"
        list_file.write_bytes(crl(world.centre, b"".join(crl_entry(FIRST + number) for number in range(ENTRIES))))
        url = f"sqlite:///{folder}/idp.db"
        database = Database(url)
        migrate(database)
        database.close()
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder / "served"))) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            spawned = get_context("spawn")
            result = spawned.Queue()
            address = f"http://127.0.0.1:{server.server_port}/1.crl"
            process = spawned.Process(target=job, args=(url, world.centre.der, address, result))
            process.start()
            outcome, before, most, spent, finding = result.get()
            process.join()
            server.shutdown()
        print(f"a list of {list_file.stat().st_size / 1e6:.1f} MB, {ENTRIES} entries: {outcome}")
        print(f"memory of the job's process: {before:.0f} MB before, {most:.0f} MB at most (limit {LIMIT_MB})")
        print(f"CPU of the job's process: {spent:.1f} s; looking a number up: one read, {finding:.2f} ms (median)")
    return outcome == "taken" and most <= LIMIT_MB
