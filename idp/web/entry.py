"""What the pages before sign-in share: the transaction they carry, the portal in the rail, where to go afterwards."""

import re
from typing import Any

from flask import Response, g, redirect, request

from idp.clients.client import Client
from idp.flows.authorize.transactions import Transaction
from idp.kernel.refusal import Faulty, Refused
from idp.web import browser
from idp.web.pages import render, words

_LASTING = re.compile(r"[0-9a-f]{32}")


def transaction() -> Transaction | None:
    """Return the authorization request that this page serves, by ``tx`` in its address or form."""
    if "transaction" not in g:
        found = browser.flows().transactions.get(request.values.get("tx", ""))
        g.transaction = found
        if found is not None:
            g.ui_locales = found.ui_locales
    kept: Transaction | None = g.transaction
    return kept


def adopt(transaction_id: str) -> None:
    """Serve this transaction although the address doesn't name it: a registration remembers its own."""
    if transaction() is None and transaction_id:
        g.transaction = browser.flows().transactions.get(transaction_id)
        if g.transaction is not None:
            g.ui_locales = g.transaction.ui_locales


def portal() -> Client | None:
    waiting = transaction()
    return browser.flows().clients.get(waiting.client_id) if waiting else None


def entry_page(template: str, status: int = 200, **context: Any) -> Response:
    """Render a page that carries the transaction on; its forms may lead back to the portal."""
    waiting = transaction()
    return render(
        template,
        status,
        form_action=[waiting.origin] if waiting and waiting.origin else browser.flows().take_up.origins(lasting()),
        tx=waiting.id if waiting else "",
        waiting=lasting(),
        portal=portal(),
        **context,
    )


def onward() -> str:
    """Return where a person goes once signed in: back into the portal's request, to what waits for them, or to their
    own pages."""
    waiting = transaction()
    if waiting is not None:
        return f"/authorize/resume?tx={waiting.id}"
    return f"/waiting/{lasting()}" if lasting() else "/me"


def lasting() -> str:
    """Return the id of a request that waited for a level and is taken up after this sign-in."""
    named = request.values.get("waiting", "")
    return named if _LASTING.fullmatch(named) else ""


def to(path: str, **query: str) -> Response:
    """Redirect within our own pages, the transaction carried along."""
    waiting = transaction()
    if waiting is not None and not path.startswith("/authorize"):
        query.setdefault("tx", waiting.id)
    text = "&".join(f"{name}={value}" for name, value in query.items() if value)
    return redirect(f"{path}?{text}" if text else path, 303)  # type: ignore[return-value]


def explained(refused: Refused) -> dict[str, str]:
    """Return the words of a refusal by field; what belongs to no field stands under the empty name."""
    say = words()
    if isinstance(refused, Faulty):
        return {fault.field: _say(say, fault.code, fault.params) for fault in refused.faults}
    return {"": _say(say, refused.code, refused.params)}


def of_code(refused: Refused) -> dict[str, str]:
    """The same where the page's only field is the code."""
    return {"code": explained(refused)[""]}


def _say(say: Any, code: str, params: dict[str, Any]) -> str:
    if "number" in params:
        return str(say.many(code, params["number"]))
    if "at" in params:
        from idp.web.pages import clock

        return str(say(code, at=clock(params["at"], say.locale)))
    return say(code, **params)  # type: ignore[no-any-return]
