"""Register, change, disable and remove client applications; a secret is shown once, at the moment it is made.

``version`` is the one that whoever asks has seen, None where they don't mind. ``secret`` is one of the caller's choice
where they have reason to choose it; a random one is made otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from idp.clients.client import Client
from idp.clients.merge_patch import patched
from idp.clients.secrets import SECRET_METHODS, make_secret
from idp.clients.stored import metadata_of
from idp.flows.admin.registry import Registered, Registry
from idp.kernel.ids import digest, new_id
from idp.kernel.refusal import Refused


@dataclass(frozen=True, slots=True)
class AddClient:
    registry: Registry

    def __call__(self, document: Mapping[str, Any], client_id: str = "", secret: str = "") -> Registered:
        """Register a client under a new name, or under the one given with its document."""
        given = document.get("client_id")
        name = client_id or (given if isinstance(given, str) else "") or new_id().replace("-", "0").replace("_", "0")
        if isinstance(given, str):
            document = {**document, "client_id": name}
        client = self.registry.judged(name, document, new=True)
        shown, kept = _secret(client, secret)
        added = replace(client, secret_digest=kept)
        return self.registry.wrote("client.added", name, lambda: self.registry.clients.add(added), shown)


@dataclass(frozen=True, slots=True)
class ChangeClient:
    registry: Registry

    def __call__(self, client_id: str, patch: Mapping[str, Any], version: int | None = None) -> Registered:
        """Apply a merge patch (RFC 7396) to the client's document. The whole is judged anew."""
        present = self.registry.one(client_id, version)
        client, shown = self.changed(present, patch)
        return self.registry.wrote("client.changed", client_id, lambda: self.registry.clients.change(client), shown)

    def changed(self, present: Client, patch: Mapping[str, Any], secret: str = "") -> tuple[Client, str]:
        """Return the client as the patch makes it, and the secret that it gets if it had none or one is given."""
        document = patched(metadata_of(present), patch)
        if "grant_types" in patch and "response_types" not in patch:
            document.pop("response_types", None)
        judged = self.registry.judged(present.client_id, document, new=False)
        shown, kept = "", present.secret_digest
        if secret or not kept or judged.token_endpoint_auth_method not in SECRET_METHODS:
            shown, kept = _secret(judged, secret)
        changed = replace(
            judged,
            secret_digest=kept,
            version=present.version,
            disabled_at=present.disabled_at,
            created_at=present.created_at,
        )
        return changed, shown


@dataclass(frozen=True, slots=True)
class RotateSecret:
    registry: Registry

    def __call__(self, client_id: str, version: int | None = None, secret: str = "") -> Registered:
        """Give the client a new secret; the old one is refused as soon as the workers' caches have run out."""
        present = self.registry.one(client_id, version)
        if present.token_endpoint_auth_method not in SECRET_METHODS:
            raise Refused("client.has_no_secret", client_id=client_id, method=present.token_endpoint_auth_method)
        shown, kept = _secret(present, secret)
        client = replace(present, secret_digest=kept)
        return self.registry.wrote(
            "client.secret_rotated", client_id, lambda: self.registry.clients.change(client), shown
        )


@dataclass(frozen=True, slots=True)
class DisableClient:
    registry: Registry

    def __call__(self, client_id: str, version: int | None = None) -> Client:
        """Refuse the client everything from now on; its registration and people's permissions stay."""
        present = self.registry.one(client_id, version)
        if present.disabled_at is not None:
            return present
        client = replace(present, disabled_at=self.registry.now())
        return self.registry.wrote("client.disabled", client_id, lambda: self.registry.clients.change(client)).client


@dataclass(frozen=True, slots=True)
class EnableClient:
    registry: Registry

    def __call__(self, client_id: str, version: int | None = None) -> Client:
        """Take a disabling back."""
        present = self.registry.one(client_id, version)
        if present.disabled_at is None:
            return present
        client = replace(present, disabled_at=None)
        return self.registry.wrote("client.enabled", client_id, lambda: self.registry.clients.change(client)).client


@dataclass(frozen=True, slots=True)
class RemoveClient:
    registry: Registry

    def __call__(self, client_id: str, version: int | None = None) -> None:
        """Forget the client and end every grant it has."""
        self.registry.removed(self.registry.one(client_id, version))


def _secret(client: Client, given: str) -> tuple[str, str]:
    """Return the secret to show and the digest to keep; none for a client that proves itself otherwise."""
    if client.token_endpoint_auth_method not in SECRET_METHODS:
        return "", ""
    return (given, digest(given)) if given else make_secret()
