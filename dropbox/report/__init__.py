"""``dropbox-report``: a reporter's command line. It keeps nothing and writes nothing to the disk.

``cli``      the program;  ``commands`` what it can do;  ``options`` how it is told to
``places``   what the options name: a server, files, texts; everything checked before a connection
``console``  what is said while it runs, on stderr
``answers``  what is found, on stdout, for people and as JSON
``words``    every sentence a person reads; ``explaining`` chooses among them for an error
``failures`` what can go wrong besides what the library knows;  ``running`` and exit codes
"""
