"""The e-mail is confirmed: the registration becomes an account with simplified access (SIM-14, SIM-15, SIM-20)."""

from dataclasses import dataclass

from idp.accounts.account import Account
from idp.accounts.consent import Consent, ConsentKind
from idp.accounts.contacts import Contact, ContactKind
from idp.accounts.one_time_code import mismatch
from idp.accounts.registration import Registration
from idp.assurance.evidence import Evidence, Kind
from idp.flows.account.notify import Notify
from idp.flows.limits import Throttle
from idp.journal.events import Event
from idp.kernel.clock import Clock
from idp.kernel.ids import digest, keyed_digest, new_id, same
from idp.kernel.refusal import Refused
from idp.kernel.settings import Settings
from idp.store.accounts import Accounts
from idp.store.consents import Consents
from idp.store.database import Conflict, Database
from idp.store.evidence import EvidenceStore
from idp.store.journal import Journal
from idp.store.registrations import Registrations


@dataclass(frozen=True, slots=True)
class Confirmed:
    """``first`` is False for a second press: the account stood already, and no session may start from it."""

    account_id: str
    registration: Registration
    first: bool


@dataclass(frozen=True, slots=True)
class ConfirmEmail:
    accounts: Accounts
    registrations: Registrations
    evidence: EvidenceStore
    consents: Consents
    journal: Journal
    notify: Notify
    database: Database
    settings: Settings
    throttle: Throttle
    code_key: bytes
    now: Clock

    def by_link(self, secret: str) -> Confirmed:
        """Confirm by the letter's link; ``Refused`` with ``link.expired`` if nothing waits for it any more."""
        registration = self.registrations.by_link(digest(secret), self.now())
        if registration is None:
            raise Refused("link.expired")
        return self._open(registration)

    def by_code(self, registration: Registration, code: str, address: str) -> Confirmed:
        """Confirm by the letter's code in the browser that registered; tries are limited, a used-up code is void.

        Wrong ones are counted by e-mail and by network address too: another registration is another code to guess.
        """
        if registration.taken_at is None:
            at = self.now()
            if registration.code_expires_at is None or at >= registration.code_expires_at:
                raise Refused("code.expired", minutes=self.settings.confirmation.code_minutes)
            self.throttle.check("wrong_codes_per_address", address)
            self.throttle.check("wrong_codes_a_day", registration.email)
            tries = self.registrations.count_try(registration.id)
            left = self.settings.limits.code_tries - tries
            if left < 0:
                raise Refused("code.void")
            if not same(registration.code_digest, keyed_digest(self.code_key, registration.id, code)):
                self.throttle.count("wrong_codes_per_address", address)
                self.throttle.count("wrong_codes_a_day", registration.email)
                raise mismatch(left)
        return self._open(registration)

    def _open(self, registration: Registration) -> Confirmed:
        if registration.taken_at is not None:
            return Confirmed(registration.account_id or "", registration, False)
        at, account_id = self.now(), new_id()
        account = Account(
            id=account_id,
            login=registration.email,
            login_chosen=False,
            name=registration.name,
            password_hash=registration.password_hash,
            created_at=at,
            updated_at=at,
            locale=registration.locale,
            question=registration.question,
            answer_hash=registration.answer_hash,
        )
        email = Contact(new_id(), account_id, ContactKind.EMAIL, registration.email, confirmed_at=at)
        try:
            with self.database.together():
                if not self.registrations.take(registration.id, account_id, at):
                    raise _SomebodyWasFirst
                self.accounts.open(account, registration.agreement_version)
                self.accounts.add_contact(email, at)
                if registration.phone:
                    phone = Contact(new_id(), account_id, ContactKind.PHONE, registration.phone)
                    self.accounts.add_contact(phone, at)
                self.evidence.add(account_id, Evidence(Kind.EMAIL, email.id, at))
                for kind in ConsentKind:
                    given = bool(registration.consents.get(kind.value))
                    self.consents.add(account_id, Consent(kind, given, at, registration.agreement_version))
                self.journal.record(Event("account.registered", account_id, account_id))
                self.journal.record(
                    Event("level.granted", account_id, details={"level": "simplified", "clause": "app.1 cl.11"})
                )
                self.notify(account_id, "registered", {"login": registration.email})
        except Conflict as conflict:
            # Whoever confirmed the address has proved it theirs, so it may be said: it has an account already.
            raise Refused("email.has_account") from conflict
        except _SomebodyWasFirst:
            taken = self.registrations.get(registration.id, at)
            if taken is None or taken.account_id is None:
                raise Refused("link.expired") from None
            return Confirmed(taken.account_id, taken, False)
        return Confirmed(account_id, registration, True)


class _SomebodyWasFirst(Exception):
    pass
