"""Reads a WSGI request into the frozen ``Request``, within limits: size, number of parameters, strict UTF-8."""

from typing import Any

from idp.protocol.requests import Form, MalformedRequest, Request, parse

FORM = "application/x-www-form-urlencoded"


class TooLarge(MalformedRequest):
    """The body or the address is longer than the setting allows: 413."""


def read(environ: dict[str, Any], max_bytes: int, max_parameters: int, address: str) -> Request:
    """Return the request; the body is read only if it is a form, other bodies are refused by the endpoint's needs."""
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    content_type = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if content_type:
        headers["content-type"] = content_type
    method = environ["REQUEST_METHOD"]
    form = Form()
    if method == "POST":
        body = _body(environ, max_bytes)
        if body and content_type != FORM:
            raise MalformedRequest(f"the body must be {FORM}")
        form = parse(body, max_parameters)
    query_text = environ.get("QUERY_STRING", "")
    if len(query_text) > max_bytes:
        raise TooLarge("the query is too long")
    query = parse(query_text.encode("latin-1"), max_parameters) if query_text else Form()
    return Request(method, environ.get("PATH_INFO", ""), form, query, headers, address)


def _body(environ: dict[str, Any], max_bytes: int) -> bytes:
    declared = environ.get("CONTENT_LENGTH") or ""
    if declared:
        if not declared.isdigit():
            raise MalformedRequest("Content-Length is not a number")
        if int(declared) > max_bytes:
            raise TooLarge("the body is too long")
        body: bytes = environ["wsgi.input"].read(int(declared))
        if len(body) < int(declared):
            raise MalformedRequest("the body ended early")
        return body
    if environ.get("HTTP_TRANSFER_ENCODING"):
        body = environ["wsgi.input"].read(max_bytes + 1)
        if len(body) > max_bytes:
            raise TooLarge("the body is too long")
        return body
    return b""
