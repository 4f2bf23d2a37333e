"""A recovery sets one password, in the place of the one that was forgotten, and a form sent twice begins one."""

from tests.flows.account.people import ANOTHER_PASSWORD, EMAIL, Anna, Post
from tests.flows.account.test_recover import begin, proved, recover, refusal

__all__ = ["recover"]


def test_a_recovery_is_for_the_password_that_was_forgotten(anna: Anna, recover, post: Post):
    """Whatever set another one ends it: a second recovery begun beside it, or a change by the owner."""
    first, second = proved(recover, post), proved(recover, post)
    recover.finish(second, ANOTHER_PASSWORD, ANOTHER_PASSWORD, "")
    assert refusal(recover.finish, first, "Another-one-77", "Another-one-77", "") == "recovery.expired"

    third, session = proved(recover, post), anna.signs_in(password=ANOTHER_PASSWORD)
    anna.flows.people.change_password(anna.account, session.id, ANOTHER_PASSWORD, "Third-one-2026", "Third-one-2026")
    assert refusal(recover.finish, third, "Another-one-77", "Another-one-77", "") == "recovery.expired"
    assert anna.can_sign_in(password="Third-one-2026")


def test_a_form_sent_twice_begins_one_recovery(anna: Anna, recover, post: Post):
    once, twice = (recover.begin(EMAIL, "", "ru", "192.0.2.9", "page") for _ in range(2))

    assert once == twice and len(post.all(EMAIL)) == 1
    recover.prove(once, post.last(EMAIL).code)
    recover.finish(once, ANOTHER_PASSWORD, ANOTHER_PASSWORD, "")
    assert recover.state(recover.begin(EMAIL, "", "ru", "192.0.2.9", "page")).to == recover.state(begin(recover)).to
