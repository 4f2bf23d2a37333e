"""A person's whole way at a real provider at its most talkative, with its jobs, a mail server that says no, a collector
of traces and a failure: what was written and sent of it, and what must not stand in there."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx
from aiosmtpd.controller import Controller
from sqlalchemy import select

from idp.store.tables.records import OutboxRow
from tests.endpoints.administrator import CLIENTS, DOCUMENT
from tests.provider import HttpBrowser, Provider, serving
from tests.servers import free_port
from tests.visitor import forms
from tests.wire.collector import Seen, collecting
from tests.wire.load import Portal
from tests.wire.newcomer import Newcomer

SNILS = "112-233-445 95"
STRANGER = "stranger@example.ru"


class Refuses:
    """A mail server that repeats the addressee in what it says."""

    async def handle_RCPT(self, _server, _session, _envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        return f"550 no mailbox {address}"


@contextmanager
def jobs(provider: Provider, log: Path, **settings: str) -> Iterator[None]:
    """Run the jobs beside the provider, on its stores."""
    known = provider.flows.settings
    given = {
        "SERVER__ISSUER": known.issuer,
        "SERVER__LOG_LEVEL": "DEBUG",
        "DATABASE__URL": known.database.url,
        "SHORT_LIVED__URL": known.short_lived.url,
        "KEYS__FOLDER": known.keys.folder,
        **settings,
    }
    environment = {f"IDP__{name}": value for name, value in given.items()}
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", "idp.cli", "jobs"], env=environment, stderr=output)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def walk(provider: Provider, newcomer: Newcomer) -> set[str]:
    """Register, sign in wrong and right, recover, use the tokens, sign out; return everything that was secret in it."""
    browser, portal = newcomer.browser, Portal(provider, "garage")
    given = newcomer.register("garage")
    tokens = portal.exchange(given["code"]).body
    renewed = portal.refresh(tokens["refresh_token"]).body
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert httpx.get(f"{provider.address}/userinfo", headers=bearer, trust_env=False).status_code == 200
    assert portal.active(tokens["access_token"])
    portal.post("/token", grant_type="refresh_token", refresh_token=tokens["id_token"])
    cookies = set(browser.http.cookies.values())

    hinted = browser.authorize("garage", prompt="login", login_hint=newcomer.email, state="s-secret-state")
    shown = browser.follow(hinted)
    fields = set(forms(shown)[-1]["fields"].values())
    for login, password in ((newcomer.email, "Wrong-7-v-sadu"), (SNILS, "x"), ("Новиков Пётр", newcomer.password)):
        browser.press(shown, login=login, password=password)
    browser.press(browser.get("/recovery/password"), contact=newcomer.email)
    browser.press(browser.get("/recovery/login"), contact=STRANGER)
    for path in (
        f"/sign-up/confirm?token={newcomer.password}",
        f"/{newcomer.email}",
        f"/людям/{quote('Новиков')}/{SNILS}",
        f"/tokens/{tokens['access_token']}",
    ):
        browser.get(path)
    hint = {"id_token_hint": tokens["id_token"], "logout_hint": newcomer.email}
    browser.http.get("/end_session", params=hint)

    token = provider.flows.administration.add_token("Test", None).secret
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k-1"}
    made = httpx.post(f"{provider.address}{CLIENTS}", json=DOCUMENT, headers=headers, trust_env=False).json()
    httpx.get(f"{provider.address}{CLIENTS}/{newcomer.email}", headers=headers, trust_env=False)

    letters = "".join(str(row.payload) for row in provider.flows.database.rows(select(OutboxRow.payload)))
    secrets = set(re.findall(r"\b\d{6}\b|(?<==)[\w-]{20,}", letters)) | {
        token,
        made["client_secret"],
        provider.city.secrets["garage"],
        newcomer.password,
    }
    secrets |= {given["code"], "s-secret-state", *cookies, *fields}
    return secrets | {value for body in (tokens, renewed) for name, value in body.items() if name.endswith("_token")}


@dataclass(frozen=True)
class Walked:
    """``lines`` of the server and of the jobs, ``spans`` of both, ``hidden`` values, the id of the failed request."""

    lines: list[str]
    spans: list[Seen]
    hidden: set[str]
    failed: str


def walked(folder: Path) -> Walked:
    mail = Controller(Refuses(), hostname="127.0.0.1", port=free_port())
    mail.start()
    try:
        with collecting() as collector:
            traced = {"TRACING__ENDPOINT": collector.address}
            with serving(folder, SERVER__LOG_LEVEL="DEBUG", **traced) as provider:
                provider.city.client("garage", client_name="Garage", first_party=True)
                newcomer = Newcomer(provider, HttpBrowser(provider.address))
                with closing(newcomer.browser.http):
                    hidden = walk(provider, newcomer)
                with jobs(provider, folder / "jobs", MAIL__SMTP_URL=f"smtp://127.0.0.1:{mail.port}", **traced):
                    _until(lambda: "given up" in (folder / "jobs").read_text(encoding="utf-8"))
                failed = fail(provider, newcomer)
                _until(lambda: any(span.attributes.get("idp.request") == failed for span in collector.spans()))
            spans = collector.spans()
    finally:
        mail.stop()
    personal = {newcomer.email, newcomer.email.partition("@")[0], STRANGER, "Новиков", "Пётр", "9160000001"}
    lines = [line for name in ("log", "jobs") for line in (folder / name).read_text(encoding="utf-8").splitlines()]
    return Walked(lines, spans, hidden | personal | {SNILS, "11223344595", "112233445"}, failed)


def fail(provider: Provider, newcomer: Newcomer) -> str:
    """Make a page fail with a traceback that quotes an address: a column holds what can't be read. Return its id."""
    with provider.flows.database.connection() as connection:
        connection.exec_driver_sql("UPDATE accounts SET birthdate = login")
    browser = HttpBrowser(provider.address)
    with closing(browser.http):
        shown = browser.follow(browser.authorize("garage"))
        failed = browser.press(shown, login=newcomer.email, password=newcomer.password)
    assert failed.status_code == 500
    return str(failed.headers["X-Request-Id"])


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end, "it didn't come"
        time.sleep(0.1)


def spellings(value: str) -> set[str]:
    """Return what a value may look like: as it is, in an address, in JSON, and as WSGI hands octets on."""
    return {value, quote(value), quote_plus(value), json.dumps(value)[1:-1], value.encode().decode("latin-1")}
