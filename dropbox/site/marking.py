"""The mark of a sentence that is read in other languages too.

``from dropbox.site.marking import marked as _`` and ``_("A sentence")`` leave the sentence as it
is: it is found by ``make languages``, and translated where it is shown, when it is known for whom.
"""


def marked(sentence: str) -> str:
    """The sentence, in English."""
    return sentence
