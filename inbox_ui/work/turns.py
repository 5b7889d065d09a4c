"""How often a reporter brought something new after being asked.

Who calls a line of this kind once is nobody's agent. Who is asked again and again, and comes back
with more each time, may have become one, without anybody having meant it: in law a
covert human intelligence source.
"""

from crypto.documents import Message, Reply
from crypto.envelope import Chain
from inbox_ui.reading import OpenCase
from inbox_ui.work.templates import asks


def count_turns(case: OpenCase) -> int:
    """Turns of a case: a question, and then something new from the reporter who had seen it.

    Every reply counts as a question but the wordings that ask nothing. Several questions before one
    message are one turn, and so are several messages after one question. What the reporter had seen
    is the reporter's own signed word.
    """
    questions = [
        entry.seq
        for entry in case.file.of(Chain.TEAM)
        if isinstance(entry.payload, Reply) and asks(entry.payload.text)
    ]
    turns, answered = 0, -1
    for entry in case.file.of(Chain.REPORTER):
        seen = entry.payload.seen if isinstance(entry.payload, Message) else None
        if seen is not None and any(answered < each <= seen.seq for each in questions):
            turns, answered = turns + 1, seen.seq
    return turns
