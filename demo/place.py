"""Where the city stands: the host, the block of ports, the data folder, and every address that follows from them."""

import fcntl
import ipaddress
import re
import socket
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import IO

_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")


class Spot(IntEnum):
    """Who listens where, counted from the first port of the block."""

    PROVIDER = 0
    SERVICES = 1
    PARKING = 2
    AVTOKOD = 3
    OUR_CITY = 4
    RECORDS = 5
    OUTBOX = 6
    SMTP = 7
    FUND = 8


class DisputedPlace(Exception):
    """The city can't stand there: the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """``host`` as it stands in addresses, ``listen`` is what servers bind, ``reach`` how this machine gets to them."""

    host: str
    port: int
    data: Path
    listen: str
    reach: str

    @classmethod
    def of(cls, host: str, port: int, data: Path) -> "Place":
        """Bind to loopback where the name means loopback, otherwise to every interface."""
        if not 1 <= port <= 65_535 - len(Spot):
            raise DisputedPlace(
                f"PORT={port}: the first of {len(Spot)} ports must lie between 1 and {65_535 - len(Spot)}."
            )
        name = host.strip().strip("[]").lower()
        address = _address(name)
        if address is None:
            name = _name(name)
        if isinstance(address, ipaddress.IPv6Address):
            listen = str(address) if address.is_loopback else "::"
            return cls(f"[{address}]", port, data.resolve(), listen, "::1")
        if address is not None and address.is_loopback:
            return cls(name, port, data.resolve(), name, name)
        local = name == "localhost" or name.endswith(".localhost")
        return cls(name, port, data.resolve(), "127.0.0.1" if local else "0.0.0.0", "127.0.0.1")

    @property
    def issuer(self) -> str:
        return self.address(Spot.PROVIDER)

    @property
    def folder(self) -> Path:
        """What belongs to the demo alone; the provider's own files lie beside it."""
        return self.data / "demo"

    @property
    def settings(self) -> Path:
        """The provider's settings for this city: ``IDP_CONFIG`` for whoever calls ``idp`` by hand."""
        return self.folder / "idp.toml"

    def port_of(self, spot: Spot) -> int:
        return self.port + spot

    def netloc(self, spot: Spot) -> str:
        port = self.port_of(spot)
        return self.host if port == 80 else f"{self.host}:{port}"

    def address(self, spot: Spot) -> str:
        """Return the address that browsers use."""
        return f"http://{self.netloc(spot)}"

    def near(self, spot: Spot) -> str:
        """Return the address that this machine's own processes use: no name has to resolve for it."""
        bracketed = f"[{self.reach}]" if ":" in self.reach else self.reach
        return f"http://{bracketed}:{self.port_of(spot)}"

    def networks(self) -> list[str]:
        """Name the networks that clients' addresses lie in: loopback, and whatever the host name stands for."""
        found = {"127.0.0.0/8", "::1/128"}
        try:
            answers = socket.getaddrinfo(self.host.strip("[]"), None, type=socket.SOCK_STREAM)
        except OSError:
            answers = []
        for answer in answers:
            address = ipaddress.ip_address(str(answer[4][0]).partition("%")[0])
            if not address.is_loopback:
                found.add(str(address))
        return sorted(found)

    def require_free_ports(self) -> None:
        """Refuse to start beside somebody who listens on one of the ports already; name a block that is free."""
        taken = self._taken(self.port)
        if taken:
            ports = ", ".join(map(str, taken))
            others = range(8000, 65_535 - len(Spot), 100)
            free = next((first for first in others if first != self.port and not self._taken(first)), 0)
            raise DisputedPlace(
                f"Taken already, or not for this user: port {ports}. The city needs {self.port} to "
                f"{self.port_of(max(Spot))}; stop what listens there, or choose another block: make run PORT={free}"
            )

    def _taken(self, first: int) -> list[int]:
        """Return the ports of a block that can't be bound."""
        family = socket.AF_INET6 if ":" in self.listen else socket.AF_INET
        taken = []
        for port in (first + spot for spot in Spot):
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((self.listen, port))
                except OSError:
                    taken.append(port)
        return taken

    def hold(self) -> IO[str]:
        """Take the data folder for this run; two cities would spoil each other's files."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / "lock").open("w")
        except OSError as error:
            raise DisputedPlace(f"DATA={self.data}: nothing can be written there ({error.strerror}).") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise DisputedPlace(f"A city runs in {self.data} already. Stop it, or choose another DATA.") from error
        return lock


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _name(name: str) -> str:
    try:
        ascii_name = name.encode("idna").decode() if not name.isascii() else name
    except UnicodeError:
        ascii_name = ""
    if not _HOST.fullmatch(ascii_name):
        raise DisputedPlace(f"HOST={name}: write the name or the address alone, as in HOST=city.example.")
    return ascii_name
