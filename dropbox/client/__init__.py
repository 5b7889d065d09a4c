"""The client library for the server's interface: for reporters and for the team's workstation.

Everything a server says is hostile here: lengths, forms and orders are checked before use, and
what matters is signed inside the envelopes and checked by ``crypto``.

``errors``      what can go wrong, by whose fault
``origins``     the address of a server, as a browser writes it
``transport``   one request and its answer, as an interface; ``http`` is the real one
``retry``       the same request again over a broken connection;  ``working`` for a place
``submission``  envelopes on their way to the server;  ``listing``  envelopes that come back
``service``     a typed call for every route, logging in by itself
``paging``      which page follows another;  ``likeness``  which requests do the same
``directory``   the directory, checked against a pinned root
``source``, ``upload``, ``download``, ``names``   files
``visit``       what a reporter does: report, look, answer
``wordlist``    the words of a passphrase
``terminal``    text of others made safe to print
"""
