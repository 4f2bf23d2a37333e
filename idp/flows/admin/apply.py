"""Carry a plan out: every step or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from idp.flows.admin.plan import Act, Step
from idp.flows.admin.registry import Registry
from idp.journal.events import Event


@dataclass(frozen=True, slots=True)
class ApplyPlan:
    """A client that somebody changed since the plan was made refuses the whole (``client.changed_meanwhile``)."""

    registry: Registry

    def __call__(self, steps: Sequence[Step]) -> None:
        registry = self.registry
        with registry.clients.together():
            # A resource may go from one client of the plan to another, whichever is written first.
            for step in steps:
                if step.before is not None:
                    registry.clients.free_resources(step.before.client_id)
            for step in steps:
                self._carry_out(step)
        for step in steps:
            registry.clients.forget(step.client.client_id)

    def _carry_out(self, step: Step) -> None:
        registry, client = self.registry, step.client
        if step.act is Act.REMOVE:
            registry.removed(client)
        elif step.act is Act.ADD:
            registry.wrote("client.added", client.client_id, lambda: registry.clients.add(replace(client, version=1)))
        else:
            registry.wrote(_kinds(step)[0], client.client_id, lambda: registry.clients.change(client))
            for kind in _kinds(step)[1:]:
                registry.journal.record(Event(kind, actor=registry.actor, client_id=client.client_id))


def _kinds(step: Step) -> list[str]:
    """Return the journal's names of all that a change does."""
    kinds = {
        "client.changed": bool(step.patch),
        "client.secret_rotated": bool(step.secret),
        "client.disabled": step.disabled is True,
        "client.enabled": step.disabled is False,
    }
    return [kind for kind, done in kinds.items() if done] or ["client.changed"]
