"""The workstation's pages, ``dropbox-inbox serve``: for one analyst's browser on this machine.

``serving``  the process that holds the socket and knows nothing;  ``door`` who may come in
``sitting``  one process from locked to locked: when it locks, it ends, and all it knew with it
``gate``     what a request has to be;  ``headers``  what every answer carries
``connection`` a connection that says nothing of its own
``routes``   every route there is;  ``app``  routes and gate as a web application
``desk``     the opened workstation;  ``courier``  fetches and delivers meanwhile
``queues``   which cases a list shows;  ``forms``  what a form holds
``entry``, ``inbox``, ``case``, ``files``, ``looking``, ``redacting``, ``writing``, ``team``,
``handling``, ``people``, ``log``, ``concerns``, ``assessing``, ``escalating`` the handlers
``ready``    which reports may go
``wishes``   what becomes of a case;  ``looks`` files that were looked at
``redactions``  what is blacked out in their pictures
``call``, ``answers``  what they are given and give;  ``frame`` what stands around every page
``words``    sentences that are not in a template
"""
