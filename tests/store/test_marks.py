"""Marks: a value by name, taken once and in time."""

from datetime import UTC, datetime, timedelta

from idp.store.marks import Mark, Marks

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_mark_is_what_was_set_last(database):
    marks = Marks(database)
    assert marks.get(Mark.DEMO) is None

    marks.put(Mark.DEMO, "one")
    marks.put(Mark.DEMO, "two")

    assert marks.get(Mark.DEMO) == "two"


def test_a_mark_is_taken_once_by_its_value_and_in_time(database):
    marks = Marks(database)
    marks.put(Mark.FIRST_ADMIN, "right", AT + timedelta(hours=1))

    assert not marks.take(Mark.FIRST_ADMIN, "wrong", AT)
    assert not marks.take(Mark.FIRST_ADMIN, "right", AT + timedelta(hours=1))
    assert marks.is_live(Mark.FIRST_ADMIN, "right", AT)
    assert [marks.take(Mark.FIRST_ADMIN, "right", AT) for _ in range(2)] == [True, False]
    assert not marks.is_live(Mark.FIRST_ADMIN, "right", AT)
