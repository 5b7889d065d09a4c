"""The one exception with which a rule of the store, or of the interface, refuses a request."""

from dropbox.wire import Fault


class Refused(Exception):
    """A request was understood and is not done. Holds the fault the client is told.

    ``wait`` is after how many seconds to try again; 0 leaves it to the fault (``limits.WAITS``).
    """

    def __init__(self, fault: Fault, wait: int = 0) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.wait = wait


class Unsettled(Refused):
    """It is not known whether the request was done: the commit was under way when it broke.

    What a refusal would undo has to be left as it is, since a row may name it.
    """
