"""A call of the administrators' API: who sends it, what it asks, checked as the table of operations says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from idp.endpoints.admin_operations import Operation, Parameter, Precondition
from idp.endpoints.json_body import read_object
from idp.endpoints.problems import WrongMediaType
from idp.endpoints.reply import Reply
from idp.endpoints.userinfo import bearer_token
from idp.flows.admin.callers import AdmitCaller
from idp.flows.admin.registry import Registry
from idp.kernel.refusal import Fault, Faulty, Refused
from idp.protocol.requests import Form, Request


@dataclass(frozen=True, slots=True)
class Call:
    """``registry`` is in the caller's hands; ``query`` holds numbers as numbers."""

    request: Request
    registry: Registry
    client_id: str
    query: Mapping[str, str | int]
    document: dict[str, Any]

    def text(self, name: str) -> str:
        return str(self.query.get(name, ""))


@dataclass(frozen=True, slots=True)
class Guarded:
    """An operation behind its checks: the token first, then the address, the body and the preconditions' form."""

    operation: Operation
    admit: AdmitCaller
    registry: Registry
    act: Callable[[Call], Reply]

    def __call__(self, request: Request) -> Reply:
        caller = self.admit(bearer_token(request), request.address)
        query = read_query(request.query, self.operation.query)
        document = self._document(request)
        if self.operation.precondition is Precondition.NEEDED and "if-match" not in request.headers:
            raise Refused("api.precondition_missing")
        registry = self.registry.by(caller.actor, caller.administrator)
        return self.act(Call(request, registry, request.captured.get("client_id", ""), query, document))

    def _document(self, request: Request) -> dict[str, Any]:
        if not self.operation.takes:
            if request.body.strip() not in (b"", b"{}"):
                raise Refused("api.malformed", reason="this operation takes no body")
            return {}
        if request.headers.get("content-type") != self.operation.media_type:
            raise WrongMediaType(self.operation.method, self.operation.media_type)
        return read_object(request.body)


@dataclass(frozen=True, slots=True)
class Open:
    """An operation for everybody: its answer is made once."""

    reply: Reply

    def __call__(self, request: Request) -> Reply:
        read_query(request.query, ())
        return self.reply


def read_query(query: Form, known: tuple[Parameter, ...]) -> dict[str, str | int]:
    """Return the parameters of the address; refuse with everything that is wrong with them."""
    parameters, found, faults = {parameter.name: parameter for parameter in known}, {}, []
    for name, value in query:
        parameter = parameters.get(name)
        if parameter is None:
            faults.append(Fault(name, "api.parameter_unknown"))
        elif name in found:
            faults.append(Fault(name, "api.parameter_twice"))
        else:
            number = _number(parameter, value)
            if number is None:
                bounds = {"least": parameter.least, "most": parameter.most}
                faults.append(Fault(name, "api.parameter_range", bounds))
            found[name] = value if number is None else number
    if faults:
        raise Faulty(faults, "api.parameters")
    return found


def _number(parameter: Parameter, value: str) -> str | int | None:
    """Return the value as its kind wants it; None for a number that isn't one or is out of bounds."""
    if parameter.least is None or parameter.most is None:
        return value
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        return None
    return int(value) if parameter.least <= int(value) <= parameter.most else None
