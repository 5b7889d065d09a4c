"""A workstation in a browser, with cases of every kind."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from crypto.constants import ID, SECRET
from crypto.directory import Directory
from crypto.documents import Answer, Category, Sealed
from crypto.files import FileManifest, file_hash, padded_size, part_hash
from crypto.joining import sign_request
from crypto.keys import AnalystSecret
from crypto.reporter import Draft
from crypto.roster import Duty
from crypto.signed import split
from inbox_ui import casework
from tests.inbox_ui.conftest import garbage
from tests.inbox_ui.served import PASSPHRASE, Served, Shop
from tests.payloads import PAYLOADS
from tests.simulator import _File

_TOGETHER = 20


def make_shop(folder: Path) -> Shop:
    """A report with answers and a file, a conversation with a note, one that is sealed on arrival
    and has an alarm, and some short ones."""
    shop = Shop(folder)
    shop.report(
        Draft(
            "My husband is a PC. Tonight he said he would bring it home.\n\nHe looks at my phone.",
            categories=(Category.PARTNER,),
            forces=("demo-wessendale",),
            answers=(Answer("how-known", "I live with him."), Answer("who-else", "About two.")),
            files=(put_file(shop, "messages.txt"),),
        )
    )
    money = Category.INFLUENCE
    ann = shop.report(
        Draft("A constable prints checks.", categories=(money,), forces=("demo-calder",))
    )
    desk = shop.desk
    desk.sync()
    [case] = [each for each in desk.cases() if each.forces == "demo-calder"]
    read = casework.newest_read(desk.station, case.name)
    casework.reply(desk.station, case, "Thank you. How do you know?", "en", read)
    casework.note(desk.station, case, "Calder CCU may not see this.")
    desk.sync()
    ann.write("I saw an envelope change hands twice.")
    odd = shop.report(Draft("Typed without scripts.", sealed=Sealed.ON_ARRIVAL, language="cy"))
    shop.server.add(garbage(odd.address))
    for number in range(4):
        shop.report(Draft(f"Invented report {number}.", categories=(Category.OTHER,)))
    return shop.close()


def make_hostile_shop(folder: Path) -> Shop:
    """Every payload as text, as an answer, and as the name and kind of a file."""
    shop = Shop(folder)
    for at in range(0, len(PAYLOADS), _TOGETHER):
        some = PAYLOADS[at : at + _TOGETHER]
        shop.report(
            Draft(
                "\n".join(some),
                answers=tuple(Answer(f"q{n:02}", each) for n, each in enumerate(some)),
                files=tuple(put_file(shop, each, each) for each in some),
            )
        )
    return shop.close()


def put_file(shop: Shop, name: str, kind: str = "text/plain") -> FileManifest:
    """A file that the server has, and that opens for nobody."""
    part, file = b"no part of ours", secrets.token_bytes(ID)
    shop.server.files[file] = _File(b"", 1, {0: part})
    key, hash_ = secrets.token_bytes(SECRET), file_hash([part_hash(part)])
    return FileManifest(name, kind, 7, padded_size(7), file, key, hash_)


def make_request(vault: Path) -> tuple[Path, str]:
    """Somebody's request to join the team of ``vault``, and their fingerprint."""
    team = Directory.from_bytes(split((vault / "directory.signed").read_bytes())[1])
    secret = AnalystSecret.generate(secrets.token_bytes)
    paper = vault.with_name("somebody.request")
    paper.write_bytes(sign_request(secret, team.service, "w" * 60, (Duty.ANALYST,)))
    return paper, secret.keys.card.fingerprint


@dataclass
class Visitor:
    """A browser that has come in and unlocked. ``context`` has the cookie."""

    served: Served
    context: BrowserContext
    page: Page

    def open(self, path: str) -> Page:
        self.page.goto(self.served.origin + path)
        return self.page

    def cases(self) -> list[str]:
        """The names of all cases on the first page of the list."""
        self.open("/queue/all/1")
        return self.page.locator("[data-row]").all_inner_texts()

    def case_with(self, text: str) -> str:
        for name in self.cases():
            if text in self.open(f"/case/{name}").locator("main").inner_text():
                return name
        raise AssertionError(text)


def come_in(browser: Browser, served: Served, **how: object) -> Visitor:
    """Use the one-time key, in a new context."""
    context = browser.new_context(**how)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(served.address)
    return Visitor(served, context, page)


def unlock(page: Page, passphrase: str = PASSPHRASE) -> None:
    page.fill("#passphrase", passphrase)
    with page.expect_navigation():
        page.click("main button")


def again(browser: Browser, visitor: Visitor, **how: object) -> Visitor:
    """Another context of the same browser: with the cookie, and with other settings."""
    state = visitor.context.storage_state()
    context = browser.new_context(storage_state=state, **how)  # type: ignore[arg-type]
    return Visitor(visitor.served, context, context.new_page())


def watch(page: Page, origin: str) -> list[str]:
    """Grows by every dialog, request elsewhere, error and refusal of the policy on ``page``."""
    seen: list[str] = []
    said = ("error", "warning")
    page.on("dialog", lambda dialog: (seen.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda each: None if each.url.startswith(origin) else seen.append(each.url))
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("console", lambda each: seen.append(each.text) if each.type in said else None)
    return seen
