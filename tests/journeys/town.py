"""The city as its ``city.json`` tells it: addresses, people, the outbox."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from demo.place import Spot
from tests.journeys.outbox import Outbox


@dataclass(frozen=True)
class Town:
    document: dict[str, Any]
    outbox: Outbox

    @classmethod
    def of(cls, document: dict[str, Any]) -> "Town":
        return cls(document, Outbox(document["outbox"]))

    @property
    def issuer(self) -> str:
        return str(self.document["issuer"])

    def portal(self, client_id: str) -> str:
        """Return the address of a portal's front page."""
        return next(portal["address"] + "/" for portal in self.document["portals"] if portal["client_id"] == client_id)

    def person(self, login: str) -> dict[str, str]:
        return next(person for person in self.document["people"] if person["login"] == login)

    @property
    def records(self) -> str:
        """Return the address of the resource server."""
        home = urlsplit(self.issuer)
        assert home.port
        return f"http://{home.hostname}:{home.port + Spot.RECORDS}/"

    @property
    def hosts(self) -> frozenset[str]:
        """Every host and port of the city; all else is foreign."""
        home = urlsplit(self.issuer)
        assert home.port
        return frozenset(f"{home.hostname}:{home.port + spot}" for spot in Spot)
