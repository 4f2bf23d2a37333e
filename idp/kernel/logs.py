"""Logs: one JSON object a line on standard error, each with its request's id, none with personal data.

The id is short enough to be read out over the phone: error pages show it, every answer carries it, every line holds it.
"""

import logging
import logging.config
import re
import traceback
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import orjson

from idp.kernel.ids import new_case

_request: ContextVar[str] = ContextVar("request", default="")
#: What a message of a library may carry of a person: addresses of mail, and numbers as long as a phone's or a SNILS.
_PERSONAL = re.compile(r"[\w.+-]+@[\w.-]+\.\w+|\+?\d(?:[ ()-]*\d){8,}")


def begin_request() -> str:
    """Give the request at hand its id and return it."""
    case = new_case()
    _request.set(case)
    return case


def end_request() -> None:
    """Let the lines that follow belong to no request."""
    _request.set("")


def request_id() -> str:
    """Return the id of the request at hand, such as ``K7M-4QD``; a new one where there is no request."""
    return _request.get() or begin_request()


def without_personal_data(text: str) -> str:
    """Return the text with everything that looks like an e-mail, a phone or a document's number blanked."""
    return _PERSONAL.sub("***", text)


class JsonLines(logging.Formatter):
    """Turns a record into one line; what a failure says of itself is blanked like everything else."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request": _request.get(),
            "message": without_personal_data(record.getMessage()),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["failure"] = without_personal_data("".join(traceback.format_exception(*record.exc_info)))
        return orjson.dumps(line).decode()


def write_json_lines(level: str = "INFO") -> None:
    """Make every logger of this process write JSON lines to standard error. Called once, by what starts a process."""
    logging.config.dictConfig(as_dictionary(level))


def as_dictionary(level: str, others: Iterable[str] = ()) -> dict[str, Any]:
    """Return the same for a library that sets up the logs of its processes itself; ``others`` are its own loggers."""
    # Libraries tell of every request they make, with its address and sometimes with a token in it.
    quiet = ("httpx", "httpcore", "authlib", "sqlalchemy.engine", "alembic.runtime.plugins")
    talkative = {name: {"level": "WARNING"} for name in quiet}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": JsonLines}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
        "root": {"level": level, "handlers": ["lines"]},
        "loggers": {**talkative, **{name: {"handlers": [], "propagate": True} for name in others}},
    }
