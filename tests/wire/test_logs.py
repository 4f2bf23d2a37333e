"""What stands in the logs after a person's whole way: nothing of the person, nothing that opens anything."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx
import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from idp.store.tables.records import OutboxRow
from tests.endpoints.administrator import CLIENTS, DOCUMENT
from tests.provider import HttpBrowser, Provider, serving
from tests.servers import free_port
from tests.visitor import forms
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


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], set[str]]:
    """What the server and the jobs wrote at their most talkative, and what must not stand in it."""
    folder = tmp_path_factory.mktemp("logs")
    mail = Controller(Refuses(), hostname="127.0.0.1", port=free_port())
    mail.start()
    try:
        with serving(folder, SERVER__LOG_LEVEL="DEBUG") as provider:
            provider.city.client("garage", client_name="Garage", first_party=True)
            newcomer = Newcomer(provider, HttpBrowser(provider.address))
            with closing(newcomer.browser.http):
                hidden = walk(provider, newcomer)
            with jobs(provider, folder / "jobs", MAIL__SMTP_URL=f"smtp://127.0.0.1:{mail.port}"):
                waited = _until_given_up(folder / "jobs")
            assert waited, "no letter was given up"
            # A failure whose traceback quotes an address: a column holds what can't be read.
            with provider.flows.database.connection() as connection:
                connection.exec_driver_sql("UPDATE accounts SET birthdate = login")
            failing = HttpBrowser(provider.address)
            with closing(failing.http):
                shown = failing.follow(failing.authorize("garage"))
                failed = failing.press(shown, login=newcomer.email, password=newcomer.password)
            assert failed.status_code == 500
    finally:
        mail.stop()
    personal = {newcomer.email, newcomer.email.partition("@")[0], STRANGER, "Новиков", "Пётр", "9160000001"}
    lines = [line for name in ("log", "jobs") for line in (folder / name).read_text(encoding="utf-8").splitlines()]
    return lines, hidden | personal | {SNILS, "11223344595", "112233445"}


def _until_given_up(log: Path) -> bool:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if "given up" in log.read_text(encoding="utf-8"):
            return True
        time.sleep(0.1)
    return False


def spellings(value: str) -> set[str]:
    """Return what a value may look like in a log: as it is, in an address, in JSON, and as WSGI hands octets on."""
    return {value, quote(value), quote_plus(value), json.dumps(value)[1:-1], value.encode().decode("latin-1")}


def test_nothing_personal_and_nothing_secret_stands_in_any_line(walked: tuple[list[str], set[str]]) -> None:
    lines, hidden = walked
    written = "\n".join(lines)
    assert all(told in written for told in ("/sign-up", "/token", "given up", "string: '***'"))

    spelled = {form for value in hidden if value for form in spellings(value)}
    assert len(hidden) > 20
    assert not [value for value in spelled if value in written]


def test_every_line_is_one_json_object_with_the_id_of_its_request(walked: tuple[list[str], set[str]]) -> None:
    lines, _ = walked
    parsed = [json.loads(line) for line in lines if not line.startswith("idp: ")]

    assert len(parsed) > 30
    assert all(line.keys() - {"failure"} == {"at", "level", "logger", "request", "message"} for line in parsed)
    answered = [line for line in parsed if line["logger"] == "idp.endpoints.entrance"]
    assert all(re.fullmatch(r"[A-Z2-9]{3}-[A-Z2-9]{3}", line["request"]) for line in answered)
    assert len({line["request"] for line in answered}) == len(answered)
