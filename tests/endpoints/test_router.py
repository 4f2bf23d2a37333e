"""The router: exact paths first, patterns in the order of the table, all else to the people's door."""

from typing import Any

import pytest

from idp.endpoints.reply import Reply
from idp.endpoints.router import ROUTE, Resource, Router
from idp.protocol.requests import Request


def tell(request: Request) -> Reply:
    return Reply.json({"at": request.path, "captured": dict(request.captured)})


def people(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [b"people"]


ROUTES = {
    "/token": {"GET": tell},
    "/things": {"GET": tell},
    "/things/special": {"GET": lambda request: Reply(200, body=b"special")},
    "/things/{thing}": {"GET": tell},
    "/things/{thing}/parts/{part}": {"GET": tell},
    "/things/{other:rest}": Resource({}),
}


def ask(path: str, method: str = "GET") -> tuple[str, bytes]:
    told: list[Any] = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path}
    body = b"".join(Router(ROUTES, people, 1000, 10)(environ, lambda status, headers: told.append(status)))
    return told[0], body


@pytest.mark.parametrize(
    ("path", "captured"),
    [
        ("/things", b"{}"),
        ("/things/a.b~c", b'{"thing":"a.b~c"}'),
        ("/things/a\n", b'{"thing":"a\\n"}'),
        ("/things/a/parts/b", b'{"thing":"a","part":"b"}'),
    ],
)
def test_braces_stand_for_one_part_of_the_path(path, captured):
    status, body = ask(path)

    assert status == "200 OK"
    assert body.endswith(b'"captured":' + captured + b"}")


@pytest.mark.parametrize(
    ("path", "row"), [("/things", "/things"), ("/things/a/parts/b", "/things/{thing}/parts/{part}")]
)
def test_the_row_of_the_table_is_noted_and_not_what_was_asked(path, row):
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path}
    Router(ROUTES, people, 1000, 10)(environ, lambda status, headers: None)

    assert environ[ROUTE] == row


def test_an_exact_path_comes_before_a_pattern():
    assert ask("/things/special") == ("200 OK", b"special")


@pytest.mark.parametrize("path", ["/things/", "/things//parts/b", "/things/a/parts", "/things/a/parts/b/c"])
def test_what_is_left_of_a_family_is_nothing(path):
    assert ask(path)[0] == "404 Not Found"


@pytest.mark.parametrize("path", ["/", "/thing", "/tokens", "/token/", "/Things/a", "", "/xthings/a"])
def test_every_other_path_is_the_peoples(path):
    assert ask(path) == ("200 OK", b"people")


def test_methods_are_told_apart():
    assert ask("/things/a", "HEAD") == ("200 OK", b"")
    assert ask("/things/a", "OPTIONS")[0] == "204 No Content"
    assert ask("/things/a", "DELETE")[0] == "405 Method Not Allowed"
