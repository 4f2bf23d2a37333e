"""A server that takes access tokens: permits for people whose level and sign-in will do, else a step-up (RFC 9470).

    ISSUER=http://localhost:8000 CLIENT_ID=… CLIENT_SECRET=… API=http://localhost:5001 flask --app api run --port 5001

The provider must know it as a client with this ``--resource-uri``; only then it may ask about the tokens.
"""

import os
from typing import Any

import requests
from flask import Flask, Response, jsonify, request
from step_up import challenge, enough

ISSUER, API = os.environ["ISSUER"], os.environ["API"]
LEVEL, MAX_AGE = "standard", 3600  # seconds since the person signed in

app = Flask(__name__)


def introspected(token: str) -> dict[str, Any]:
    """What the provider says of a token now: revoked, signed out, or fallen in level is ``active: false``."""
    asked = requests.post(
        f"{ISSUER}/introspect",
        data={"token": token},
        auth=(os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"]),
        timeout=5,
    )
    asked.raise_for_status()
    told: dict[str, Any] = asked.json()
    audience = told.get("aud", [])
    made_for_us = API in ([audience] if isinstance(audience, str) else audience)
    return told if told.get("active") and made_for_us else {}


def refused(header: str) -> Response:
    return Response("", 401, {"WWW-Authenticate": header})


@app.get("/permits")
def permits() -> Response:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return refused("Bearer")
    told = introspected(token)
    if not told:
        return refused('Bearer error="invalid_token"')
    if not enough(told, LEVEL, MAX_AGE):
        return refused(challenge(LEVEL, MAX_AGE))
    return jsonify(permits=["77-000415"], of=told["sub"])
