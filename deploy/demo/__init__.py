"""``make demo``: the whole round trip on this machine, with invented reports."""
