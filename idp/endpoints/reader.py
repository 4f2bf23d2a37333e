"""Reads a WSGI request into the frozen ``Request``, within limits: size, number of parameters, strict UTF-8."""

from typing import Any

from idp.protocol.requests import FORM, Form, MalformedRequest, Request, parse


class TooLarge(MalformedRequest):
    """The body or the address is longer than the setting allows: 413."""


def read(environ: dict[str, Any], max_bytes: int, max_parameters: int) -> Request:
    """Return the request; the body is read only if it is a form, other bodies are refused by the endpoint's needs."""
    headers, form = _headers(environ), Form()
    if environ["REQUEST_METHOD"] == "POST":
        body = _body(environ, max_bytes)
        if body and headers.get("content-type") != FORM:
            raise MalformedRequest(f"the body must be {FORM}")
        form = parse(body, max_parameters)
        form.require_once()
    return Request(
        environ["REQUEST_METHOD"],
        environ.get("PATH_INFO", ""),
        form,
        _query(environ, max_bytes, max_parameters),
        headers,
        environ.get("REMOTE_ADDR", ""),
    )


def read_document(environ: dict[str, Any], max_bytes: int, max_parameters: int) -> Request:
    """Return the request with its body as it came, within limits; what it must hold is the endpoint's to say."""
    return Request(
        environ["REQUEST_METHOD"],
        environ.get("PATH_INFO", ""),
        Form(),
        _query(environ, max_bytes, max_parameters),
        _headers(environ),
        environ.get("REMOTE_ADDR", ""),
        _body(environ, max_bytes),
    )


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    content_type = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if content_type:
        headers["content-type"] = content_type
    return headers


def _query(environ: dict[str, Any], max_bytes: int, max_parameters: int) -> Form:
    query_text = environ.get("QUERY_STRING", "")
    if len(query_text) > max_bytes:
        raise TooLarge("the query is too long")
    return parse(query_text.encode("latin-1"), max_parameters) if query_text else Form()


def _body(environ: dict[str, Any], max_bytes: int) -> bytes:
    declared = environ.get("CONTENT_LENGTH") or ""
    if declared:
        if not declared.isdigit():
            raise MalformedRequest("Content-Length is not a number")
        if int(declared) > max_bytes:
            raise TooLarge("the body is too long")
        body = _read(environ, int(declared))
        if len(body) < int(declared):
            raise MalformedRequest("the body ended early")
        return body
    if environ.get("HTTP_TRANSFER_ENCODING"):
        body = _read(environ, max_bytes + 1)
        if len(body) > max_bytes:
            raise TooLarge("the body is too long")
        return body
    return b""


def _read(environ: dict[str, Any], size: int) -> bytes:
    try:
        body: bytes = environ["wsgi.input"].read(size)
    except Exception as error:
        # Each server has exceptions of its own for a body that ends early or is framed wrongly.
        raise MalformedRequest("the body can't be read") from error
    return body
