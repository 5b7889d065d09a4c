"""What somebody who has just started the demo may want to see first."""

from deploy.demo import casework, staff
from deploy.demo.staff import CALLS, HANDLER_A, HANDLER_B, NEITHER, SUPERVISOR


def what_to_try(case: dict[str, str]) -> tuple[str, ...]:
    """One after the other; ``case`` has what workstations call the cases of scenarios."""
    hidden, risk, drafted = staff.HIDDEN, casework.ESCALATED, casework.DRAFTED
    sent, blocked = casework.SANITISED.scenario, casework.BLOCKED.scenario
    return (
        f"Open case {case[sent]} ({sent}) as {HANDLER_A.role}: all of it is there. Then open it\n"
        f"as {NEITHER.role}, from the list All cases: the words are not there.",
        f"Look for {hidden}, {case[hidden]}, as {NEITHER.role}: it is hidden. See Interests there.",
        f"Look through the lists as {HANDLER_A.role}: a risk to life, yours, drafts, what a force\n"
        "waits for, concluded, on hold. Then at a case's log.",
        f"Open case {case[risk]} ({risk}): a risk to life, who was rung, and whom not to ring.\n"
        "On any other case press e, then Enter. Press t to assess one.",
        "Search (s) for lantern, or for envelope: it looks into all that you may read. Then see\n"
        "Marks and Other cases of what you found.",
        f"Open Intelligence reports of {case[sent]} ({sent}): the checklist, and where it went.\n"
        "The case says who agreed, and what came back. Then look at those of\n"
        f"{case[blocked]} ({blocked}) as the {SUPERVISOR.role}: it must not go to the unit\n"
        "that it is about.",
        f"As {HANDLER_B.role}, open {case[drafted]} ({drafted}): a question waits for you to read\n"
        "it. Write one yourself that says: can you find out. See what Preview says.",
        f"As {CALLS.role}, take a call, send the report, and read the words out. She has no cases.",
        f"As the {SUPERVISOR.role}, give a new report to {HANDLER_B.role}, or to {NEITHER.role}.\n"
        "Fetch there.",
        f"As the {SUPERVISOR.role}, open People and keys: change a duty, suspend somebody, see\n"
        "them refused. As anybody, open Audit: who could read what, when and why.",
        "Write as a reporter, or come back with seven words, and see who of them gets it.",
    )
