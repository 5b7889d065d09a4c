"""What the process of one file is started in: bubblewrap, where it is there and works.

Inside there is the system's code, Python's and ours, to be read; no home, no network, no other
process. Where there is no bubblewrap, the process makes what it can of that itself (``jail``).
"""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

import inbox_ui

_WHERE: Final = "/usr/bin:/bin:/usr/local/bin"
_SYSTEM: Final = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache")
_PATIENCE: Final = 10.0
_PACKAGES: Final = Path(inbox_ui.__file__).parents[1]


@cache
def find_outer() -> tuple[str, ...]:
    """How a command line begins so that it runs in bubblewrap; empty where that does not work."""
    program = shutil.which("bwrap", path=_WHERE)
    if program is None:
        return ()
    outer = (program, *_options())
    try:
        done = subprocess.run(
            [*outer, *python(), "-c", ""],
            env={}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=_PATIENCE, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return outer if done.returncode == 0 else ()


def python() -> tuple[str, ...]:
    """Python, that looks at no variable, no home and no folder that it is started in."""
    return (sys.executable, "-I", "-B")


def _options() -> list[str]:
    options = ["--unshare-all", "--die-with-parent", "--clearenv", "--cap-drop", "ALL"]
    for each in _SYSTEM:
        options += ["--ro-bind-try", each, each]
    for each in dict.fromkeys((sys.base_prefix, sys.prefix, *_ours())):
        options += ["--ro-bind", each, each]
    return [*options, "--chdir", "/", "--"]


def _ours() -> list[str]:
    """The folders of our packages; nothing of what may lie beside them."""
    return [str(_PACKAGES / each) for each in ("crypto", "dropbox", "inbox_ui")]
