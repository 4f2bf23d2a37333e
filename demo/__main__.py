"""``python -m demo``: the whole city with one command. ``make run`` calls it."""

import argparse
import os
import sys
from pathlib import Path

from demo.place import DisputedPlace, Place
from demo.start import start


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo", description="Start the provider and the demo city.")
    parser.add_argument("--host", default="localhost", help="the name that browsers call this machine by")
    parser.add_argument("--port", type=int, default=8000, help="the first of a block of nine ports")
    parser.add_argument("--data", type=Path, default=Path("var"), help="the folder for everything that is written")
    parser.add_argument("--fresh", action="store_true", help="forget what an earlier run left in that folder")
    parser.add_argument("--with-parent", action="store_true", help="end when the process that started this one is gone")
    given = parser.parse_args()
    os.umask(0o077)  # secrets and passwords lie in the data folder
    try:
        place = Place.of(given.host, given.port, given.data)
        return start(place, fresh=given.fresh, with_parent=given.with_parent)
    except DisputedPlace as trouble:
        print(trouble, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
