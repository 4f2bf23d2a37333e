"""A client as a document under its wire names, and back: what the store keeps and ``idp clients show`` prints."""

from dataclasses import MISSING, fields
from typing import Any

from idp.clients.client import Client

#: Kept in columns of their own: they are looked up, secret, or about the row itself.
COLUMNS = frozenset({"client_id", "client_name", "secret_digest", "disabled_at", "created_at", "version"})
_SETS = frozenset({"grant_types", "response_types"})
_MEMBERS = {item.name: item for item in fields(Client) if item.name not in COLUMNS}
#: Told whatever it is: who reads a registration should not have to know what an absent member means.
_ALWAYS = "token_endpoint_auth_method"
I18N = "client_name#"


def metadata_of(client: Client) -> dict[str, Any]:
    """Return the registered members that differ from what an absent member means; ``scope`` is one string."""
    document: dict[str, Any] = {"client_name": client.client_name}
    for name, member in _MEMBERS.items():
        value = getattr(client, name)
        if name == "client_name_i18n":
            document |= {I18N + locale: text for locale, text in sorted(value.items())}
        elif name == "scope":
            document[name] = " ".join(sorted(value))
        elif name in _SETS:
            document[name] = sorted(value)
        elif value != _default(member) or name == _ALWAYS:
            document[name] = list(value) if isinstance(value, tuple) else value
    return document


def told(client: Client) -> dict[str, Any]:
    """Return the document that an administrator reads: as RFC 7591 3.2.1 has it, with the time of a disabling."""
    document: dict[str, Any] = {"client_id": client.client_id}
    if client.created_at is not None:
        document["client_id_issued_at"] = int(client.created_at.timestamp())
    document |= metadata_of(client)
    if client.disabled_at is not None:
        document["disabled_at"] = client.disabled_at.isoformat(timespec="seconds")
    return document


def told_with_secret(client: Client, secret: str) -> dict[str, Any]:
    """Return the document of a client that has just got this secret, if it did: it is shown this once."""
    return told(client) | ({"client_secret": secret, "client_secret_expires_at": 0} if secret else {})


def from_metadata(client_id: str, document: dict[str, Any], **columns: Any) -> Client:
    """Return the client that a judged document describes."""
    values: dict[str, Any] = {}
    names: dict[str, str] = {}
    for name, value in document.items():
        if name.startswith(I18N):
            names[name.removeprefix(I18N)] = value
        elif name == "scope":
            values[name] = frozenset(value.split())
        elif name in _SETS:
            values[name] = frozenset(value)
        else:
            values[name] = tuple(value) if isinstance(value, list) else value
    return Client(client_id=client_id, client_name_i18n=names, **(values | columns))


def _default(member: Any) -> Any:
    return member.default_factory() if member.default is MISSING else member.default
