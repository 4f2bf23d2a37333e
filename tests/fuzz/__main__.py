"""``python -m tests.fuzz --seconds 60``: Hypothesis at length, then atheris for so many seconds on each target."""

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile

from tests.fuzz.targets import TARGETS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="atheris's time for each target")
    parser.add_argument("--examples", type=int, default=3000, help="Hypothesis's examples for each target")
    wanted = parser.parse_args()
    commands = [[sys.executable, "-m", "pytest", "-q", "--timeout=3600", "tests/fuzz"]]
    if importlib.util.find_spec("atheris") is None:
        print("atheris has no wheel for this Python and machine: Hypothesis runs alone", file=sys.stderr)
    else:
        commands += [
            [sys.executable, "-m", "tests.fuzz.with_atheris", name, f"-max_total_time={wanted.seconds}"]
            for name in TARGETS
        ]
    with tempfile.TemporaryDirectory() as folder:  # corpora go with it; what breaks something is printed in base64
        environment = {**os.environ, "FUZZ_EXAMPLES": str(wanted.examples), "TMPDIR": folder}
        return max(subprocess.run(command, env=environment, check=False).returncode for command in commands)


if __name__ == "__main__":
    sys.exit(main())
