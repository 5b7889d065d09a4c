"""What shows each kind of file. All of it runs in the jail, and may fail in any way."""
