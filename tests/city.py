"""A city for tests of the machines' door: real stores and keys, a person with a session, clients, codes, HTTP calls."""

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import quote_plus, urlencode

from sqlalchemy import delete, insert, update

from idp.assurance.acr import AcrRequest
from idp.endpoints.router import Router
from idp.endpoints.routes import routes
from idp.flows.admin.clients import AddClient
from idp.flows.admin.registry import Registered
from idp.kernel.ids import digest, new_id, new_secret
from idp.protocol.codes import KIND, Code
from idp.protocol.grant import Grant
from idp.protocol.pkce import challenge_of
from idp.store.tables.accounts import AccountRow, ContactRow, EvidenceRow, SessionRow
from idp.wiring import Flows

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CALLBACK = "https://parking.test/callback"
VERIFIER = "a-verifier-of-the-right-length-0123456789-abc"
PERSON = "anna"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class City:
    """``call`` speaks WSGI to the door; nothing in between is left out."""

    flows: Flows
    secrets: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.router = Router(routes(self.flows), _nobody, 65_536, 200)
        self.at = NOON - timedelta(minutes=1)

    def client(self, client_id: str = "parking", **members: Any) -> Registered:
        document = {
            "client_name": "Parking",
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid profile email phone consents offline_access",
            **members,
        }
        document = {name: value for name, value in document.items() if value is not None}
        registered = AddClient(self.flows.registry)(document, client_id)
        self.secrets[client_id] = registered.secret
        return registered

    def service(self, client_id: str = "service", **members: Any) -> Registered:
        return self.client(
            client_id,
            **{
                "client_name": "Service",
                "redirect_uris": None,
                "grant_types": ["client_credentials"],
                "scope": "parking:read parking:write",
                **members,
            },
        )

    def person(self, account_id: str = PERSON, levels: Iterable[str] = ("email",), **columns: Any) -> str:
        database = self.flows.database
        database.run(
            insert(AccountRow),
            {
                "id": account_id,
                "login": f"{account_id}@example.ru",
                "login_chosen": False,
                "family_name": "Иванова",
                "given_name": "Анна",
                "middle_name": "Петровна",
                "gender": "female",
                "birthdate": date(1980, 5, 17),
                "password_hash": "-",
                "created_at": self.at,
                "updated_at": self.at,
                **columns,
            },
        )
        contacts = (("email", f"{account_id}@example.ru"), ("phone", "+79001234567"))
        for kind, value in contacts:
            self.add(ContactRow, account_id=account_id, kind=kind, value=value, confirmed_at=self.at, added_at=self.at)
        for kind in levels:
            self.prove(kind, account_id)
        return account_id

    def prove(self, kind: str, account_id: str = PERSON) -> None:
        self.add(EvidenceRow, account_id=account_id, kind=kind, reference="test", since=self.at)

    def disprove(self, kind: str, account_id: str = PERSON) -> None:
        where = (EvidenceRow.account_id == account_id, EvidenceRow.kind == kind)
        self.flows.database.run(update(EvidenceRow).where(*where).values(until=self.flows.now()))

    def session(self, session_id: str = "session", account_id: str = PERSON) -> str:
        self.flows.database.run(
            insert(SessionRow),
            {
                "id": session_id,
                "secret_digest": digest(session_id),
                "account_id": account_id,
                "amr": ["pwd"],
                "auth_time": self.at,
                "created_at": self.at,
                "seen_at": self.at,
                "expires_at": self.at + timedelta(hours=12),
                "idle_seconds": 1800,
            },
        )
        return session_id

    def sign_out(self, session_id: str = "session") -> None:
        statement = update(SessionRow).where(SessionRow.id == session_id).values(ended_at=self.flows.now())
        self.flows.database.run(statement)

    def add(self, table: Any, **columns: Any) -> None:
        self.flows.database.run(insert(table), {"id": new_id(), **columns})

    def erase_contacts(self) -> None:
        self.flows.database.run(delete(ContactRow))

    def grant(self, client_id: str = "parking", **changes: Any) -> Grant:
        grant = Grant(
            **{
                "id": new_id(),
                "account_id": PERSON,
                "client_id": client_id,
                "session_id": "session",
                "scope": frozenset({"openid", "profile", "email", "offline_access"}),
                "auth_time": self.at,
                "amr": ("pwd",),
                "created_at": self.at,
                "expires_at": self.at + timedelta(days=90),
                "acr_request": AcrRequest(),
                **changes,
            }
        )
        self.flows.grants.open(grant)
        return grant

    def code(self, grant: Grant, nonce: str = "n-1", **changes: Any) -> str:
        code = new_secret()
        kept = Code(grant.id, grant.client_id, CALLBACK, challenge_of(VERIFIER), nonce)
        assert self.flows.short_lived.put(KIND, code, replace(kept, **changes).kept(), 60)
        return code

    def basic(self, client_id: str, secret: str | None = None) -> str:
        pair = f"{quote_plus(client_id)}:{quote_plus(self.secrets[client_id] if secret is None else secret)}"
        return "Basic " + b64encode(pair.encode()).decode()

    def call(
        self,
        method: str,
        path: str,
        form: Mapping[str, Any] | Iterable[tuple[str, Any]] | bytes = (),
        query: str = "",
        content_type: str = "application/x-www-form-urlencoded",
        **headers: str,
    ) -> Answer:
        pairs = list(form.items() if isinstance(form, Mapping) else form)
        body = form if isinstance(form, bytes) else urlencode(pairs).encode()
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REMOTE_ADDR": "192.0.2.1",
            "wsgi.input": BytesIO(body),
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        if method == "POST" or body:
            environ |= {"CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": content_type}
        told: list[Any] = []
        content = b"".join(self.router(environ, lambda status, sent: told.extend((status, sent))))
        return Answer(int(told[0].split()[0]), {name.lower(): value for name, value in told[1]}, content)

    def token(self, client_id: str | None = "parking", **form: Any) -> Answer:
        headers = {"authorization": self.basic(client_id)} if client_id is not None else {}
        return self.call("POST", "/token", form, **headers)

    def exchange(self, code: str, client_id: str = "parking", **form: Any) -> Answer:
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
            **form,
        }
        return self.token(client_id, **{name: value for name, value in sent.items() if value is not None})

    def refresh(self, refresh_token: str, client_id: str = "parking", **form: Any) -> Answer:
        return self.token(client_id, grant_type="refresh_token", refresh_token=refresh_token, **form)

    def userinfo(self, access_token: str) -> Answer:
        return self.call("GET", "/userinfo", authorization=f"Bearer {access_token}")

    def introspect(self, token: str, client_id: str = "parking") -> Any:
        return self.call("POST", "/introspect", {"token": token}, authorization=self.basic(client_id)).json

    def claims(self, token: str, typ: str = "JWT") -> dict[str, Any]:
        return self.flows.keys.verify(token, typ)


def _nobody(environ: Any, start_response: Any) -> list[bytes]:
    start_response("404 Not Found", [])
    return []
