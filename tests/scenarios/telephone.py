"""Somebody who takes calls, at the pages of the telephone in a real browser."""

from collections.abc import Mapping

from playwright.sync_api import Page, expect

from tests.scenarios.people import CASS
from tests.scenarios.stage import Reporter, Stage

_ENDED = "A new report"


class Telephone:
    """The pages of who may file and not read."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.page: Page = stage.page(CASS).open("/phone")

    def press(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).first.click()

    def begin(self, said: Mapping[str, str]) -> None:
        """A new report; ``said`` are the texts, by the names of the questions."""
        self.press("A new report")
        for name, text in said.items():
            self.page.fill(f"#{name}", text)

    def send(self) -> Reporter:
        """Send it, read the words out, hear them back, and end the call."""
        self.press("Send the report")
        expect(self.page.get_by_role("heading", name="The seven words")).to_be_visible()
        words = self.page.locator("main tbody strong:not(.tag)").all_inner_texts()
        assert len(words) == 7
        self.press("They are written down")
        for place, word in enumerate(words, 1):
            self.page.fill(f"#word-{place}", word)
        self.press("Compare")
        expect(self.page.get_by_role("heading", name="All seven are right")).to_be_visible()
        expect(self.page.locator("main")).to_contain_text("in about two weeks, and in about six")
        self.hang_up()
        return Reporter(self.stage, " ".join(words))

    def ring_again(self, words: str) -> str:
        """A caller with seven words: what of the team's is read out."""
        self.press("The caller has seven words")
        self.page.fill("#words", words)
        self.press("Open the mailbox")
        heading = self.page.get_by_role("heading", name="The caller’s mailbox")
        expect(heading).to_be_visible()
        return self.page.locator("ol.thread").inner_text()

    def answer(self, text: str) -> None:
        self.page.fill("#text", text)
        self.press("Send the answer")
        arrived = self.page.get_by_role("status").filter(has_text="The answer has arrived")
        expect(arrived).to_be_visible()

    def hang_up(self) -> None:
        self.press("End the call")
        expect(self.page.get_by_role("button", name=_ENDED)).to_be_visible()
