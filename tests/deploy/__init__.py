"""The files of ``deploy/``, held against the programs that read them."""
