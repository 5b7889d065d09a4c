"""From an error to the two lines a person reads about it."""

from crypto import errors as crypto_errors
from crypto.errors import ProtocolError
from dropbox.client.errors import BadFile, CannotSave, ClientError, Refused, Unknown
from dropbox.client.terminal import visible_line
from dropbox.client.visit import Stage
from dropbox.report import words
from dropbox.report.failures import Explained, Stopped


def explain(error: Exception) -> Explained:
    """What to say about ``error``. Nothing a server wrote and no text of the person is in it."""
    if isinstance(error, crypto_errors.UnknownWord):
        return _unknown_word(error)
    if isinstance(error, Refused):
        return Explained(*words.FAULTS.get(error.fault, words.OTHER_FAULT))
    if isinstance(error, Stopped):
        return error.explained
    if isinstance(error, Unknown):
        return words.UNKNOWN_MESSAGE
    for kind in type(error).__mro__:
        if kind in words.SENTENCES:
            sentence, hint = words.SENTENCES[kind]
            return Explained(sentence.format(**_details(error)), hint)
    return words.BUG


def _unknown_word(error: crypto_errors.UnknownWord) -> Explained:
    nearest = ", ".join(error.nearest)
    offer = words.NEAREST.format(words=nearest) if error.nearest else words.NONE_NEAR
    sentence = words.UNKNOWN_WORD.format(word=visible_line(error.word), offer=offer)
    return Explained(sentence, words.CHECK_PAPER)


def _details(error: Exception) -> dict[str, object]:
    details: dict[str, object] = {}
    if isinstance(error, crypto_errors.WrongNumberOfWords):
        details["count"] = error.count
    if isinstance(error, BadFile | CannotSave):
        details["path"] = visible_line(str(error.path))
    if isinstance(error, ProtocolError):
        details["detail"] = str(error).removeprefix(error.sentence).strip()
    elif not isinstance(error, ClientError) and error.args:
        details["name"] = visible_line(str(error.args[0]))
    return details


def explain_unsent(error: BaseException, stage: Stage) -> Stopped:
    """What to say where nothing can have been stored: why, and how much has gone out."""
    files = stage is Stage.FILES_SENT
    if not isinstance(error, Exception):
        return Stopped(words.STOPPED_FILES if files else words.STOPPED)
    explained = explain(error)
    if isinstance(error, Stopped):
        return error
    sent = words.TEXT_NOT_SENT if files else words.NOTHING_SENT
    return Stopped(Explained(explained.error, f"{sent} {explained.hint}"))
