"""The loop of the jobs: a failure is no end, a slow one holds nobody up, a stop is heard."""

import threading

from idp.jobs.run import Job, run


def test_a_job_that_fails_is_tried_again_and_the_others_go_on(caplog) -> None:
    stop, others, tries = threading.Event(), threading.Event(), []

    def fails() -> None:
        tries.append(1)
        if len(tries) == 3 and others.wait(10):
            stop.set()
        raise ValueError("today not")

    run([Job("fails", fails, 0.001), Job("works", others.set, 0.001)], stop)

    assert len(tries) == 3
    assert [record.message for record in caplog.records] == ["the job fails failed"] * 3


def test_a_slow_job_does_not_hold_up_the_others() -> None:
    stop, release, turns = threading.Event(), threading.Event(), []

    def quick() -> None:
        turns.append(1)
        if len(turns) == 5:
            release.set()
            stop.set()

    run([Job("slow", lambda: release.wait(10), 0.001), Job("quick", quick, 0.001)], stop)

    assert len(turns) == 5


def test_nothing_runs_after_the_stop_and_what_is_under_way_is_finished() -> None:
    stop, done = threading.Event(), []

    def work() -> None:
        stop.set()
        done.append("finished")

    run([Job("work", work, 0)], stop)
    run([Job("late", lambda: done.append("late"), 0)], stop)

    assert done == ["finished"]
