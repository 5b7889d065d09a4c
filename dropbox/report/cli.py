"""The program ``dropbox-report``.

The commands are imported here and not above: loading them takes a moment, in which a person who
thinks better of it and presses Ctrl-C shall not be shown a traceback.
"""

import sys


def main() -> None:
    """Run the command the arguments name, and end the process with its exit status."""
    try:
        from dropbox.report.commands import report
        from dropbox.report.running import run_command
    except KeyboardInterrupt:
        sys.exit(1)
    sys.exit(run_command(report, sys.argv[1:], "dropbox-report"))
