"""Looking at a reporter's file on the machine that holds the keys (docs/decisions/0012).

``seeing``   what the pages and commands ask: bytes in, a ``Sight`` out;  ``sight`` what that is
``child``    the process of one file: closes its jail, and only then reads a byte
``jail``     what that process can no longer do;  ``syscalls`` the kernel's calls that make it so
``keeper``   starts that process, waits no longer than it may, and ends it;  ``walls`` around it
``frames``   the only things it can say;  ``png`` pictures, made anew here from what it says
``kinds``    what a file is by its bytes;  ``readers`` what shows each kind, in the jail
``limits``   every number;  ``words`` every sentence
"""
