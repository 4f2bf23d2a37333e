"""Coverage-guided fuzzing by atheris: ``python -m tests.fuzz.with_atheris message -max_total_time=60``.

The first argument names a target, the rest goes to libFuzzer. ``make fuzz`` runs every target.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["idp.signature"]):
    from tests.fuzz.targets import TARGETS, timed


def main() -> None:
    name, *options = sys.argv[1:]
    target, seeds = TARGETS[name]
    corpus = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    for number, seed in enumerate(seeds):
        (corpus / str(number)).write_bytes(seed)
    limits = ["-timeout=2", "-rss_limit_mb=512", "-max_len=65536", f"-artifact_prefix={corpus}/"]
    atheris.Setup([sys.argv[0], *limits, *options, str(corpus)], lambda data: timed(target, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
