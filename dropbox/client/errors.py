"""What can go wrong between a client and a server, sorted by whose fault it is.

``Away``      the network: no answer came. Only ``NotReached`` says that nothing arrived.
``Refused``   the server understood and said no; its :class:`~dropbox.wire.Fault` says why.
``Nonsense``  the server answered what no server of ours answers.
``Gone``      the mailbox was closed while somebody worked with it.
``BadInput``  the person in front of the program can put it right; nothing was sent.
``Unknown``   a submission may or may not have been stored; sending it again is safe.

No message holds anything a server wrote, nor any text, word or key of the person.
"""

from pathlib import Path
from typing import Final

from dropbox.wire import Fault


class ClientError(Exception):
    """The root of the tree. ``str(error)`` is one fixed sentence, at times with a name the person
    gave."""

    sentence = "It did not work."

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.sentence} {detail}".strip())


# -- the network --------------------------------------------------------------------------------


class Away(ClientError):
    """No whole answer came. It may help to try again."""

    sentence = "The server cannot be reached."


class NotReached(Away):
    """No connection was made: nothing of the request arrived anywhere."""


class Lost(Away):
    """The connection broke after it was made: the request may or may not have been carried out."""

    sentence = "The connection to the server was lost."


class NotTrusted(ClientError):
    """The server has no valid TLS certificate for its name. Trying again does not help."""

    sentence = "The connection to this server is not secure."


class ProxyFailed(NotReached):
    """The SOCKS proxy is not there, or could not reach the server."""

    sentence = "The server cannot be reached through the proxy."


# -- the server ---------------------------------------------------------------------------------


class Refused(ClientError):
    """The server refused, and said why."""

    sentence = "The server refused."

    def __init__(self, fault: Fault, wait: int = 0) -> None:
        super().__init__(f"({fault.value})")
        self.fault: Final = fault
        self.wait: Final = wait
        """Seconds after which the server wants to be asked again; 0 where it did not say."""


class Nonsense(ClientError):
    """An answer that is not of this interface: another program, a portal in between, or malice."""

    sentence = "The answer does not come from a server of this kind."


class AnswerTooLong(Nonsense):
    """More bytes than any right answer to this request has."""


class Redirected(Nonsense):
    """The server sent us elsewhere. No redirect is ever followed."""


class WrongAnswer(Nonsense):
    """The answer's status, form or content cannot be right for what was asked."""


class TooMuchWork(Nonsense):
    """The server asks for more work than any server of ours does. None of it was done."""

    sentence = "The server asks for more work than a server of this kind does."


class NotDeleted(Nonsense):
    """The server said that it deleted something, and shows that it has not, or shows it again."""

    sentence = "The server says that it was deleted, and still has it."


class Gone(ClientError):
    """The mailbox was there a moment ago and is not any more: closed by somebody else, purged."""

    sentence = "The mailbox is not there any more."


# -- a bundle ------------------------------------------------------------------------------------


class Deferred(ClientError):
    """There is no network here: it is asked with the next bundle, and answered in the one after."""

    sentence = "This waits for the next bundle."


# -- a submission -------------------------------------------------------------------------------


class Unknown(ClientError):
    """The server may have stored what was sent, and nobody could say so.

    Sending the same envelope again is safe. ``cause`` is the last thing that went wrong.
    """

    sentence = "It is not known whether the server stored this."

    def __init__(self, cause: ClientError) -> None:
        super().__init__()
        self.cause: Final = cause


# -- the person ---------------------------------------------------------------------------------


class BadInput(ClientError):
    """Something given to the program cannot be used."""


class BadAddress(BadInput):
    """Not the address of a server that may be spoken to. ``why`` is one of :class:`AddressRule`."""

    sentence = "This address cannot be used."


class BadProxy(BadInput):
    """Not the address of a SOCKS5 proxy that resolves names itself."""

    sentence = "A proxy is written like socks5h://127.0.0.1:9050."


class BadFile(BadInput):
    """A file that cannot be sent. Nothing of it is part of any report."""

    sentence = "This file cannot be sent:"

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path: Final = path


class Unreadable(BadFile):
    """It is not there or may not be read."""

    sentence = "This file cannot be read:"


class NotAFile(BadFile):
    """A directory, a pipe, a device."""

    sentence = "This is not a file:"


class EmptyFile(BadFile):
    """It has no bytes."""

    sentence = "This file is empty:"


class FileTooLarge(BadFile):
    """Larger than the team's directory allows."""

    sentence = "This file is larger than the team takes:"


class ChangedWhileSending(BadFile):
    """Its size, date or content was not the same from the first byte to the last."""

    sentence = "This file changed while it was sent:"


class CannotSave(BadInput):
    """A received file could not be written. Nothing of it is left."""

    sentence = "The file cannot be saved here:"

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path: Final = path
