"""The pages that say that something is wrong, as they are served."""

from dropbox.plain import words
from dropbox.plain.call import load_pages, trouble_page


def trouble_pages() -> set[bytes]:
    """The bodies of all of them."""
    pages = load_pages()
    troubles = [each for each in vars(words).values() if isinstance(each, words.Trouble)]
    return {bytes(trouble_page(pages, each, 400).body or b"") for each in troubles}  # type: ignore[arg-type]
