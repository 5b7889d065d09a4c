"""The pages that say that something is wrong, as they are served."""

from dropbox.plain import words
from dropbox.plain.rendering import load_pages, trouble_page
from dropbox.site.languages import read_languages

LANGUAGES = read_languages()


def trouble_pages() -> set[bytes]:
    """The bodies of all of them."""
    pages = load_pages()
    troubles = [each for each in vars(words).values() if isinstance(each, words.Trouble)]
    made = [trouble_page(pages, each, 400, spoken) for each in troubles for spoken in LANGUAGES]
    return {bytes(page.body or b"") for page in made}  # type: ignore[arg-type]
