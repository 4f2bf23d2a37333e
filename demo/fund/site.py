"""The twin's two faces: the gateway's JSON for the provider, and a page for people of the demo with its buttons."""

import hmac
import json
import re
import time
from dataclasses import dataclass
from typing import Any

import httpx
from flask import Flask, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from demo.fund.keys import signed
from demo.fund.records import ANSWERS, Asked, Record, Records
from demo.look import site

PATH = "/v1/pension-fund/snils-validations"
_REQUIRED = {
    "requestId": r"[0-9a-f-]{36}",
    "familyName": r".{1,100}",
    "firstName": r".{1,100}",
    "snils": r"\d{11}",
    "gender": r"Male|Female",
    "birthDate": r"\d{4}-\d{2}-\d{2}",
}


@dataclass(frozen=True, slots=True)
class FundSite:
    """``provider`` is where this machine reaches the provider, ``issuer`` whom a signed answer is for."""

    records: Records
    token: str
    key: dict[str, Any]
    provider: str
    issuer: str

    def app(self) -> Flask:
        app = site("demo.fund", "fund-language")
        app.add_url_rule("/", "show", self.show)
        app.add_url_rule("/records", "add", self.add, methods=["POST"])
        app.add_url_rule("/answer", "answer", self.answer, methods=["POST"])
        app.add_url_rule(PATH, "ask", self.ask, methods=["POST"])
        app.add_url_rule(f"{PATH}/<ticket>", "poll", self.poll, methods=["GET"])
        return app

    def show(self) -> str:
        return render_template(
            "fund.html",
            people=self.records.people(),
            questions=self.records.questions(),
            now=time.time(),
            kinds=ANSWERS,
            done=request.args.get("done", ""),
        )

    def add(self) -> AnyResponse:
        """Add a person on the page: whoever registers anew wants to be known to the fund."""
        names = ("family_name", "given_name", "middle_name", "birthdate", "gender", "answers")
        values = {name: request.form.get(name, "").strip()[:100] for name in names}
        snils = re.sub(r"\D", "", request.form.get("snils", ""))
        sound = len(snils) == 11 and values["answers"] in ANSWERS and values["family_name"] and values["given_name"]
        if not sound:
            return redirect("/?done=faulty", 303)
        self.records.put(Record(snils, **values))
        return redirect("/?done=added", 303)

    def answer(self) -> AnyResponse:
        """The button: the answer that comes tomorrow comes now, by a signed call of the gateway's own."""
        asked = self.records.release(request.form.get("ticket", ""))
        if asked is None:
            return redirect("/?done=faulty", 303)
        told = {"aud": self.issuer, "requestId": asked.request_id, **document(asked, time.time())}
        try:
            heard = httpx.post(
                self.provider + "/registries/answers",
                content=signed(self.key, told),
                headers={"Content-Type": "application/jose"},
                timeout=5,
                trust_env=False,
            ).status_code
        except httpx.HTTPError:
            heard = 0
        return redirect("/?done=told" if heard == 204 else "/?done=unheard", 303)

    def ask(self) -> Response:
        if not self._is_known():
            return _json({"title": "the token isn't known"}, 401)
        sent: Any = request.get_json(force=True, silent=True)
        faults = _faults(sent)
        if faults or request.headers.get("Idempotency-Key") != sent["requestId"]:
            return _json({"title": "the question isn't as the document says", "faults": faults}, 400)
        return self._told(self.records.ask(sent))

    def poll(self, ticket: str) -> Response:
        if not self._is_known():
            return _json({"title": "the token isn't known"}, 401)
        asked = self.records.by_ticket(ticket)
        return _json({"title": "no such ticket"}, 404) if asked is None else self._told(asked)

    def _is_known(self) -> bool:
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {self.token}".encode())

    def _told(self, asked: Asked) -> Response:
        if asked.answers == "garbage":
            return Response(
                "<html><body>502 Bad Gateway, says a proxy with status 200</body></html>", mimetype="text/html"
            )
        told = document(asked, time.time())
        return _json(told, 202 if told["status"] == "accepted" else 200)


def document(asked: Asked, now: float) -> dict[str, Any]:
    """Return what the gateway says of a question now."""
    told: dict[str, Any] = {"requestId": asked.request_id, "ticket": asked.ticket}
    if not asked.is_ready(now):
        return {**told, "status": "accepted", "pollAfterSeconds": 2 if asked.answers == "minute" else 5}
    told["reference"] = f"SFR-{asked.ticket[:12]}"
    if not asked.snils:
        return {**told, "status": "rejected", "rejectionCode": "NO_DATA", "rejectionDescription": "нет данных"}
    return {**told, "status": "completed", "result": asked.matches}


def _faults(sent: Any) -> list[str]:
    if not isinstance(sent, dict):
        return ["the body must be an object"]
    wrong = [name for name, shape in _REQUIRED.items() if not re.fullmatch(shape, str(sent.get(name, "")))]
    return [*wrong, *sorted(sent.keys() - _REQUIRED.keys() - {"patronymic"})]


def _json(told: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(told, ensure_ascii=False), status, mimetype="application/json")
