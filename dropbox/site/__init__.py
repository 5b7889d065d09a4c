"""What a page is made of, for the server and the workstation: layout, components, style sheet."""
