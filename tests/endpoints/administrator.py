"""An administrator in front of the API: calls with their token, documents as JSON."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.city import Answer, City

CLIENTS = "/admin/v1/clients"
DOCUMENT = {"client_name": "Parking", "redirect_uris": ["https://parking.test/callback"]}
JSON, PATCH = "application/json", "application/merge-patch+json"


@dataclass
class Administrator:
    city: City
    token: str

    @classmethod
    def of(cls, city: City, days: int | None = None, account: str = "") -> "Administrator":
        return cls(city, city.flows.administration.add_token("Test", days, account).secret)

    def __call__(self, method: str, path: str, document: Any = None, query: str = "", **headers: str) -> Answer:
        """Send a document as the method wants it; header names are given with underscores."""
        body = b"" if document is None else document if isinstance(document, bytes) else json.dumps(document).encode()
        given = {"authorization": f"Bearer {self.token}", **headers}
        given = {name: value for name, value in given.items() if value is not None}
        media = given.pop("content_type", PATCH if method == "PATCH" else JSON)
        return self.city.call(method, path, body, query, media, **given)

    def add(self, client_id: str = "parking", **members: Any) -> Answer:
        answer = self("POST", CLIENTS, {**DOCUMENT, "client_id": client_id, **members})
        assert answer.status == 201, answer.body
        return answer

    def show(self, client_id: str = "parking", **headers: str) -> Answer:
        return self("GET", f"{CLIENTS}/{client_id}", **headers)

    def change(self, patch: Any, client_id: str = "parking", **headers: str) -> Answer:
        return self("PATCH", f"{CLIENTS}/{client_id}", patch, **{"if_match": "*", **headers})


@pytest.fixture
def admin(city: City) -> Administrator:
    return Administrator.of(city)


def problem(answer: Answer) -> tuple[int, str]:
    """Return status and code of a refusal that is told as it must be."""
    document = answer.json
    assert answer.headers["content-type"] == "application/problem+json"
    assert document["status"] == answer.status
    assert document["type"] == f"https://id.test/admin/v1/problems#{document['code']}"
    assert document["title"] and document["detail"]
    return answer.status, document["code"]


def faults(answer: Answer) -> set[tuple[str, str]]:
    assert all(fault["reason"] for fault in answer.json["errors"])
    return {(fault["field"], fault["code"]) for fault in answer.json["errors"]}
