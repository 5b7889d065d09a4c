"""What the server keeps: rows in a database, file parts in a directory. All of it is sealed."""
