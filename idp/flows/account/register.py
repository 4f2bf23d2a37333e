"""Registration: the form becomes a registration that waits for its e-mail; an account exists only after that (SIM-20).

An e-mail that is taken gets the same page, the same statements and another letter (D-02).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from idp.accounts.account import Name
from idp.accounts.consent import ConsentKind
from idp.accounts.contacts import ContactKind, parse_email
from idp.accounts.password import normal_answer
from idp.accounts.password_hash import Hasher
from idp.accounts.registration import Registration
from idp.flows.account.post import Post
from idp.flows.account.registration_form import RegistrationForm, check
from idp.flows.limits import Throttle
from idp.kernel.clock import Clock
from idp.kernel.ids import digest, keyed_digest, new_code, new_id, new_secret
from idp.kernel.refusal import Refused
from idp.kernel.settings import Settings
from idp.store.accounts import Accounts
from idp.store.database import Conflict
from idp.store.registrations import Registrations


@dataclass(frozen=True, slots=True)
class SendConfirmation:
    """Make a new code and link for a registration and send them; earlier ones are void (SIM-14, SIM-15, SIM-17).

    Letters are counted by the e-mail and by whose browser asks: a registration costs nothing, so its own count alone
    would let anybody fill a stranger's mailbox. They count alike whether the e-mail is taken or free.
    """

    accounts: Accounts
    registrations: Registrations
    post: Post
    throttle: Throttle
    settings: Settings
    code_key: bytes
    now: Clock

    def count(self, email: str, address: str) -> None:
        """Count a letter that is about to be sent; ``TooMany``."""
        self.throttle.count("sign_up_letters_per_address", address)
        self.throttle.count("sign_up_letters_a_day", email)

    def fresh(self, registration: Registration) -> tuple[Registration, str, str]:
        """Return the registration with the digest of a new code, the code, and the link's secret."""
        code, link = new_code(), new_secret()
        at = self.now()
        until = at + timedelta(minutes=self.settings.confirmation.code_minutes)
        marked = keyed_digest(self.code_key, registration.id, code)
        return (
            replace(registration, code_digest=marked, code_expires_at=until, sent_at=at, sends=registration.sends + 1),
            code,
            link,
        )

    def send(self, registration: Registration, code: str, link: str) -> None:
        """Send the letter, or to an address that has an account the letter that says so."""
        taken = bool(self.accounts.by_contact(ContactKind.EMAIL, registration.email))
        address = f"{self.settings.issuer}/sign-up/confirm?token={link}"
        params = {
            "name": registration.name.given,
            "code": "" if taken else code,
            "link": "" if taken else address,
            "minutes": self.settings.confirmation.code_minutes,
        }
        kind = "email_taken" if taken else "confirm_email"
        self.post.letter(registration.email, registration.locale, kind, params, reference=registration.id)

    def again(self, registration: Registration, email: str | None, address: str) -> Registration:
        """Send anew, to another e-mail if the first was mistyped; refuse when too soon or too often.

        Of two presses at once one sends: each names the letter that it replaces, and only one finds it the latest.
        """
        if registration.taken_at is not None:
            raise Refused("code.already_confirmed")
        self.require_patience(registration)
        marked, code, link = self.fresh(registration)
        marked = replace(marked, email=parse_email(email) if email else registration.email)
        self.count(marked.email, address)
        if not self.registrations.new_code(marked, digest(link), after=registration.sends):
            present = self.registrations.get(registration.id, self.now())
            if present is None or present.sent_at is None or present.taken_at is not None:
                raise Refused("code.already_confirmed")
            raise Refused("code.too_soon", at=self._next(present.sent_at))
        self.send(marked, code, link)
        return replace(marked, code_tries=0)

    def require_patience(self, registration: Registration) -> None:
        if registration.sends >= self.settings.limits.code_sends:
            raise Refused("code.too_many_sends")
        if registration.sent_at is not None:
            next_at = self._next(registration.sent_at)
            if self.now() < next_at:
                raise Refused("code.too_soon", at=next_at)

    def _next(self, sent_at: datetime) -> datetime:
        return sent_at + timedelta(seconds=self.settings.confirmation.resend_seconds)


@dataclass(frozen=True, slots=True)
class Register:
    registrations: Registrations
    send: SendConfirmation
    hasher: Hasher
    throttle: Throttle
    settings: Settings
    form_key: bytes
    now: Clock

    def __call__(self, form: RegistrationForm, locale: str, address: str, transaction_id: str, page: str) -> str:
        """Check the form (``Faulty``), keep it with the password hashed, send the letter; return the secret for the
        browser's cookie, with which the code can be typed and the form's owner is known.

        ``page`` tells this showing of the form from all others. The secret follows from it and from what was typed, so
        a second press of the button finds the registration of the first: one registration, one letter.
        """
        checked = check(form, self.settings.registration, self.settings.passwords)
        self.throttle.count("sign_up_per_address", address)
        self.send.count(checked.email, address)
        at, secret = self.now(), keyed_digest(self.form_key, page, *form.typed())
        draft = Registration(
            id=new_id(),
            email=checked.email,
            phone=checked.phone,
            name=Name(checked.name.family, checked.name.given, checked.name.middle),
            password_hash=self.hasher.make(checked.password),
            question=checked.question,
            answer_hash=self.hasher.make(normal_answer(checked.answer)) if checked.question else "",
            agreement_version=self.settings.registration.agreement_version,
            locale=locale,
            created_at=at,
            expires_at=at + timedelta(hours=self.settings.registration.expires_hours),
            consents={kind.value: kind in checked.consents for kind in ConsentKind},
            transaction_id=transaction_id,
        )
        registration, code, link = self.send.fresh(draft)
        try:
            self.registrations.open(registration, digest(secret), digest(link))
        except Conflict:
            return secret
        self.send.send(registration, code, link)
        return secret
