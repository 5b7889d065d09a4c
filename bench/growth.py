"""Whether a server with many mailboxes takes new reports as fast as one with few.

Both are filled by the store's own code, a batch in each transaction. The small one is made anew
for each round, so that it stays small.
"""

from pathlib import Path

from bench import load
from bench.budgets import (
    REPORTS_GROWTH,
    REPORTS_LARGE,
    REPORTS_MAILBOXES,
    REPORTS_SMALL,
    Result,
)
from bench.crowd import prepare
from bench.databases import IN_FILES, Databases
from bench.filling import fill
from bench.rounds import compare
from bench.scale import Scale
from bench.servers import ask_no_work, dropbox, make_data, write_key
from bench.team import Team


def measure(scale: Scale, folder: Path, databases: Databases = IN_FILES) -> list[Result]:
    """The rates at few and at many mailboxes, and their ratio."""
    team = Team.found()
    key = write_key(folder)
    few = ask_no_work(make_data(folder / "few", team, databases))
    many = ask_no_work(make_data(folder / "many", team, databases))
    fill(few, team, scale.few)
    fill(many, team, scale.many)
    with dropbox(many, key) as large:
        batches = prepare(team, large.port, scale.rounds, scale.reports, scale.at_once)

        def at_many(number: int) -> float:
            return load.run(large.port, batches[number], scale.at_once).expect(200).rate

        def at_few(number: int) -> float:
            copy = databases.copy(few, folder / f"few-{number}")
            with dropbox(copy, key) as small:
                return load.run(small.port, batches[number], scale.at_once).expect(200).rate

        compared = compare(at_many, at_few, scale.rounds)
    return [
        Result(REPORTS_MAILBOXES, scale.many),
        Result(REPORTS_SMALL, compared.other),
        Result(REPORTS_LARGE, compared.ours),
        Result(REPORTS_GROWTH, compared.ratio),
    ]
