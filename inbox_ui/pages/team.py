"""The team as everybody sees it, its directory, and the backup of this workstation."""

from dataclasses import dataclass

from inbox_ui import backup
from inbox_ui.errors import InboxError
from inbox_ui.pages import words
from inbox_ui.pages.answers import Answer, Goto, Page
from inbox_ui.pages.call import Call
from inbox_ui.pages.inbox import Backup, newest_backup
from inbox_ui.publishing import may_publish
from inbox_ui.station import Station


@dataclass(frozen=True)
class Team:
    """The team's page. Fingerprints are in groups of four, to be read aloud."""

    name: str
    origins: tuple[str, ...]
    expires: str
    days_left: int
    can_renew: bool
    root: tuple[str, ...]
    analyst: tuple[str, ...]
    vault: str
    backup: Backup
    goal: str
    backup_error: str
    made: str


async def show_team(call: Call) -> Answer:
    """The team's page."""
    return await _page(call, "", "", 200)


async def renew(call: Call) -> Answer:
    """Sign the next directory and publish it."""
    await call.unlocked.courier.renew()
    return Goto("/team")


async def make_backup(call: Call) -> Answer:
    """A backup to a path. No file is replaced."""
    typed = call.form.line("goal")
    goal, folder = call.form.whole_path("goal"), call.sitting.plan.place.folder
    if goal is None:
        return await _page(call, typed, words.NOT_ABSOLUTE, 400)

    def act(station: Station) -> None:
        with folder.locked():
            backup.back_up(folder, station.archive, goal)
        backup.remember_day(folder, station.today())

    try:
        await call.at_desk(act)
    except InboxError as error:
        return await _page(call, typed, words.explain(error).error, 400)
    return await _page(call, "", "", 200, made=str(goal))


async def _page(call: Call, goal: str, error: str, status: int, made: str = "") -> Page:
    place = call.sitting.plan.place

    def look(station: Station) -> Team:
        directory, today = station.seen.directory, station.today()
        suggested = place.folder.path.with_name(f"{place.folder.path.name}-{today}.backup")
        return Team(
            name=directory.name,
            origins=directory.origins,
            expires=str(directory.last_day),
            days_left=(directory.last_day - today).days,
            can_renew=may_publish(station.vault, directory, today),
            root=in_groups(directory.root_card.fingerprint),
            analyst=in_groups(station.vault.analyst_secret.keys.card.fingerprint),
            vault=str(place.folder.path),
            backup=newest_backup(place, station),
            goal=goal or str(suggested),
            backup_error=error,
            made=made,
        )

    return Page("team.html", await call.at_desk(look), status)


def in_groups(fingerprint: str) -> tuple[str, ...]:
    """A fingerprint in groups of four, to be read aloud."""
    return tuple(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))
