"""Recovery of a forgotten login or password by confirmed contacts on record (REC-01 to REC-08, D-04).

Every answer and its work are the same whether or not somebody was found: the same look-ups, one parcel into the
outbox that may be marked as not to be sent, one short-lived entry.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from idp.accounts import password as password_rule
from idp.accounts.account import Account
from idp.accounts.contacts import ContactKind, mask_email, mask_phone
from idp.accounts.password_hash import Hasher
from idp.flows.account.notify import Notify
from idp.flows.account.post import Post
from idp.flows.limits import Throttle
from idp.flows.login.who import normal
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.kernel.ids import keyed_digest, new_code, new_secret, same
from idp.kernel.refusal import Fault, Faulty, Refused
from idp.kernel.settings import Settings
from idp.store.accounts import Accounts
from idp.store.database import Database
from idp.store.journal import Journal
from idp.store.short_lived import ShortLived

#: How long a recovery may take from its code to its new password.
SECONDS = 1800


def contact_named(text: str) -> tuple[ContactKind, str]:
    """Return the e-mail or phone that was typed; anything else is a fault, for only contacts recover (REC-02)."""
    if not text.strip():
        raise Refused("recovery.contact_missing")
    kind, value = normal(text)
    if kind is None:
        raise Refused("recovery.not_a_contact")
    return kind, value


@dataclass(frozen=True, slots=True)
class RecoverLogin:
    """Remind of the login by the confirmed contact; it is never shown on the page (REC-06)."""

    accounts: Accounts
    post: Post
    throttle: Throttle
    journal: Journal

    def __call__(self, contact: str, locale: str, address: str) -> None:
        kind, value = contact_named(contact)
        self.throttle.count("recovery_per_address", address)
        self.throttle.count("code_sends", f"login:{value}")
        found = self.accounts.by_contact(kind, value)
        first = found[0] if found else None
        params = {"logins": ", ".join(account.login for account in found), "name": first.name.given if first else ""}
        send = self.post.letter if kind is ContactKind.EMAIL else self.post.text
        language = first.locale if first else locale
        send(value, language, "login_reminder", params, first.id if first else "", sendable=bool(found))
        self.journal.record(Event("recovery.login_reminded", first.id if first else "", address=address))


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery under way; ``question`` is the control question, empty if none is set or no code was typed yet."""

    to: str
    proved: bool
    question: str = ""


@dataclass(frozen=True, slots=True)
class RecoverPassword:
    accounts: Accounts
    short_lived: ShortLived
    post: Post
    throttle: Throttle
    hasher: Hasher
    journal: Journal
    notify: Notify
    end_sessions: Callable[[str], object]
    database: Database
    settings: Settings
    code_key: bytes
    now: Clock

    def begin(self, contact: str, login: str, locale: str, address: str) -> str:
        """Send a code to the contact if it is on record; return the secret that the browser keeps."""
        kind, value = contact_named(contact)
        self.throttle.count("recovery_per_address", address)
        self.throttle.count("code_sends", f"password:{value}")
        found = self.accounts.by_contact(kind, value)
        if login.strip():
            found = [account for account in found if account.login.lower() == login.strip().lower()]
        account = found[0] if len(found) == 1 else None
        secret, code = new_secret(), new_code()
        state = {
            "account_id": account.id if account else "",
            "to": mask_email(value) if kind is ContactKind.EMAIL else mask_phone(value),
            "code": keyed_digest(self.code_key, secret, code),
            "proved": False,
        }
        self.short_lived.put("recovery", secret, state, SECONDS)
        minutes = self.settings.confirmation.code_minutes
        params = {"name": account.name.given if account else "", "code": code, "minutes": minutes}
        language, whose = (account.locale, account.id) if account else (locale, "")
        if len(found) > 1 and kind is ContactKind.PHONE:
            # A family's phone: the owner of the phone learns that the login is needed too; nobody else learns anything.
            self.post.text(value, found[0].locale, "recovery_needs_login", {}, found[0].id)
        elif kind is ContactKind.EMAIL:
            self.post.letter(value, language, "recovery_code", params, whose, sendable=account is not None)
        else:
            self.post.text(value, language, "code", params, whose, sendable=account is not None)
        self.journal.record(Event("recovery.begun", whose, address=address, details={"by": kind.value}))
        return secret

    def state(self, secret: str) -> Recovery:
        """Return how the recovery of this browser stands; ``recovery.expired`` if there is none."""
        state = self._state(secret)
        account = self._account(state) if state["proved"] else None
        return Recovery(state["to"], state["proved"], account.question if account else "")

    def prove(self, secret: str, code: str) -> None:
        """Take the code that was sent; tries are limited, a used-up recovery is void (REC-08)."""
        state = self._state(secret)
        left = self.settings.limits.code_tries - self.short_lived.count("recovery_tries", secret, SECONDS)
        if left < 0:
            raise Refused("code.void")
        matched = same(state["code"], keyed_digest(self.code_key, secret, code))
        if not matched or not state["account_id"]:
            raise Refused("code.wrong" if left else "code.void", number=left)
        self.short_lived.replace("recovery", secret, {**state, "proved": True}, SECONDS)

    def finish(self, secret: str, password: str, password2: str, answer: str) -> Account:
        """Set the new password; all sessions end and every contact is told (REC-07). The answer to the control
        question is asked in addition to the code, never instead (Q-06)."""
        state = self._state(secret)
        if not state["proved"]:
            raise Refused("recovery.expired")
        account = self._account(state)
        faults = []
        if account.question:
            left = self.settings.limits.code_tries - self.short_lived.count("recovery_answers", account.id, SECONDS)
            if left < 0:
                raise Refused("answer.void")
            if not self.hasher.matches(password_rule.normal_answer(answer), account.answer_hash):
                faults.append(Fault("answer", "answer.wrong", {"number": left}))
        try:
            own = (account.name.family, account.name.given, account.login.partition("@")[0])
            password_rule.require(password, self.settings.passwords, own)
        except Refused as refused:
            faults.append(Fault("password", refused.code, refused.params))
        else:
            if password2 != password:
                faults.append(Fault("password2", "password.not_repeated"))
        if faults:
            raise Faulty(faults, "recovery.faulty")
        hashed = self.hasher.make(password)
        taken = self.short_lived.take("recovery", secret)
        if taken is None or taken.uses > 1:
            raise Refused("recovery.expired")
        with self.database.together():
            self.accounts.set_password(account.id, hashed, self.now())
            self.journal.record(Event("password.recovered", account.id, account.id))
            self.notify(account.id, "password_recovered")
        self.short_lived.drop("recovery", secret)
        self.short_lived.drop("recovery_answers", account.id)
        self.throttle.forgive("sign_in_tries", account.id)
        self.end_sessions(account.id)
        return account

    def _state(self, secret: str) -> dict[str, Any]:
        state: dict[str, Any] | None = self.short_lived.get("recovery", secret) if secret else None
        if state is None:
            raise Refused("recovery.expired")
        return state

    def _account(self, state: dict[str, Any]) -> Account:
        account = self.accounts.get(state["account_id"])
        if account is None or account.closed_at is not None:
            raise Refused("recovery.expired")
        return account
