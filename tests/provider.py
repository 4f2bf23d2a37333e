"""A real provider for tests: ``idp serve`` with two workers on a free port, and its stores to arrange with."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select, update

from idp.kernel.clock import utc_now
from idp.kernel.settings import Settings, load
from idp.store.tables.accounts import SessionRow
from idp.wiring import Flows, build, prepare
from tests.city import City
from tests.servers import free_port, wait_for
from tests.visitor import PASSWORD, Browser


class HttpBrowser(Browser):
    """A browser at a running provider; its cookies are its own."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.http = httpx.Client(base_url=address, headers={"Accept-Language": "en"}, timeout=30, trust_env=False)

    def get(self, address: str, **headers: str) -> httpx.Response:
        return self.http.get(address, headers=headers)

    def post(self, path: str, form: Any = (), **headers: str) -> httpx.Response:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"{self.address}/", **headers}
        pairs = list(form.items()) if isinstance(form, Mapping) else list(form)
        return self.http.post(path, content=urlencode(pairs), headers=headers)


@dataclass(frozen=True)
class Provider:
    """``address`` is where it listens, ``city`` its stores opened in this process: what is arranged there is real."""

    address: str
    city: City
    process: subprocess.Popen[bytes]

    def workers(self) -> list[int]:
        """Return the processes that answer, as Linux lists the command's children."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    @property
    def flows(self) -> Flows:
        return self.city.flows

    @property
    def issuer(self) -> str:
        return self.flows.settings.issuer

    def person(self, **columns: object) -> str:
        """Open an account that nobody else uses, with the password of all test people; return its id."""
        account_id = uuid4().hex
        hashed = self.flows.hasher.make(PASSWORD)
        return self.city.person(account_id, password_hash=hashed, **columns)

    def let_codes_age(self, seconds: int) -> None:
        """Make every code older, used ones too."""
        with closing(sqlite3.connect(self.flows.settings.short_lived.url.removeprefix("file:"))) as state, state:
            state.execute("UPDATE entries SET expires = expires - ? WHERE kind = 'code'", (seconds,))

    def let_pass(self, account_id: str, seconds: int) -> None:
        """Make the person's sessions older, as if this time had gone by since."""
        step = timedelta(seconds=seconds)
        mine = select(SessionRow.id, SessionRow.auth_time, SessionRow.seen_at, SessionRow.created_at)
        for row in self.flows.database.rows(mine.where(SessionRow.account_id == account_id)):
            older = {
                "auth_time": row.auth_time - step,
                "seen_at": row.seen_at - step,
                "created_at": row.created_at - step,
            }
            self.flows.database.run(update(SessionRow).where(SessionRow.id == row.id).values(**older))


@contextmanager
def serving(folder: Path, issuer: str = "", *options: str, **settings: str) -> Iterator[Provider]:
    """Run a provider with everything in the folder; it calls itself by its address unless an issuer is given.

    ``settings`` are named as the environment names them, without the prefix: ``LIMITS__SIGN_IN_TRIES="5"``.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    given = {
        "SERVER__ISSUER": issuer or address,
        "SERVER__LISTEN": f"127.0.0.1:{port}",
        "DATABASE__URL": f"sqlite:///{folder}/idp.db",
        "SHORT_LIVED__URL": f"file:{folder}/state.db",
        "KEYS__FOLDER": str(folder / "keys"),
        "PASSWORDS__ARGON2_MEMORY_KIB": "64",
        "PASSWORDS__ARGON2_TIME": "1",
        "LIMITS__SIGN_IN_TRIES_PER_ADDRESS": "100000",
        "REGISTRIES__GATEWAY_URL": "http://127.0.0.1:9",
        **settings,
    }
    environment = {f"IDP__{name}": value for name, value in given.items()}
    loaded: Settings = load(None, environment)
    prepare(loaded)
    command = [sys.executable, "-m", "idp.cli", "serve", "--no-jobs", *options]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log)
    flows = build(loaded)
    try:
        wait_for(port)
        city = City(flows)
        city.at = utc_now()
        yield Provider(address, city, process)
    finally:
        flows.close()
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            pytest.fail("the provider did not end")
