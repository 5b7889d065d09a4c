"""Opening the mailbox of some words: what every command but ``send`` begins with."""

from crypto.passphrase import Passphrase
from crypto.reporter import Conversation
from dropbox.client.visit import Visit
from dropbox.report.answers import Found
from dropbox.report.failures import NoMailbox


async def open_mailbox(visit: Visit, passphrase: Passphrase) -> Conversation:
    """The mailbox, if there is one. Raises ``NoMailbox``."""
    await visit.enter(passphrase)
    conversation = await visit.read()
    found = Found(conversation, visit.directory, visit.expired)
    if conversation.empty and not found.has_alarms:
        raise NoMailbox
    return conversation
