"""The program ``dropbox-report``.

The commands are imported here and not above: loading them takes a moment, in which a person who
thinks better of it and presses Ctrl-C shall not be shown a traceback.
"""

import os
import signal
import sys


def main() -> None:
    """Run the command the arguments name, and end the process with its exit status."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(1))  # nothing has been done yet
    from dropbox.report.commands import report
    from dropbox.report.running import run_command

    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(run_command(report, sys.argv[1:], "dropbox-report"))
