"""How many new reports a second one worker takes, each on the disk before its receipt.

One POST makes the mailbox and stores its first report, with every check; the proof of work alone is
switched off, which is there to keep such a rate from coming about. The bare handler is given the
very same requests.
"""

from pathlib import Path

from bench import load
from bench.budgets import REPORTS, REPORTS_BARE, REPORTS_RATIO, Result
from bench.crowd import prepare
from bench.databases import IN_FILES, Databases
from bench.rounds import compare
from bench.scale import Scale
from bench.servers import ask_no_work, bare, dropbox, make_data, write_key
from bench.team import Team


def measure(scale: Scale, folder: Path, databases: Databases = IN_FILES) -> list[Result]:
    """The rates and their ratio."""
    team = Team.found()
    data = ask_no_work(make_data(folder / "reports", team, databases))
    with dropbox(data, write_key(folder)) as server, bare(folder) as other:
        batches = prepare(team, server.port, scale.rounds, scale.reports, scale.at_once)

        def ours(number: int) -> float:
            return load.run(server.port, batches[number], scale.at_once).expect(200).rate

        def theirs(number: int) -> float:
            return load.run(other.port, batches[number], scale.at_once).expect(204).rate

        compared = compare(ours, theirs, scale.rounds)
    return [
        Result(REPORTS, compared.ours),
        Result(REPORTS_BARE, compared.other),
        Result(REPORTS_RATIO, compared.ratio),
    ]
