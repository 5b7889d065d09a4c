"""Measurements, each held against a budget. ``docs/measuring.md`` says how numbers are taken.

``budgets``   every number there is, its unit and its limit: the one table
``scale``     how much of everything is done
``rounds``    two things measured in turn
``team``, ``crowd``   an invented team, and reporters who are logged in
``filling``, ``corpus``   a server and a workstation's archive that hold much already
``servers``   the real server and the bare one it is compared with (``bare``), as processes
``load``      the load generator
``reports``, ``growth``, ``transfers``, ``opening``, ``sealing``, ``inbox``, ``assigning``,
``catching_up``, ``joining``, ``floods``, ``previews``   one kind of number each
``soak``      no number: the server is killed under load, and nothing may be lost
"""
