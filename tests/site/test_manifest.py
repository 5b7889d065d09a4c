"""The manifest has one form, and every byte of the site is in it."""

import base64
import hashlib
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.directory import NO_SITE
from crypto.errors import Malformed, NotCanonical
from dropbox.site.manifest import Manifest, describe, site_hash

FILES = {"/": b"first", "/cy/": b"cyntaf", "/report": b"form", "/assets/js/a.mjs": b"script"}
MANIFEST = describe(FILES, "default-src 'none'")
DATA = MANIFEST.to_bytes()


def test_it_is_the_canonical_json_that_webcat_hashes() -> None:
    """RFC 8785: members in order, no spaces; hashes as WEBCAT writes them, unpadded base64url."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"first").digest()).rstrip(b"=").decode()
    found = json.loads(DATA)
    assert found["files"]["/"] == digest
    assert set(found) == {"files", "default_csp"}
    again = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert again.encode() == DATA


def test_a_file_that_is_changed_missing_or_more_is_named() -> None:
    assert MANIFEST.differing(FILES) == []
    assert MANIFEST.differing({**FILES, "/report": b"f0rm", "/new": b""}) == ["/new", "/report"]
    assert MANIFEST.differing({"/": b"first"}) == ["/assets/js/a.mjs", "/cy/", "/report"]


SECOND_FORMS: dict[str, Callable[[bytes], bytes]] = {
    "space": lambda data: data.replace(b":", b": ", 1),
    "order of members": lambda data: json.dumps(
        dict(sorted(json.loads(data).items(), reverse=True)), separators=(",", ":")
    ).encode(),
    "order of paths": lambda data: data.replace(b'"/":', b'"/z":', 1),
    "a path twice": lambda data: data.replace(b'{"/":', b'{"/":"' + b"A" * 43 + b'","/":', 1),
    "a path that climbs": lambda data: data.replace(b'"/report"', b'"/../rep"'),
    "a path with a query": lambda data: data.replace(b'"/report"', b'"/report?"'),
    "a path with a capital": lambda data: data.replace(b'"/report"', b'"/Report"'),
    "an escape": lambda data: data.replace(b'"/report"', b'"\\/report"'),
    "a short hash": lambda data: data.replace(b'"/cy/":"', b'"/cy/":"A'),
    "padding": lambda data: data.replace(b'"}}', b'="}}'),
    "one member more": lambda data: data[:-1] + b',"x":1}',
    "no policy": lambda data: data.replace(b"default-src 'none'", b""),
    "a list": lambda data: b"[]",
    "nothing": lambda data: b"",
    "a newline": lambda data: data + b"\n",
}


@pytest.mark.parametrize("form", SECOND_FORMS)
def test_a_second_form_is_refused(form: str) -> None:
    data = SECOND_FORMS[form](DATA)
    assert data != DATA
    with pytest.raises(Malformed):
        Manifest.from_bytes(data)


@pytest.mark.parametrize(
    "path", ["", "x", "//", "/a//b", "/.", "/a.b.c", "/a/..", "/é", "/a b", "/%2e", "/a.", "/a.JS"]
)
def test_no_site_has_a_path_with_two_spellings(path: str) -> None:
    with pytest.raises(NotCanonical):
        describe({path: b""}, "x")


def test_an_empty_manifest_is_what_a_directory_without_a_site_names() -> None:
    from crypto.files import file_hash

    assert file_hash([]) == NO_SITE
    assert site_hash(DATA) != NO_SITE


@given(st.integers(0, len(DATA) * 8 - 1))
def test_any_flipped_bit_is_another_site(bit: int) -> None:
    flipped = bytearray(DATA)
    flipped[bit // 8] ^= 1 << bit % 8
    assert site_hash(bytes(flipped)) != site_hash(DATA)
