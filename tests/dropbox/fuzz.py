"""``make fuzz``: every target of tests/dropbox/targets.py, led by what of our code it reaches.

    python -m tests.dropbox.fuzz [TARGET…]          all of them, or these

``SECONDS`` in the environment is how long each is fuzzed (60). What was found to lead further is
kept in ``build/fuzz/TARGET`` and begun with the next time. A crash ends it with the input's file
and exit 1; the input belongs into tests/dropbox/test_fuzz.py.
"""

import os
import subprocess
import sys
from hashlib import blake2b
from pathlib import Path
from typing import Final

import atheris

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / "build" / "fuzz"
LARGEST: Final = 8192
_ONE: Final = "--one"
_SAID: Final = 8000
"""Characters of what a fuzzer that failed has said at its end."""


def fuzz(name: str, options: list[str]) -> None:
    """Fuzz one target in this process, until libFuzzer ends it."""
    with atheris.instrument_imports(include=["crypto", "dropbox"]):
        from tests.dropbox.targets import TARGETS
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()


def sow(folder: Path) -> None:
    """Put what the vectors hold into the folder of a target's inputs."""
    from tests.dropbox.targets import seeds

    folder.mkdir(parents=True, exist_ok=True)
    for seed in set(seeds()):
        if len(seed) <= LARGEST:
            (folder / blake2b(seed, digest_size=16).hexdigest()).write_bytes(seed)


def main(names: list[str]) -> int:
    """Fuzz these targets, or all; 1 where one of them failed."""
    from tests.dropbox.targets import TARGETS

    seconds = int(os.environ.get("SECONDS", "60"))
    for name in names or TARGETS:
        folder = FOLDER / name
        sow(folder)
        limits = [f"-max_total_time={seconds}", f"-max_len={LARGEST}", "-timeout=10"]
        where = [str(folder), f"-artifact_prefix={folder.parent}/{name}-", "-verbosity=0"]
        command = [sys.executable, "-m", "tests.dropbox.fuzz", _ONE, name, *limits, *where]
        print(f"{name}: {seconds} s", flush=True)
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        if done.returncode:
            sys.stderr.write(done.stderr.decode(errors="replace")[-_SAID:])
            print(f"error: {name} failed\nhint: the input is the newest file in {FOLDER}")
            return 1
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == [_ONE]:
        fuzz(sys.argv[2], sys.argv[3:])
    sys.exit(main(sys.argv[1:]))
