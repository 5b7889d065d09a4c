"""Somebody with a browser and no scripts: the form as a browser sends it."""

import asyncio
import re
from html import unescape

import aiohttp

from deploy.demo.corpus import Scenario
from deploy.demo.programs import Failed
from dropbox.site.languages import find_language
from dropbox.site.pages import plain_address

_TICKET = re.compile(r'name="ticket" value="([^"]+)"')
_WORDS = re.compile(r'<ol class="words">(.*?)</ol>', re.DOTALL)
_WORD = re.compile(r"<li>([a-z]+)</li>")


def send_form(origin: str, scenario: Scenario) -> str:
    """Report by the page without scripts: the seven words that it showed first."""
    return asyncio.run(_send(origin, scenario))


async def _send(origin: str, scenario: Scenario) -> str:
    language = find_language(scenario.language)
    form_page = f"{origin}{plain_address('start', language)}"
    cookies = aiohttp.CookieJar(unsafe=True)  # the demo has no name, only an address
    async with aiohttp.ClientSession(headers={"Origin": origin}, cookie_jar=cookies) as browser:
        async with browser.get(form_page) as page:
            shown = await page.text()
        ticket, listed = _TICKET.search(shown), _WORDS.search(shown)
        if ticket is None or listed is None:
            raise Failed("the page has no words on it")
        form = _fill(scenario, unescape(ticket[1]))
        async with browser.post(form_page, data=form) as page:
            if language.say("Your report has arrived") not in await page.text():
                raise Failed("the page did not take the report")
        return " ".join(_WORD.findall(listed[1]))


def _fill(scenario: Scenario, ticket: str) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    form.add_field("ticket", ticket)
    form.add_field("text", scenario.text)
    form.add_field("category", scenario.category)
    form.add_field("language", scenario.language)
    for name, force in zip(("force", "force-2"), scenario.forces, strict=False):
        form.add_field(name, force)
    for question, answer in scenario.answers:
        form.add_field(question, answer)
    form.add_field("track", "confidential" if scenario.contact else "anonymous")
    if scenario.contact:
        form.add_field("contact", scenario.contact)
        form.add_field("sure", "yes")
    for each in scenario.attachments:
        form.add_field("files", each.content, filename=each.name)
    return form
