"""The first counts of a process come from many threads at once: the jobs' threads died of it, and no letter left."""

import subprocess
import sys

SCRIPT = """
import threading
from idp.kernel.metrics import job_ran

ready, done = threading.Barrier(8), []

def count():
    ready.wait()
    job_ran("deliver", succeeded=True)
    done.append(True)

threads = [threading.Thread(target=count) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(len(done))
"""


def test_all_of_them_are_counted():
    ran = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=True)

    assert (ran.stdout.strip(), ran.stderr) == ("8", "")
