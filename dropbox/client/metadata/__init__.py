"""What a file betrays besides what it shows, and files without it: the command line's half.

``static/js/metadata`` is the browser's. Both note the same kinds of findings, with the same words.
"""
