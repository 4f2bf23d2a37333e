"""Recovery of a forgotten password by a confirmed contact on record (REC-01 to REC-08, D-04); see ``remind``.

Every answer and its work are the same whether or not somebody was found: the same look-ups, one parcel into the
outbox that may be marked as not to be sent, one short-lived entry, which holds no contact but digests and a mask.

A recovery is for the password that was forgotten: it remembers which one that was, and sets a new one only in its
place. So it is over as soon as any password was set, and of two that end at once one does it, whatever the short-lived
store forgot or brought back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from idp.accounts import password as password_rule
from idp.accounts.account import Account
from idp.accounts.contacts import ContactKind, mask_email, mask_phone
from idp.accounts.one_time_code import mismatch
from idp.accounts.password_hash import Hasher
from idp.accounts.throttle import TooMany
from idp.flows.account.notify import Notify
from idp.flows.account.post import Post
from idp.flows.account.remind import contact_named
from idp.flows.limits import Throttle
from idp.flows.login.who import spelled
from idp.flows.logout import EndSessions
from idp.journal.events import Event
from idp.kernel.clock import Clock, from_timestamp
from idp.kernel.ids import keyed_digest, new_code, same
from idp.kernel.refusal import Fault, Faulty, Refused
from idp.kernel.settings import Settings
from idp.store.accounts import Accounts
from idp.store.credentials import Credentials
from idp.store.database import Database
from idp.store.journal import Journal
from idp.store.short_lived import ShortLived


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery under way; ``question`` is the control question, empty if none is set or no code was typed yet."""

    to: str
    until: datetime
    again_at: datetime
    proved: bool
    question: str = ""


