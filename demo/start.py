"""Starts the city: provider, jobs, town and who belongs to them; prints one table; stays until it is told to end."""

import json
import os
import shutil
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx

from demo.cast import PORTALS, documents
from demo.fund.keys import fund_key, fund_token, public_keys
from demo.place import Place, Spot
from demo.portals.provider import web_client
from demo.secrets import Credentials, Safe, gateway_key, write_private
from demo.settle import people, settle
from demo.supervisor import Broken, Child, Supervisor, listens
from demo.table import table
from demo.words import WORDS
from idp.kernel.refusal import Refused
from idp.kernel.settings import load
from idp.store.marks import Mark, Marks
from idp.wiring import build, prepare
from idp.wiring.fitness import DEMO_FILE

#: What a run writes into the data folder beside ``demo``; ``fresh`` forgets exactly this.
_FILES = ("idp.db", "state.db")
LEVEL = "simplified"


def start(place: Place, fresh: bool = False, with_parent: bool = False) -> int:
    """Run the city; return the exit code."""
    supervisor = Supervisor(os.getppid() if with_parent else None)
    supervisor.heed()
    with place.hold():
        place.require_free_ports()
        if fresh:
            forget(place)
        try:
            _open(place, supervisor)
            if supervisor.wait_until_up(_checks(place)):
                print(table(place, people(), LEVEL), flush=True)
            supervisor.watch()
        except Broken as broken:
            print(broken, file=sys.stderr)
            return 1
        except Refused as refused:
            print(refused, file=sys.stderr)
            return 1
        finally:
            supervisor.end()
    return 0


def _checks(place: Place) -> dict[str, Callable[[], bool]]:
    """Return when the city is up: everybody listens, and the provider's workers answer."""
    checks: dict[str, Callable[[], bool]] = {
        f"port {place.port_of(spot)}": partial(listens, place.reach, place.port_of(spot)) for spot in Spot
    }
    web = web_client(place.issuer, place.reach)

    def discovery() -> bool:
        try:
            return web.get(f"{place.issuer}/.well-known/openid-configuration").is_success
        except httpx.HTTPError:
            return False

    return {**checks, "discovery": discovery}


def _open(place: Place, supervisor: Supervisor) -> None:
    """Start every process as soon as it may: the town needs nobody, the provider its schema and keys."""
    logs, python = place.folder / "logs", sys.executable
    write_private(place.settings, configuration(place))
    environment = {**os.environ, "IDP_CONFIG": str(place.settings)}
    where = ["--host", place.host, "--port", str(place.port), "--data", str(place.data)]
    supervisor.start(Child("town", [python, "-m", "demo.town", *where], environment, logs / "town.log"))
    settings = load(place.settings, os.environ)
    prepare(settings)
    # These keys and people are known too well to serve a real city: `idp serve` looks for the marks.
    (place.data / "keys" / DEMO_FILE).touch(0o600)
    idp = [python, "-m", "idp.cli"]
    supervisor.start(Child("provider", [*idp, "serve", "--no-jobs"], environment, logs / "provider.log"))
    supervisor.start(Child("jobs", [*idp, "jobs"], environment, logs / "jobs.log"))
    flows = build(settings)
    try:
        Marks(flows.database).put(Mark.DEMO, "people.toml")
        settle(flows, place)
    finally:
        flows.close()
    write_private(place.folder / "city.json", json.dumps(city(place), ensure_ascii=False, indent=2) + "\n")


def configuration(place: Place) -> str:
    """Return the provider's settings for the demo, as its own TOML; ``IDP__…`` of the environment win over them."""
    fund_key(place.folder)
    listen = f"[{place.listen}]" if ":" in place.listen else place.listen
    sections: dict[str, dict[str, Any]] = {
        "server": {
            "issuer": place.issuer,
            "listen": f"{listen}:{place.port_of(Spot.PROVIDER)}",
            "demo": True,
        },
        "database": {"url": f"sqlite:///{place.data / 'idp.db'}"},
        "backup": {"ledger": str(place.data / "ledger.jsonl")},
        "short_lived": {"url": f"file:{place.data / 'state.db'}"},
        "keys": {"folder": str(place.data / "keys")},
        "mail": {
            "smtp_url": place.near(Spot.SMTP).replace("http", "smtp", 1),
            "sender": "City Sign-in <no-reply@gorod.test>",
        },
        "sms": {"gateway_url": place.near(Spot.OUTBOX), "api_key": gateway_key(place.folder)},
        "registries": {
            "gateway_url": place.near(Spot.FUND),
            "gateway_token": fund_token(place.folder),
            "callback_keys": str(public_keys(place.folder)),
        },
        "outgoing": {"internal_networks": place.networks()},
    }
    # JSON's strings, lists and booleans are TOML's too.
    lines = [
        line
        for section, values in sections.items()
        for line in (
            f"[{section}]",
            *(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()),
            "",
        )
    ]
    return "\n".join(lines)


def forget(place: Place) -> None:
    """Remove what earlier runs wrote, and nothing else that lies in the folder."""
    for name in _FILES:
        for path in place.data.glob(f"{name}*"):
            path.unlink()
    shutil.rmtree(place.data / "keys", ignore_errors=True)
    for path in place.folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "lock":
            path.unlink()


def city(place: Place) -> dict[str, Any]:
    """Return the city as a document: addresses, applications with what they prove themselves with, people."""
    held = Safe.of(place.folder).read()
    return {
        "issuer": place.issuer,
        "portals": [
            {
                "name": str(WORDS["ru"](f"{portal.client_id}.name")),
                "address": place.address(portal.spot),
                "client_id": portal.client_id,
            }
            for portal in PORTALS
        ],
        "clients": [
            {
                "client_id": client_id,
                **_proof(held.get(client_id, Credentials())),
                "token_endpoint_auth_method": document["token_endpoint_auth_method"],
                "redirect_uris": document.get("redirect_uris", []),
                "grant_types": document["grant_types"],
                "scope": document.get("scope", ""),
            }
            for client_id, document in documents(place).items()
        ],
        "people": [{"login": person.name, "password": person.password, "level": LEVEL} for person in people()],
        "outbox": place.address(Spot.OUTBOX),
        "fund": place.address(Spot.FUND),
    }


def _proof(credentials: Credentials) -> dict[str, Any]:
    if credentials.jwk:
        return {"jwk": credentials.jwk}
    return {"client_secret": credentials.secret} if credentials.secret else {}
