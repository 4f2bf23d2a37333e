"""What eight callers in two processes do at once with one account, by the whole flows."""

import time
from typing import Any

from idp.accounts.account import Account
from idp.flows.authorize.context import Present
from idp.flows.login.finish import Attempt
from idp.kernel.refusal import Refused
from idp.kernel.settings import Settings
from idp.protocol.requests import Form
from idp.protocol.response_modes import Answer
from idp.wiring import Flows, build
from tests.flows.account.people import ANOTHER_PASSWORD, EMAIL, PASSWORD
from tests.visitor import asking

#: Whoever waits for another to do something gives up after so many tries, and lets it come in between two.
_TRIES, _PAUSE = 1000, 0.003


def opens(settings: Settings) -> Flows:
    return build(settings)


def recover(flows: Flows, number: int, secrets: tuple[str, ...]) -> str:
    """Finish a recovery; return what came of it."""
    try:
        flows.people.recover_password.finish(secrets[number % len(secrets)], ANOTHER_PASSWORD, ANOTHER_PASSWORD, "")
    except Refused as refused:
        return refused.code
    return "done"


def sign_in_till_refused(flows: Flows) -> str:
    """Sign in with the old password again and again, until it is no more."""
    for _ in range(_TRIES):
        time.sleep(_PAUSE)
        try:
            flows.people.password_login(EMAIL, PASSWORD, Attempt("192.0.2.7"))
        except Refused as refused:
            return refused.code
    return "never refused"


def open_grants_till_refused(flows: Flows, session_id: str, scope: str = "openid offline_access") -> str:
    """Ask for codes in a session again and again, as a page that was opened while it lived, until it has ended."""
    session = flows.people.sessions.get(session_id)
    assert session is not None
    account = flows.accounts.get(session.account_id)
    for _ in range(_TRIES):
        time.sleep(_PAUSE)
        sent = Form(tuple((name, str(value)) for name, value in asking(scope=scope)))
        answer = flows.people.authorize.start(sent, Present(session, account))
        assert isinstance(answer, Answer)
        told = dict(answer.parameters)
        if "error" in told:
            return told["error"]
    return "never refused"


def recovered_meanwhile(flows: Flows, number: int, secret: str, session_id: str) -> Any:
    """One ends a recovery while four sign in with the old password and three open grants."""
    return _meanwhile(flows, number, session_id, lambda: recover(flows, 0, (secret,)))


def signed_out_meanwhile(flows: Flows, number: int, session_id: str) -> Any:
    """One signs out while the others open grants in that session."""
    if number == 0:
        flows.people.end_sessions.one(session_id)
        return "done"
    return open_grants_till_refused(flows, session_id, "openid")


def closed_meanwhile(flows: Flows, number: int, session_id: str) -> Any:
    return _meanwhile(flows, number, session_id, lambda: _close(flows))


def _close(flows: Flows) -> str:
    flows.people.close_account(_anna(flows), PASSWORD)
    return "done"


def _meanwhile(flows: Flows, number: int, session_id: str, end: Any) -> Any:
    if number == 0:
        return end()
    return sign_in_till_refused(flows) if number % 2 else open_grants_till_refused(flows, session_id)


def recover_again(flows: Flows, _: int, secret: str) -> str:
    try:
        flows.people.recover_password.again(secret, "ru")
    except Refused as refused:
        return refused.code
    return "sent"


def send_code(flows: Flows, _: int, contact_id: str) -> str:
    account = _anna(flows)
    try:
        flows.people.contact_codes.send(account, flows.people.change_contact.mine(account, contact_id))
    except Refused as refused:
        return refused.code
    return "sent"


def register_again(flows: Flows, _: int, registration_id: str) -> str:
    registration = flows.people.registrations.get(registration_id, flows.now())
    assert registration is not None
    try:
        flows.people.send_confirmation.again(registration, None, "192.0.2.7")
    except Refused as refused:
        return refused.code
    return "sent"


def begin(flows: Flows, _: int, page: str) -> str:
    return flows.people.recover_password.begin(EMAIL, "", "ru", "192.0.2.7", page)


def change_password(flows: Flows, number: int, session_id: str) -> str:
    new = f"Sirenevy-sad-{number}{number}"
    try:
        flows.people.change_password(_anna(flows), session_id, PASSWORD, new, new)
    except Refused as refused:
        return refused.code
    return new


def _anna(flows: Flows) -> Account:
    account = flows.accounts.get("anna")
    assert account is not None
    return account
