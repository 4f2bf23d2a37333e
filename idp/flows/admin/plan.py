"""What it takes for the store to hold the clients that a file describes: the difference that ``idp apply`` shows."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from idp.clients.client import Client
from idp.clients.client_file import SECRET, ClientFile, Entry
from idp.clients.merge_patch import difference
from idp.clients.secrets import SECRET_METHODS
from idp.clients.stored import metadata_of
from idp.flows.admin.registry import Registry
from idp.kernel.ids import digest, same
from idp.kernel.refusal import Fault, Faulty

_SHORTEST_SECRET = 32


class Act(StrEnum):
    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Step:
    """``after`` is the client as it is to stand, ``patch`` what changes of its document. ``secret`` says where a new
    secret comes from; of the secret itself only the digest is here, in ``after``."""

    act: Act
    before: Client | None
    after: Client | None
    patch: Mapping[str, Any] = field(default_factory=dict)
    secret: str = ""
    disabled: bool | None = None

    @property
    def client(self) -> Client:
        client = self.after or self.before
        assert client is not None
        return client


def tag(steps: Iterable[Step]) -> str:
    """Return the plan's tag: another one as soon as a version that it starts from, or anything it would write, differs.

    Who has read a plan applies that plan, or none: what If-Match is to one client.
    """
    told = [
        [
            step.act,
            step.client.client_id,
            [step.before.version, str(step.before.created_at)] if step.before is not None else None,
            metadata_of(step.after) if step.after is not None else None,
            step.after.secret_digest if step.after is not None else "",
            step.disabled,
        ]
        for step in steps
    ]
    return digest(json.dumps(told, sort_keys=True))[:16]


@dataclass(frozen=True, slots=True)
class PlanClients:
    """``secret_of`` reads what a reference names; ``OSError`` where there is nothing."""

    registry: Registry
    secret_of: Callable[[str], str]

    def __call__(self, file: ClientFile, prune: bool) -> list[Step]:
        """Return the steps; raise ``Faulty`` with every fault of every client. Clients left out stay, or are pruned."""
        entries = file.entries
        present = {client.client_id: client for client in self.registry.clients.all()}
        named = {entry.client_id for entry in entries}
        gone = [client for client_id, client in sorted(present.items()) if prune and client_id not in named]
        faults = [*file.faults, *self._held_twice(entries, {client.client_id for client in gone} | named)]
        steps = []
        for entry in entries:
            try:
                step = self._step(entry, present.get(entry.client_id))
            except Faulty as faulty:
                found = [fault for fault in faulty.faults if entry.client_id or fault.field != "client_id"]
                faults += [entry.fault(fault.field, fault.code, **fault.params) for fault in found]
            else:
                steps += [step] if step is not None else []
        if faults:
            raise Faulty(faults, "client.faulty")
        return [*steps, *(Step(Act.REMOVE, client, None) for client in gone)]

    def _step(self, entry: Entry, before: Client | None) -> Step | None:
        faults: list[Fault] = []
        try:
            judged = self.registry.sound(entry.client_id, entry.document)
        except Faulty as faulty:
            faults += faulty.faults
            method = entry.document.get("token_endpoint_auth_method", "client_secret_basic")
            self._digest(entry, isinstance(method, str) and method in SECRET_METHODS, before, faults)
            raise Faulty(faults) from faulty
        kept = self._digest(entry, judged.token_endpoint_auth_method in SECRET_METHODS, before, faults)
        if faults:
            raise Faulty(faults)
        at = self.registry.now()
        since = (before.disabled_at if before is not None else None) or at
        after = replace(judged, secret_digest=kept, disabled_at=since if entry.disabled else None)
        if before is None:
            return Step(Act.ADD, None, after, metadata_of(after), entry.secret, entry.disabled or None)
        after = replace(after, version=before.version, created_at=before.created_at)
        patch = difference(metadata_of(before), metadata_of(after))
        anew = kept != before.secret_digest and bool(kept)
        flips = entry.disabled if entry.disabled != (before.disabled_at is not None) else None
        if not patch and kept == before.secret_digest and flips is None:
            return None
        return Step(Act.CHANGE, before, after, patch, entry.secret if anew else "", flips)

    def _digest(self, entry: Entry, has_secret: bool, before: Client | None, faults: list[Fault]) -> str:
        """Return the digest that the client is to have; one without a reference keeps what it has."""
        kept = before.secret_digest if before is not None else ""
        if not entry.secret:
            if has_secret and not kept and SECRET not in entry.lines:
                faults.append(Fault(SECRET, "client_file.secret_missing"))
            return kept if has_secret else ""
        if not has_secret:
            faults.append(Fault(SECRET, "client_file.secret_unused"))
            return ""
        named = {"name": entry.secret}
        try:
            secret = self.secret_of(entry.secret)
        except OSError as error:
            faults.append(
                Fault(SECRET, "client_file.secret_unreadable", {**named, "reason": error.strerror or str(error)})
            )
            return ""
        if len(secret) < _SHORTEST_SECRET or not (secret.isascii() and secret.isprintable()) or " " in secret:
            faults.append(Fault(SECRET, "client_file.secret_weak", {**named, "least": _SHORTEST_SECRET}))
        return kept if kept and same(kept, digest(secret)) else digest(secret)

    def _held_twice(self, entries: Iterable[Entry], told: set[str]) -> list[Fault]:
        """Find resources that two clients of the file hold, or that one outside of it does (RFC 8707)."""
        holders: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            uris = entry.document.get("resource_uris")
            for uri in uris if isinstance(uris, list) else ():
                if isinstance(uri, str) and entry not in holders[uri]:
                    holders[uri].append(entry)
        faults = []
        for uri, found in holders.items():
            outside = self.registry.clients.of_resource(uri) if uri.isprintable() else None
            taken = found[1:] if outside is None or outside in told else found
            faults += [entry.fault("resource_uris", "client.resource_taken", value=uri) for entry in taken]
        return faults
