"""The city as its ``city.json`` tells it: addresses, people, the outbox."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from demo.place import Spot
from tests.journeys.outbox import Outbox


@dataclass(frozen=True)
class Town:
    document: dict[str, Any]
    outbox: Outbox
    data: Path

    @classmethod
    def of(cls, document: dict[str, Any], data: Path) -> "Town":
        return cls(document, Outbox(document["outbox"]), data)

    def administer(self, *arguments: str) -> None:
        """Run an administrator's command against the running city."""
        environment = {**os.environ, "IDP_CONFIG": str(self.data / "demo" / "idp.toml")}
        command = [sys.executable, "-m", "idp.cli", *arguments]
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)

    def pass_time(self, email: str) -> None:
        """Let a day pass for what waits for this address: its registration and the link in its letter."""
        self._arrange("UPDATE registrations SET expires_at = created_at WHERE email = ?", email)

    def age_contacts(self, email: str) -> None:
        """Let a year pass since this address was confirmed."""
        year = 366 * 86_400 * 1_000_000
        self._arrange(f"UPDATE contacts SET confirmed_at = confirmed_at - {year} WHERE value = ?", email)

    def _arrange(self, statement: str, *values: str) -> None:
        with closing(sqlite3.connect(self.data / "idp.db", timeout=30)) as database, database:
            assert database.execute(statement, values).rowcount == 1

    @property
    def issuer(self) -> str:
        return str(self.document["issuer"])

    def portal(self, client_id: str) -> str:
        """Return the address of a portal's front page."""
        return next(portal["address"] + "/" for portal in self.document["portals"] if portal["client_id"] == client_id)

    def person(self, login: str) -> dict[str, str]:
        return next(person for person in self.document["people"] if person["login"] == login)

    @property
    def fund(self) -> str:
        """Return the address of the pension fund's twin."""
        return str(self.document["fund"]) + "/"

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