@dataclass(frozen=True, slots=True)
class RecoverPassword:
    accounts: Accounts
    credentials: Credentials
    short_lived: ShortLived
    post: Post
    throttle: Throttle
    hasher: Hasher
    journal: Journal
    notify: Notify
    end_sessions: EndSessions
    database: Database
    settings: Settings
    code_key: bytes
    now: Clock

    def begin(self, contact: str, login: str, locale: str, address: str, page: str) -> str:
        """Send a code to the contact if it is on record; return the secret that the browser keeps.

        ``page`` tells this showing of the form from all others: a second press finds the recovery of the first.
        Where a phone stands in several accounts the login must be named too (D-02).
        """
        kind, value = contact_named(contact)
        whom, secret = self._whom(kind, value), keyed_digest(self.code_key, "begin", page, kind.value, value, login)
        if not self.short_lived.put("recovery_begun", secret, True, self._seconds):
            return secret
        try:
            self.throttle.count("recovery_per_address", address)
            self.throttle.count("code_sends", f"password:{whom}")
        except TooMany:
            self.short_lived.drop("recovery_begun", secret)
            raise
        found = self.accounts.by_contact(kind, value)
        if login.strip():
            found = [account for account in found if account.login.lower() == login.strip().lower()]
        account = found[0] if len(found) == 1 else None
        state = {
            "account_id": account.id if account else "",
            "kind": kind.value,
            "whom": whom,
            "to": mask_email(value) if kind is ContactKind.EMAIL else mask_phone(value),
        }
        code = self._keep(secret, state, account.password_mark if account else 0.0)
        if len(found) > 1:
            # A family's phone: the owner of the phone learns that the login is needed too; nobody else learns anything.
            self.post.text(value, found[0].locale, "recovery_needs_login", {}, found[0].id)
        else:
            self._send(kind, value, account, code, locale)
        details = {"by": kind.value}
        self.journal.record(Event("recovery.begun", state["account_id"], address=address, details=details))
        return secret

    def again(self, secret: str, locale: str) -> None:
        """Send a new code; the one before is void. Refuses when too soon or too often (REC-08)."""
        state = self._state(secret)
        again_at = self._recovery(state).again_at
        # Of two presses at once one sends: both would replace the same code, and one of them is the first to.
        replaced, patience = f"{secret}:{state['at']}", self.settings.confirmation.resend_seconds
        if self.now() < again_at or not self.short_lived.put("recovery_again", replaced, True, patience):
            raise Refused("code.too_soon", at=again_at)
        self.throttle.count("code_sends", f"password:{state['whom']}")
        account, value = self._holder(state)
        code = self._keep(secret, state, state["password"])
        self._send(ContactKind(state["kind"]), value, account, code, locale)

    def state(self, secret: str) -> Recovery:
        """Return how the recovery of this browser stands; ``recovery.expired`` if there is none."""
        state = self._state(secret)
        if self.short_lived.get("recovery_proved", secret) is None:
            return self._recovery(state)
        return self._recovery(state, proved=True, question=self._account(state).question)

    def prove(self, secret: str, code: str) -> None:
        """Take the code that was sent; tries are limited, of one code and of a day (REC-07, REC-08)."""
        state = self._state(secret)
        if self.now() >= self._recovery(state).until:
            raise Refused("code.expired", minutes=self.settings.confirmation.code_minutes)
        self.throttle.check("wrong_codes_a_day", state["whom"])
        left = self.settings.limits.code_tries - self.short_lived.count("recovery_tries", secret, self._seconds)
        if left < 0:
            raise Refused("code.void")
        matched = same(state["code"], keyed_digest(self.code_key, secret, code))
        if not matched or not state["account_id"]:
            self.throttle.count("wrong_codes_a_day", state["whom"])
            raise mismatch(left)
        self.short_lived.put("recovery_proved", secret, True, self._seconds)

    def finish(self, secret: str, password: str, password2: str, answer: str) -> Account:
        """Set the new password; all sessions end and every contact is told (REC-07). The answer to the control
        question is asked in addition to the code, never instead (Q-06)."""
        with self.hasher.in_line():
            return self._finish(secret, password, password2, answer)

    def _finish(self, secret: str, password: str, password2: str, answer: str) -> Account:
        state = self._state(secret)
        if self.short_lived.get("recovery_proved", secret) is None:
            raise Refused("recovery.expired")
        account = self._account(state)
        faults = [*self._answer_faults(account, answer), *self._password_faults(account, password, password2)]
        if faults:
            raise Faulty(faults, "recovery.faulty")
        hashed = self.hasher.make(password)
        taken = self.short_lived.take("recovery_proved", secret)
        if taken is None or taken.uses > 1:
            raise Refused("recovery.expired")
        with self.database.together():
            if not self.credentials.replace(account, hashed, self.now()):
                raise Refused("recovery.expired")
            self.journal.record(Event("password.recovered", account.id, account.id))
            calls = self.end_sessions.end_all(account.id)
            self.notify(account.id, "password_recovered")
        for kind in ("recovery", "recovery_begun"):
            self.short_lived.drop(kind, secret)
        self._forgive(account)
        self.end_sessions.tell_all(calls)
        return account

    @property
    def _seconds(self) -> int:
        return self.settings.limits.recovery_seconds

    def _forgive(self, account: Account) -> None:
        """The owner is back: neither the account nor any name of it has to wait."""
        names = (account.login, *(contact.value for contact in self.accounts.contacts(account.id)))
        for bucket in (account.id, *map(spelled, names)):
            self.throttle.forgive("sign_in_tries", bucket)

    def _answer_faults(self, account: Account, answer: str) -> list[Fault]:
        if not account.question:
            return []
        left = self.settings.limits.code_tries - self.short_lived.count("recovery_answers", account.id, self._seconds)
        if left < 0:
            raise Refused("answer.void")
        if self.hasher.matches(password_rule.normal_answer(answer[:1000]), account.answer_hash):
            # A right answer is no try lost: the password may still have to be typed anew.
            self.short_lived.drop("recovery_answers", account.id)
            return []
        self.journal.record(Event("recovery.wrong_answer", account.id))
        if not left:
            raise Refused("answer.void")
        return [Fault("answer", "answer.wrong", {"number": left})]

    def _password_faults(self, account: Account, password: str, password2: str) -> list[Fault]:
        own = (account.name.family, account.name.given, account.login.partition("@")[0])
        try:
            password_rule.require(password, self.settings.passwords, own)
        except Refused as refused:
            return [Fault("password", refused.code, refused.params)]
        return [] if password2 == password else [Fault("password2", "password.not_repeated")]

    def _whom(self, kind: ContactKind, value: str) -> str:
        """Name a contact without naming it: what is kept about a recovery must not hold personal data."""
        return keyed_digest(self.code_key, "recovery", kind.value, value)

    def _keep(self, secret: str, state: dict[str, Any], password: float) -> str:
        """Keep the recovery with a new code, and return the code."""
        code = new_code()
        marked = {
            **state,
            "password": password,
            "code": keyed_digest(self.code_key, secret, code),
            "at": self.now().timestamp(),
        }
        self.short_lived.replace("recovery", secret, marked, self._seconds)
        self.short_lived.drop("recovery_tries", secret)
        return code

    def _send(self, kind: ContactKind, value: str, account: Account | None, code: str, locale: str) -> None:
        minutes = self.settings.confirmation.code_minutes
        params = {"name": account.name.given if account else "", "code": code, "minutes": minutes}
        language, whose = (account.locale, account.id) if account else (locale, "")
        if kind is ContactKind.EMAIL:
            self.post.letter(value, language, "recovery_code", params, whose, sendable=account is not None)
        else:
            self.post.text(value, language, "code", params, whose, sendable=account is not None)

    def _recovery(self, state: dict[str, Any], proved: bool = False, question: str = "") -> Recovery:
        at, rule = from_timestamp(state["at"]), self.settings.confirmation
        until, again_at = at + timedelta(minutes=rule.code_minutes), at + timedelta(seconds=rule.resend_seconds)
        return Recovery(state["to"], until, again_at, proved, question)

    def _state(self, secret: str) -> dict[str, Any]:
        state: dict[str, Any] | None = self.short_lived.get("recovery", secret) if secret else None
        if state is None:
            raise Refused("recovery.expired")
        return state

    def _holder(self, state: dict[str, Any]) -> tuple[Account | None, str]:
        """Return the account and the contact while it still stands in it, confirmed and current (REC-04)."""
        account = self.accounts.get(state["account_id"])
        for contact in self.accounts.contacts(state["account_id"]):
            if contact.current and same(self._whom(contact.kind, contact.value), state["whom"]):
                return account, contact.value
        return None, ""

    def _account(self, state: dict[str, Any]) -> Account:
        account, _ = self._holder(state)
        if account is None or account.password_mark != state["password"]:
            raise Refused("recovery.expired")
        return account
