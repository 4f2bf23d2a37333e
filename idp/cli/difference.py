"""What ``idp apply`` is about to do, as people read it: a sign for each client, a line for each member."""

import json
from collections.abc import Iterable, Iterator

from idp.cli import explain
from idp.clients.stored import metadata_of
from idp.flows.admin.plan import Act, Step

_SIGNS = {Act.ADD: "+", Act.CHANGE: "~", Act.REMOVE: "-"}


def shown(steps: Iterable[Step]) -> Iterator[str]:
    """Yield the lines; a secret is told by where it comes from."""
    counts = dict.fromkeys(Act, 0)
    for step in steps:
        counts[step.act] += 1
        yield f"{_SIGNS[step.act]} {step.client.client_id}  {step.client.client_name}"
        yield from _members(step)
        if step.secret:
            yield f"    {explain('apply.secret', {'name': step.secret})}"
        if step.disabled is not None:
            yield f"    {explain('apply.disabled' if step.disabled else 'apply.enabled', {})}"
    if any(counts.values()):
        yield explain("apply.summary", {act.value: number for act, number in counts.items()})
    else:
        yield explain("apply.nothing", {})


def _members(step: Step) -> Iterator[str]:
    """Yield what each member was and will be; of an object that is patched, the whole as it will stand."""
    before = metadata_of(step.before) if step.before is not None else {}
    after = metadata_of(step.after) if step.after is not None else {}
    for name in sorted(step.patch):
        wanted = _value(after[name]) if name in after else "-"
        yield (
            f"    {name}: {_value(before[name]) if name in before else '-'} -> {wanted}"
            if step.before
            else (f"    {name}: {wanted}")
        )


def _value(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
