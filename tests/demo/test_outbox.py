"""The outbox takes letters by SMTP and text messages by the gateway's HTTP, and shows both, newest first."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from demo.outbox.messages import Messages
from demo.outbox.site import OutboxSite
from demo.outbox.smtp import smtp_server
from tests.servers import free_port

JSON = {"Accept": "application/json"}


@pytest.fixture
def messages(tmp_path: Path) -> Iterator[Messages]:
    kept = Messages(tmp_path / "outbox.db")
    yield kept
    kept.close()


@pytest.fixture
def web(messages):
    return OutboxSite(messages, "key").app().test_client()


def test_a_letter_arrives_decoded_and_its_links_can_be_pressed(messages, web):
    port = free_port()
    server = smtp_server(messages, "127.0.0.1", port)
    server.start()
    try:
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = "City <no@city.test>", "anna@gorod.test", "Подтвердите почту"
        letter.set_content("Откройте http://localhost:8000/sign-up/confirm?token=abc или наберите 123456.\n" * 3)
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            smtp.send_message(letter)
    finally:
        server.stop()
    [kept] = web.get("/", headers=JSON).get_json()
    assert kept.keys() == {"channel", "to", "subject", "text", "at"}
    assert (kept["channel"], kept["to"], kept["subject"]) == ("email", "anna@gorod.test", "Подтвердите почту")
    assert "http://localhost:8000/sign-up/confirm?token=abc или" in kept["text"]
    assert 'href="http://localhost:8000/sign-up/confirm?token=abc"' in web.get("/").text


def test_a_text_message_arrives_with_its_number(web):
    sent = {"number": "Moslogin", "destination": "79001234567", "text": "Код 123456"}
    answer = web.post("/messaging/v1/SendSMS", json=sent, headers={"Authorization": "Bearer key"})
    assert answer.get_json()["message_id"]
    [kept] = web.get("/", headers=JSON).get_json()
    assert (kept["channel"], kept["to"], kept["text"]) == ("sms", "+79001234567", "Код 123456")


@pytest.mark.parametrize(("how", "letter", "text"), [("nobody", 550, 400), ("busy", 451, 503)])
def test_an_addressee_takes_no_messages_on_demand_and_takes_them_again(messages, web, how, letter, text):
    web.post("/refusals", data={"to": "a@gorod.test", "how": how})
    web.post("/refusals", data={"to": "+79001234567", "how": how})
    sent = {"number": "Moslogin", "destination": "79001234567", "text": "-"}
    assert web.post("/messaging/v1/SendSMS", json=sent, headers={"Authorization": "Bearer key"}).status_code == text
    port = free_port()
    server = smtp_server(messages, "127.0.0.1", port)
    server.start()
    try:
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
                smtp.sendmail("no@city.test", ["a@gorod.test"], "-")
            assert refused.value.recipients["a@gorod.test"][0] == letter
            assert smtp.sendmail("no@city.test", ["b@gorod.test"], "-") == {}
            web.post("/refusals", data={"to": "a@gorod.test", "how": ""})
            assert smtp.sendmail("no@city.test", ["a@gorod.test"], "-") == {}
    finally:
        server.stop()
    assert [kept["to"] for kept in web.get("/", headers=JSON).get_json()] == ["a@gorod.test", "b@gorod.test"]


@pytest.mark.parametrize(
    ("key", "body", "status"),
    [("other", {"number": "a", "destination": "7", "text": "t"}, 401), ("key", {"text": "t"}, 400), ("key", [], 400)],
)
def test_the_gateway_refuses_strangers_and_half_messages(web, key, body, status):
    headers = {"Authorization": f"Bearer {key}"}
    assert web.post("/messaging/v1/SendSMS", json=body, headers=headers).status_code == status
    assert web.get("/", headers=JSON).get_json() == []


def test_the_newest_comes_first_and_mark_up_is_shown_as_text(messages, web):
    messages.add("email", "a@gorod.test", "first", "<script>alert(1)</script>")
    messages.add("email", "b@gorod.test", "second", "")
    assert [kept["subject"] for kept in web.get("/", headers=JSON).get_json()] == ["second", "first"]
    assert [kept["subject"] for kept in web.get("/?to=a@gorod.test", headers=JSON).get_json()] == ["first"]
    assert "<script>" not in web.get("/").text
