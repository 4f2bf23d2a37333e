"""Reading a request: strict, bounded, from the body alone."""

import io
from typing import Any

import pytest

from idp.endpoints.reader import TooLarge, read
from idp.protocol.requests import Form, MalformedRequest, parse


def environ(body: bytes = b"", **more: Any) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/token",
        "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **more,
    }


def test_parameters_come_from_the_body_and_not_from_the_query() -> None:
    request = read(environ(b"a=1&b=%D1%8F+x", QUERY_STRING="grant_type=query", REMOTE_ADDR="192.0.2.1"), 1000, 10)

    assert request.form.pairs == (("a", "1"), ("b", "я x"))
    assert "grant_type" not in request.form
    assert request.address == "192.0.2.1"


@pytest.mark.parametrize(
    ("changed", "body"),
    [
        ({}, b"a=%FF"),
        ({}, b"a=%00"),
        ({"CONTENT_TYPE": "application/json"}, b"{}"),
        ({"CONTENT_TYPE": ""}, b"a=1"),
        ({"CONTENT_LENGTH": "ten"}, b"a=1"),
        ({"CONTENT_LENGTH": "50"}, b"a=1"),
        ({}, b"&".join(b"a=1" for _ in range(12))),
    ],
)
def test_what_cannot_be_read_is_malformed(changed: dict[str, Any], body: bytes) -> None:
    with pytest.raises(MalformedRequest):
        read({**environ(body), **changed}, 1000, 10)


def test_a_long_body_is_refused_unread() -> None:
    sent = environ(b"", CONTENT_LENGTH="1001")
    sent["wsgi.input"] = None

    with pytest.raises(TooLarge):
        read(sent, 1000, 10)


def test_a_body_of_unknown_length_is_bounded() -> None:
    sent = environ(b"a" * 2000, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")

    with pytest.raises(TooLarge):
        read(sent, 1000, 10)


class Broken(io.BytesIO):
    """A body whose chunks are framed wrongly: servers raise exceptions of their own."""

    def read(self, size: int | None = -1) -> bytes:
        raise Exception("invalid chunk size")


@pytest.mark.parametrize(
    "changed", [{"CONTENT_LENGTH": "5"}, {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}]
)
def test_a_body_that_the_server_cannot_read_is_malformed(changed: dict[str, Any]) -> None:
    with pytest.raises(MalformedRequest):
        read(environ(**{**changed, "wsgi.input": Broken()}), 1000, 10)


def test_no_parameter_may_come_twice_but_a_resource() -> None:
    assert len(read(environ(b"resource=a&resource=b"), 1000, 10).form.many("resource")) == 2
    with pytest.raises(MalformedRequest):
        read(environ(b"unknown=a&unknown=b"), 1000, 10)


def test_a_parameter_given_twice_is_malformed_when_asked_for_and_an_empty_one_is_absent() -> None:
    form = parse(b"a=1&a=2&b=&c=3", 10)

    with pytest.raises(MalformedRequest):
        form.one("a")
    assert form.many("a") == ("1", "2")
    assert form.one("b") is None
    assert "b" not in form and "c" in form
    assert Form().text("a") == ""
