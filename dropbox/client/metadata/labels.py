"""What was found in a file, as people read it."""

from typing import Final

from dropbox.client.metadata.findings import Kind

# The same as in the pages: dropbox/site/templates/pages/_findings.html.
FINDINGS: Final[dict[Kind, str]] = {
    Kind.PLACE: "Where it was made",
    Kind.MAY_PLACE: "Films and photos often hold the place. We did not find it; it may be there",
    Kind.AUTHOR: "Who made it",
    Kind.SAVED_BY: "Who saved or printed it last",
    Kind.ORGANISATION: "A place of work",
    Kind.MANAGER: "The name of a boss",
    Kind.PEOPLE: "Who sent it and who got it",
    Kind.NETWORK: "The way it took, with names and numbers of computers",
    Kind.DEVICE: "The phone, camera or other device",
    Kind.SERIAL: "The number of one single device",
    Kind.PRINTER: "The name of a printer",
    Kind.PATH: "A folder on a computer. It can hold a name",
    Kind.TEMPLATE: "What it was made from",
    Kind.COMMENTERS: "Who wrote notes in it",
    Kind.CHANGES: "Old text that was changed, and who changed it",
    Kind.HIDDEN_SHEETS: "A hidden sheet",
    Kind.ATTACHMENTS: "Other files in it",
    Kind.SCRIPT: "A small program in it",
    Kind.THUMBNAIL: "A small copy of the picture. It can show what was cut off",
    Kind.SECOND_PICTURE: "A second picture",
    Kind.TRAILING: "More data after the end of the picture",
    Kind.DATE: "When it was made, changed or sent",
    Kind.SOFTWARE: "The program it was made with",
    Kind.TITLE: "A title, a note or key words",
    Kind.COMMENT: "A comment",
    Kind.HISTORY: "How often it was changed, or what it was before",
    Kind.IDENTIFIER: "A number that all copies of it share",
    Kind.PROFILE: "The colours of one screen or scanner. Without them it may look a bit different",
    Kind.OTHER: "Other hidden data that we do not know",
    Kind.UNREAD: "A part that we could not read. It may hold more",
}
