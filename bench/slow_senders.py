"""200 people who send a byte a second for 20 s, in the head or in the body: how long everybody else waits meanwhile."""

import ssl
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import httpx

from tests.front import nginx
from tests.provider import serving
from tests.servers import free_port
from tests.wire.slow import BODY, HEAD, Slow

MANY, SECONDS, LIMIT_MS = 200, 20.0, 100.0
#: Name, server, whether nginx stands before it, whether nginx passes bodies on as they come.
PLACES = (
    ("gunicorn alone", "gunicorn", False, False),
    ("gunicorn behind nginx", "gunicorn", True, True),
    ("granian alone", "granian", False, False),
    ("granian behind nginx, whole bodies", "granian", True, False),
)
#: Where a slow body holds a thread, which a proxy must prevent: measured to be known, not promised.
UNBOUNDED = {("granian alone", "body")}


def main() -> bool:
    """Print a line for each place and kind; return whether all kept the limit that is promised for them."""
    well = True
    print(f"{'':36}{'answers':>9}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}{'let go':>8}{'last after s':>14}")
    for name, server, front, as_they_come in PLACES:
        for kind, text, at_once in (("head", HEAD, 1), ("body", BODY, BODY.index(b"\r\n\r\n") + 4)):
            with tempfile.TemporaryDirectory() as folder:
                well &= (
                    _measure(f"{name}, {kind}", server, front, as_they_come, (text, at_once), Path(folder))
                    or (
                        name,
                        kind,
                    )
                    in UNBOUNDED
                )
    return well


def _measure(name: str, server: str, front: bool, as_they_come: bool, text: tuple[bytes, int], folder: Path) -> bool:
    port = free_port()
    issuer = f"https://localhost:{port}" if front else ""
    for made in ("front", "behind"):
        (folder / made).mkdir()
    with serving(folder / "behind", issuer, "--server", server) as provider:
        behind = httpx.URL(provider.address).port or 0
        if not front:
            return _while_slow(name, provider.address, behind, None, text)
        whole = {} if as_they_come else {"proxy_request_buffering off": "proxy_request_buffering on"}
        with nginx(folder / "front", [behind], port, whole) as proxy:
            return _while_slow(name, proxy.address, port, proxy.context, text)


def _while_slow(name: str, address: str, port: int, context: ssl.SSLContext | None, text: tuple[bytes, int]) -> bool:
    spent: list[float] = []
    with httpx.Client(base_url=address, verify=context or False, trust_env=False, timeout=SECONDS) as client:
        client.get("/jwks")
        with Slow(port, [text] * MANY, 1.0, context) as slow:
            while time.monotonic() < slow.began + SECONDS:
                began = time.monotonic()
                with suppress(httpx.TransportError):
                    client.get("/jwks")
                spent.append((time.monotonic() - began) * 1000)
                time.sleep(0.02)
            gone = [sender.ended for sender in slow.senders if sender.ended]
    spent.sort()
    row = (len(spent), spent[len(spent) // 2], spent[int(len(spent) * 0.99)], spent[-1])
    print(
        f"{name:36}{row[0]:9}{row[1]:9.1f}{row[2]:9.1f}{row[3]:9.1f}{len(gone):8}{max(gone, default=0):14.1f}",
        flush=True,
    )
    return row[3] <= LIMIT_MS
