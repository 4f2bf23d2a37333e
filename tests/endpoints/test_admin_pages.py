"""The administrators' API: clients found page after page, by words and owner."""

from urllib.parse import urlencode

import pytest

from tests.endpoints.administrator import CLIENTS, faults, problem


def test_pages_follow_each_other_whoever_comes_meanwhile(admin):
    for name in ("aaa", "ccc", "eee", "ggg", "iii"):
        admin.add(name)
    met, query = [], "limit=2"
    while query:
        answer = admin("GET", CLIENTS, query=query)
        met.append([client["client_id"] for client in answer.json["clients"]])
        if len(met) == 1:
            admin.add("bbb")
            admin.add("fff")
            link = f"<https://id.test{CLIENTS}?limit=2&cursor={answer.json['next']}>"
            assert answer.headers["link"] == f'{link}; rel="next"'
        query = f"limit=2&cursor={answer.json['next']}" if "next" in answer.json else ""

    assert met == [["aaa", "ccc"], ["eee", "fff"], ["ggg", "iii"]]
    assert "link" not in answer.headers


def test_a_search_is_paged_too_and_a_cursor_belongs_to_its_search(admin):
    for number in range(3):
        admin.add(f"park-{number}", owner="Транспорт")
    admin.add("library")

    def ids(query: str) -> list[str]:
        return [client["client_id"] for client in admin("GET", CLIENTS, query=query).json["clients"]]

    assert ids("name=PARK") == ["library", "park-0", "park-1", "park-2"], "every test client is called Parking"
    assert ids("name=libr") == ["library"]
    assert ids(urlencode({"owner": "ТРАНСПОРТ"})) == ["park-0", "park-1", "park-2"]
    assert ids(urlencode({"owner": "Транспорт", "name": "park 2"})) == ["park-2"]
    cursor = admin("GET", CLIENTS, query="name=park&limit=1").json["next"]
    assert ids(f"name=park&limit=1&cursor={cursor}") == ["park-0"]
    other = admin("GET", CLIENTS, query=f"name=libr&cursor={cursor}")
    assert problem(other) == (400, "api.parameters")
    assert faults(other) == {("cursor", "api.cursor_malformed")}


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("limit=0", ("limit", "api.parameter_range")),
        ("limit=201", ("limit", "api.parameter_range")),
        ("limit=", ("limit", "api.parameter_range")),
        ("limit=-1", ("limit", "api.parameter_range")),
        ("limit=1e2", ("limit", "api.parameter_range")),
        ("limit=%D9%A1", ("limit", "api.parameter_range")),
        ("limit=1&limit=2", ("limit", "api.parameter_twice")),
        ("sort=name", ("sort", "api.parameter_unknown")),
        ("cursor=!", ("cursor", "api.cursor_malformed")),
        ("cursor=%D0%B0", ("cursor", "api.cursor_malformed")),
        ("cursor=AAAA", ("cursor", "api.cursor_malformed")),
    ],
)
def test_a_parameter_out_of_bounds_is_named(admin, query, fault):
    answer = admin("GET", CLIENTS, query=query)

    assert problem(answer) == (400, "api.parameters")
    assert faults(answer) == {fault}
