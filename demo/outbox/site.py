"""The outbox's page and JSON, and the HTTP interface of the SMS gateway whose twin it is (MTS Exolve's SendSMS)."""

import hmac
import json
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from demo.look import site
from demo.outbox.messages import BUSY, NOBODY, SEEN, Messages


@dataclass(frozen=True, slots=True)
class OutboxSite:
    messages: Messages
    gateway_key: str

    def app(self) -> Flask:
        app = site("demo.outbox", "outbox-language")
        app.add_url_rule("/", "show", self.show)
        app.add_url_rule("/refusals", "refuse", self.refuse, methods=["POST"])
        app.add_url_rule("/messaging/v1/SendSMS", "send_sms", self.send_sms, methods=["POST"])
        return app

    def show(self) -> Response:
        """Show what arrived, newest first; ``?to=`` narrows it to one addressee."""
        to = request.args.get("to", "")
        wanted = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
        if wanted == "application/json":
            return _json([message.document() for message in self.messages.newest(to)])
        messages = self.messages.newest(to, SEEN)
        return Response(
            render_template("outbox.html", messages=messages, refused=self.messages.refused()), mimetype="text/html"
        )

    def refuse(self) -> AnyResponse:
        """Let an addressee take no messages, or take them again: what happens then is to be seen at the provider."""
        to, how = request.form.get("to", "").strip(), request.form.get("how", "")
        if to and how in ("nobody", "busy"):
            self.messages.refuse(to, NOBODY if how == "nobody" else BUSY)
        elif to:
            self.messages.accept(to)
        return redirect("/", 303)

    def send_sms(self) -> Response:
        """Take one text message as the gateway does: ``number`` sends, ``destination`` gets it."""
        known = f"Bearer {self.gateway_key}".encode()
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), known):
            return _json({"error": {"code": 401, "message": "the API key isn't known"}}, 401)
        sent = request.get_json(force=True, silent=True)
        values = [sent.get(name) for name in ("number", "destination", "text")] if isinstance(sent, dict) else [None]
        if not all(isinstance(value, str) and value for value in values):
            return _json({"error": {"code": 400, "message": "number, destination and text are needed"}}, 400)
        _sender, destination, text = values
        to = "+" + str(destination).lstrip("+")
        if code := self.messages.refusal(to):
            return _json({"error": {"code": code, "message": "refused for the demo"}}, 400 if code == NOBODY else 503)
        number = self.messages.add("sms", to, "", str(text))
        return _json({"message_id": str(number)})


def _json(document: Any, status: int = 200) -> Response:
    return Response(json.dumps(document, ensure_ascii=False), status, mimetype="application/json")
