"""The administrators' API as Markdown: its operations and every code that it refuses with."""

from docs.tables import table
from idp.endpoints.admin_operations import OPERATIONS, Precondition
from idp.endpoints.problems import PROBLEMS
from idp.kernel.words import catalogues

_MATCH = {Precondition.NONE: "–", Precondition.HEEDED: "heeded", Precondition.NEEDED: "needed"}


def operations() -> str:
    rows = [
        [
            f"`{operation.method} {operation.path}`",
            operation.summary,
            _MATCH[operation.precondition],
            "heeded" if operation.repeatable else "–",
        ]
        for operation in OPERATIONS
    ]
    return table(["operation", "what it does", "`If-Match`", "`Idempotency-Key`"], rows)


def problems() -> str:
    words = catalogues()["en"]
    rows = [
        [f'<a id="{code}"></a>`{code}`', str(status), words._text(code).replace("\u00a0", " ").replace("|", "\\|")]
        for code, status in PROBLEMS.items()
    ]
    return table(["code", "status", "`detail`"], rows)
