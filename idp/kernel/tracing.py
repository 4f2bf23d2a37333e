"""Traces for an OpenTelemetry collector, by choice: without an endpoint nothing of the library is imported.

A span tells what was done and how long it took. Names come from the code's own lists, statements stand without their
values, failures without their words: nothing that a person or a client sent gets into one. What a caller sends of its
own trace isn't taken up: anybody could choose what we keep.
"""

import os
import re
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

Told = str | int | float
#: What is waiting leaves at least this often, so that a worker's end loses little.
_DELAY_MILLISECONDS = 1000
#: A collector that does not answer holds the end of a process up no longer.
_PATIENCE_SECONDS = 2
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+(\w+)")
#: One for all: it keeps nothing, and stands around every statement.
_NOTHING: "AbstractContextManager[Span | None]" = nullcontext()
_tracer: "Tracer | None" = None
_provider: "TracerProvider | None" = None


def start(endpoint: str, share: float, version: str) -> None:
    """Send this share of the traces to an address for OTLP over HTTP; call it in each process, after the fork."""
    global _tracer, _provider
    if not endpoint:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    process = f"{socket.gethostname()}-{os.getpid()}"
    named = {"service.name": "idp", "service.version": version, "service.instance.id": process}
    _provider = TracerProvider(resource=Resource(named), sampler=ParentBased(TraceIdRatioBased(min(share, 1.0))))
    exporter = OTLPSpanExporter(endpoint=endpoint, timeout=_PATIENCE_SECONDS)
    _provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=_DELAY_MILLISECONDS))
    _tracer = _provider.get_tracer("idp")


def stop() -> None:
    """Send what is waiting, and trace no more."""
    global _tracer, _provider
    if _provider is not None:
        _provider.shutdown()
    _tracer = _provider = None


def span(name: str, kind: str = "internal", **told: Told) -> "AbstractContextManager[Span | None]":
    """Time what is done inside; ``kind`` is one of OpenTelemetry's, ``told`` its attributes with _ for a dot."""
    if _tracer is None:
        return _NOTHING
    from opentelemetry.trace import SpanKind

    attributes = {key.replace("_", "."): value for key, value in told.items()}
    return _tracer.start_as_current_span(
        name, kind=SpanKind[kind.upper()], attributes=attributes, record_exception=False, set_status_on_exception=False
    )


def statement(system: str, text: object) -> "AbstractContextManager[Span | None]":
    """Time a statement of a store as a part of what it is done for; what no span is open for isn't told."""
    if _tracer is None or not _inside():
        return _NOTHING
    name, spelled = _spelled(text)
    return span(name, "client", db_system_name=system, db_query_text=spelled)


def answered(name: str, failed: bool, told: Callable[[], dict[str, Told]]) -> None:
    """Say of the span at hand what is known only in the end."""
    if _tracer is None:
        return
    from opentelemetry.trace import StatusCode, get_current_span

    at_hand = get_current_span()
    at_hand.update_name(name)
    at_hand.set_attributes(told())
    if failed:
        at_hand.set_status(StatusCode.ERROR)


def _inside() -> bool:
    from opentelemetry.trace import get_current_span

    return get_current_span().is_recording()


@lru_cache(maxsize=1024)
def _spelled(text: object) -> tuple[str, str]:
    """Return a short name and the whole text; values aren't in it, they are bound apart."""
    spelled = re.sub(r"\s+", " ", str(text)).strip()
    table = _TABLE.search(spelled)
    verb = spelled.partition(" ")[0]
    return (f"{verb} {table[1]}" if table else verb), spelled
