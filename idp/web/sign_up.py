"""Registration: one form, the e-mail's confirmation, the phone's, the completion page (SIM-01 to SIM-26)."""

from flask import Blueprint, Response, request

from idp.accounts.account import Account
from idp.accounts.consent import ConsentKind
from idp.accounts.contacts import Contact, ContactKind, show_phone
from idp.accounts.one_time_code import typed
from idp.accounts.registration import Registration
from idp.accounts.throttle import TooMany
from idp.flows.account.confirm import Confirmed
from idp.flows.account.registration_form import RegistrationForm
from idp.flows.authorize.context import Page
from idp.flows.login.finish import Attempt
from idp.kernel.ids import digest
from idp.kernel.refusal import Faulty, Refused
from idp.web import browser
from idp.web.authorize import past
from idp.web.entry import adopt, entry_page, explained, of_code, onward, to, transaction

pages = Blueprint("sign_up", __name__)
_TYPED = ("family_name", "given_name", "middle_name", "email", "phone", "question")


@pages.get("/sign-up")
def show() -> Response:
    return past(Page.SIGN_UP) or _form({})


@pages.post("/sign-up")
def register() -> Response:
    form = RegistrationForm(
        **{name: request.form.get(name, "")[:1000] for name in (*_TYPED, "password", "password2", "answer")},
        agreement=bool(request.form.get("agreement")),
        consents=frozenset(kind for kind in ConsentKind if request.form.get(kind.value)),
    )
    waiting = transaction()
    try:
        secret = browser.flows().register(
            form,
            browser.locale(),
            browser.address(),
            waiting.id if waiting else "",
            page=request.form.get("csrf_token", ""),
        )
    except Faulty as faulty:
        return _form(explained(faulty), 400)
    except TooMany as refused:
        return _form(explained(refused), 429)
    response = to("/sign-up/email")
    hours = browser.flows().settings.registration.expires_hours
    browser.set_cookie(response, "city-registration", secret, seconds=hours * 3600)
    return response


def _form(errors: dict[str, str], status: int = 200) -> Response:
    kept = {name: request.form.get(name, "") for name in _TYPED}
    ticked = {name: bool(request.form.get(name)) for name in ("agreement", *(kind.value for kind in ConsentKind))}
    if request.method == "GET":
        waiting = transaction()
        hint = waiting.login_hint if waiting else ""
        kept["email"] = hint if "@" in hint else ""
    return entry_page("sign_up.html", status, errors=errors, kept=kept, ticked=ticked)


def _registration() -> Registration | None:
    """Return the registration of this browser, and serve the portal's request that it began from."""
    secret = browser.cookie("city-registration")
    flows = browser.flows()
    found = flows.registrations.by_secret(digest(secret), flows.now()) if secret else None
    if found is not None:
        adopt(found.transaction_id)
    return found


@pages.get("/sign-up/email")
def waiting_page() -> Response:
    registration = _registration()
    if registration is None:
        return entry_page("sign_up_expired.html", 410)
    if registration.taken_at is not None:
        return _after(registration)
    return _waiting(registration, {})


@pages.post("/sign-up/email")
def email_code() -> Response:
    registration = _registration()
    if registration is None:
        return entry_page("sign_up_expired.html", 410)
    try:
        confirmed = browser.flows().confirm_email.by_code(
            registration, typed(request.form.get("code", "")), browser.address()
        )
    except Refused as refused:
        return _waiting(registration, of_code(refused), 429 if isinstance(refused, TooMany) else 400)
    return _sign_in(confirmed)


@pages.post("/sign-up/email/again")
def email_again() -> Response:
    """Send the letter anew, to another address if the first was mistyped."""
    registration = _registration()
    if registration is None:
        return entry_page("sign_up_expired.html", 410)
    try:
        browser.flows().send_confirmation.again(registration, request.form.get("email") or None, browser.address())
    except Refused as refused:
        if refused.code == "code.already_confirmed":
            return to("/sign-up/email")
        return _waiting(
            registration,
            {"email" if refused.code.startswith("email") else "": explained(refused)[""]},
            429 if isinstance(refused, TooMany) else 400,
        )
    return to("/sign-up/email", sent="yes")


def _waiting(registration: Registration, errors: dict[str, str], status: int = 200) -> Response:
    return entry_page(
        "sign_up_email.html",
        status,
        passage=browser.flows().outbox.passage(registration.id),
        registration=registration,
        errors=errors,
        sent_again=request.args.get("sent") == "yes",
    )


@pages.get("/sign-up/confirm")
def link_page() -> Response:
    """The letter's link: scanners of mail follow links, so confirming takes a press."""
    mine, token = _registration(), request.args.get("token", "")[:200]
    registration = browser.flows().registrations.by_link(digest(token), browser.flows().now())
    if registration is None:
        return _void_link(mine)
    if registration.taken_at is not None:
        return _used_link(registration)
    return entry_page("sign_up_link.html", registration=registration, token=token)


