"""``python -m tests.deploy.quick_demo``: the demo, with forked programs (tests/nursery.py).

The same is shown by the same commands; their vaults are as cheap as those of all tests, and none
of them has to import anything.
"""

import os
import sys
from pathlib import Path

from deploy.demo import programs
from tests import nursery

_NURSERIES = {
    "dropbox-server": (nursery.SERVER, "dropbox.cli"),
    "dropbox-report": (nursery.REPORT, "dropbox.report.cli"),
    "dropbox-inbox": (nursery.INBOX, "inbox_ui.cli"),
}


def _command(program: str, *arguments: str) -> tuple[nursery.Nursery, list[str]]:
    where, module = _NURSERIES[program]
    return where, [sys.executable, "-c", f"from {module} import main; main()", *arguments]


def _run(program: str, *arguments: str, text: str = "") -> str:
    done = nursery.run(*_command(program, *arguments), text.encode())
    if done.returncode != 0:
        raise programs.Failed(f"{program} {arguments[0]}: {done.stderr.strip()}")
    return done.stdout


def _begin(program: str, *arguments: str) -> nursery.Nursling:
    return nursery.start(*_command(program, *arguments), Path(os.devnull))


vars(programs).update(run=_run, _begin=_begin)  # before the demo's other modules are imported

if __name__ == "__main__":
    from deploy.demo.__main__ import main

    sys.exit(main())
