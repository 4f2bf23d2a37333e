"""Registers the city's applications and people with the provider, through the flows that ``idp`` itself uses.

What stands already stays: a second start changes addresses alone, and those only after another ``HOST`` or ``PORT``.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.cast import documents
from demo.place import Place
from demo.secrets import Credentials, Safe, new_key, public_part
from idp.accounts.account import Account, Name
from idp.accounts.consent import Consent, ConsentKind
from idp.accounts.contacts import Contact, ContactKind
from idp.accounts.password import normal_answer
from idp.assurance.evidence import Evidence, Kind
from idp.clients.stored import metadata_of
from idp.flows.admin.clients import AddClient, ChangeClient, RotateSecret
from idp.journal.events import Event
from idp.kernel.ids import new_id
from idp.wiring import Flows

#: The members that hang on ``HOST`` and ``PORT``. All others stay as whoever administers the provider left them.
ADDRESSES = (
    "client_uri",
    "redirect_uris",
    "post_logout_redirect_uris",
    "initiate_login_uri",
    "backchannel_logout_uri",
    "resource_uris",
    "permitted_resources",
)
_PEOPLE = Path(__file__).parent / "people.toml"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of ``people.toml``; ``story`` names the words that tell what they are good for."""

    login: str
    password: str
    family_name: str
    given_name: str
    middle_name: str
    email: str
    phone: str
    phone_confirmed: bool
    story: str
    question: str = ""
    answer: str = ""

    @property
    def name(self) -> str:
        """What they type to sign in: the own login, or the e-mail while there is none."""
        return self.login or self.email


def people() -> list[Person]:
    with _PEOPLE.open("rb") as file:
        return [Person(**values) for values in tomllib.load(file)["people"]]


def settle(flows: Flows, place: Place) -> None:
    """Make sure that everybody is there."""
    settle_clients(flows, place)
    settle_people(flows, place.folder / "people.json")


def settle_clients(flows: Flows, place: Place) -> None:
    """Register what is missing and bring the rest up to date; secrets that were lost are made anew."""
    safe = Safe.of(place.folder)
    kept = safe.read()
    held = {
        client_id: _settle_client(flows, client_id, document, kept.get(client_id, Credentials()))
        for client_id, document in documents(place).items()
    }
    if held != kept:
        safe.write(held)


def _settle_client(flows: Flows, client_id: str, document: Mapping[str, Any], kept: Credentials) -> Credentials:
    method = document["token_endpoint_auth_method"]
    if method == "private_key_jwt":
        kept = Credentials(jwk=kept.jwk or new_key())
        document = {**document, "jwks": {"keys": [public_part(kept.jwk or {})]}}
    registered = flows.clients.known(client_id)
    if registered is None:
        added = AddClient(flows.registry)(document, client_id)
        return Credentials(added.secret, kept.jwk)
    present = metadata_of(registered)
    moved = {name: document[name] for name in ADDRESSES if name in document and present.get(name) != document[name]}
    if moved:
        ChangeClient(flows.registry)(client_id, moved)
    if method.startswith("client_secret_") and not kept.secret:
        return Credentials(RotateSecret(flows.registry)(client_id).secret)
    return kept


def settle_people(flows: Flows, memory: Path) -> None:
    """Open accounts once: whoever deletes theirs, or changes it, finds it so after a restart too."""
    met: list[str] = json.loads(memory.read_text(encoding="utf-8")) if memory.exists() else []
    fresh = [person for person in people() if person.email not in met]
    hasher = flows.people.register.hasher
    hashed = [(person, hasher.make(person.password)) for person in fresh]
    for person, password_hash in hashed:
        if not flows.people.accounts.by_contact(ContactKind.EMAIL, person.email):
            open_account(flows, person, password_hash)
    if fresh:
        memory.write_text(json.dumps([*met, *(person.email for person in fresh)]), encoding="utf-8")


def open_account(flows: Flows, person: Person, password_hash: str) -> None:
    """Open an account as the confirmed registration does: contacts, the evidence of the e-mail, the journal."""
    at, account_id, hasher = flows.now(), new_id(), flows.people.register.hasher
    account = Account(
        id=account_id,
        login=person.name,
        login_chosen=bool(person.login),
        name=Name(person.family_name, person.given_name, person.middle_name),
        password_hash=password_hash,
        created_at=at,
        updated_at=at,
        question=person.question,
        answer_hash=hasher.make(normal_answer(person.answer)) if person.question else "",
    )
    email = Contact(new_id(), account_id, ContactKind.EMAIL, person.email, confirmed_at=at)
    phone = Contact(new_id(), account_id, ContactKind.PHONE, person.phone, at if person.phone_confirmed else None)
    confirmed, version = flows.people.confirm_email, flows.settings.registration.agreement_version
    with flows.database.together():
        flows.people.accounts.open(account, version)
        flows.people.accounts.add_contact(email, at)
        flows.people.accounts.add_contact(phone, at)
        confirmed.evidence.add(account_id, Evidence(Kind.EMAIL, email.id, at))
        for kind in ConsentKind:
            confirmed.consents.add(account_id, Consent(kind, False, at, version))
        flows.journal.record(Event("account.registered", account_id, account_id))
        flows.journal.record(Event("level.granted", account_id, details={"level": "simplified"}))