def _void_link(mine: Registration | None) -> Response:
    """Say that the link is no more; the browser that waits for a letter can have a new one at once."""
    unconfirmed = mine if mine is not None and mine.taken_at is None else None
    return entry_page("link_expired.html", 410, unconfirmed=unconfirmed)


def _used_link(registration: Registration) -> Response:
    """A link opened again after it confirmed: nothing is left to do, and it never signs anybody in."""
    person = browser.account()
    here = person is not None and person.id == registration.account_id
    return entry_page(
        "link_used.html", 410, registration=registration, here_already=here, onward=onward() if here else ""
    )


@pages.post("/sign-up/confirm")
def follow_link() -> Response:
    flows, mine = browser.flows(), _registration()
    try:
        confirmed = flows.confirm_email.by_link(request.form.get("token", "")[:200])
    except Refused as refused:
        if refused.code == "link.expired":
            return _void_link(mine)
        return entry_page("refused.html", 409, words=explained(refused)[""])
    if mine is not None and mine.id == confirmed.registration.id:
        return _sign_in(confirmed)
    return entry_page("sign_up_elsewhere.html", registration=confirmed.registration)


def _sign_in(confirmed: Confirmed) -> Response:
    """The browser that registered is signed in, once: its form held the password, its owner proved the e-mail."""
    adopt(confirmed.registration.transaction_id)
    flows = browser.flows()
    if not confirmed.first:
        return _after(confirmed.registration)
    account = flows.accounts.get(confirmed.account_id)
    assert account is not None
    attempt = Attempt(browser.address(), browser.agent(), present=browser.session())
    started = flows.finish_login(account, ("pwd",), attempt)
    phone = _phone(account)
    if phone is not None:
        _send_quietly(account, phone)
    return browser.remember(to("/sign-up/phone" if phone else "/sign-up/done"), started)


def _after(registration: Registration) -> Response:
    """Confirmed already (another tab, the link elsewhere, the back button): go on, or sign in."""
    person = browser.account()
    if person is not None and person.id == registration.account_id:
        return to("/sign-up/phone" if _phone(person) else "/sign-up/done")
    return entry_page("sign_up_confirmed.html", registration=registration)


def _phone(account: Account) -> Contact | None:
    """Return the phone that still waits for its code."""
    contacts = browser.flows().accounts.contacts(account.id)
    waiting = (item for item in contacts if item.kind is ContactKind.PHONE and item.confirmed_at is None)
    return next(waiting, None)


def _send_quietly(account: Account, phone: Contact) -> None:
    try:
        browser.flows().contact_codes.send(account, phone)
    except Refused:
        return  # a code is on its way already; the page says when another may be asked for


@pages.get("/sign-up/phone")
def phone_page() -> Response:
    account = browser.account()
    if account is None:
        return to("/sign-in")
    phone = _phone(account)
    if phone is None:
        return to("/sign-up/done")
    return _phone_page(phone, {})


@pages.post("/sign-up/phone")
def phone_code() -> Response:
    account = browser.account()
    phone = _phone(account) if account else None
    if account is None or phone is None:
        return to("/sign-up/done" if account else "/sign-in")
    try:
        browser.flows().confirm_contact.by_code(account.id, phone.id, typed(request.form.get("code", "")))
    except Refused as refused:
        return _phone_page(phone, of_code(refused), 400)
    return to("/sign-up/done")


@pages.post("/sign-up/phone/again")
def phone_again() -> Response:
    account = browser.account()
    phone = _phone(account) if account else None
    if account is None or phone is None:
        return to("/sign-up/done" if account else "/sign-in")
    try:
        browser.flows().contact_codes.send(account, phone)
    except TooMany as refused:
        return _phone_page(phone, explained(refused), 429)
    except Refused as refused:
        return _phone_page(phone, explained(refused), 400)
    return to("/sign-up/phone", sent="yes")


def _phone_page(phone: Contact, errors: dict[str, str], status: int = 200) -> Response:
    return entry_page(
        "sign_up_phone.html",
        status,
        passage=browser.flows().outbox.passage(phone.id),
        number=show_phone(phone.value),
        sent=browser.flows().contact_codes.sent(phone),
        now=browser.flows().now(),
        errors=errors,
        sent_again=request.args.get("sent") == "yes",
    )


@pages.route("/sign-up/done", methods=["GET", "POST"])
def done() -> Response:
    """The completion page (SIM-22): what was entered, the access granted, an own login for those who want one."""
    account = browser.account()
    if account is None:
        return to("/sign-in")
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            browser.flows().choose_login(account.id, request.form.get("login", ""))
            return to("/sign-up/done")
        except Refused as refused:
            errors = {"login": explained(refused)[""]}
    contacts = browser.flows().accounts.contacts(account.id)
    return entry_page(
        "sign_up_done.html",
        400 if errors else 200,
        contacts=contacts,
        phone=next((item for item in contacts if item.kind is ContactKind.PHONE), None),
        errors=errors,
        typed_login=request.form.get("login", ""),
        onward=onward(),
    )
