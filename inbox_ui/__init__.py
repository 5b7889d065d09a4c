"""The analysts' workstation, ``dropbox-inbox``: the only program that holds keys and opens reports.

Everything the server says is hostile here, and everything on this disk is sealed.

``passphrase``  what an analyst types;  ``sealed``  a file sealed under it
``folder``      where things lie, their permissions and the lock;  ``durable``  writing that lasts
``vault``       the analyst's and the groups' secrets;  ``founding``  how they begin
``archive``     envelopes as they came, still sealed;  ``schema``, ``rows``  its tables
``directories`` those that were seen;  ``outbox``  what waits to be delivered
``reading``     one mailbox, opened;  ``casebook``  the fold: archive → cases
``summary``     a case in a few lines;  ``snapshot``  what was folded, sealed
``casework``    what an analyst does in a case;  ``saving``  files out of it
``station``     all of these, opened;  ``line``  the way to the server
``sync``        fetching and delivering;  ``publishing``  the next directory;  ``backup``
``courier``     the pass of a machine that carries;  ``bundles``  what is carried, as files
``bundling``    a workstation without a network;  ``replay``, ``carried``  what was brought there
``carrying``    the machine that carries
``thread``      what a case shows, entry by entry
``shown``       cases for the terminal and for programs;  ``words``  every sentence a person reads
``pages``       the same for a browser on this machine: ``dropbox-inbox serve``
``cli``, ``bundle_commands``, ``options``, ``console``, ``running``   the commands
"""
