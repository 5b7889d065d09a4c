"""The lane without scripts: the server plays the reporter, seals on arrival, and forgets (§10).

Everything here runs in a process that serves one connection, gives one answer, and ends.
"""
