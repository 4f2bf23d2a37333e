"""A process that belongs to another one ends with it, even if that was killed and could tell nobody."""

import os
import threading
import time
from collections.abc import Callable

#: Names the parent to its children: one that is killed while a child starts isn't to be asked for any more.
_PARENT = "IDP_PARENT_PID"


def be_the_parent() -> None:
    """Let the processes that are started from now on end with this one."""
    os.environ[_PARENT] = str(os.getpid())


def when_the_parent_is_gone(act: Callable[[], object]) -> None:
    """Look out for it in a thread of its own; without one who said so, the parent is whoever started this process."""
    parent = int(os.environ.get(_PARENT, "0")) or os.getppid()
    threading.Thread(target=_look_out, args=(parent, act), daemon=True).start()


def _look_out(parent: int, act: Callable[[], object]) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    act()
