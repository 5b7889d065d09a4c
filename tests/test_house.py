"""The house rules of CONTRIBUTING.md that a linter's settings cannot say."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("crypto", "dropbox", "inbox_ui")

Places = list[str]


def _run(*command: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, input=stdin, capture_output=True, text=True, check=False
    )


def _tool(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def _nodes(*packages: str) -> Iterator[tuple[str, ast.AST]]:
    """Every syntax node of the packages, with the place it stands in."""
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
                place = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
                yield place, node


def _places(rule: Callable[[ast.AST], bool], *packages: str) -> Places:
    return [place for place, node in _nodes(*packages) if rule(node)]


def _breaks(rule: Callable[[ast.AST], bool], source: str) -> bool:
    return any(rule(node) for node in ast.walk(ast.parse(source)))


# -- who imports whom ---------------------------------------------------------------------------


def test_the_import_contract_is_kept() -> None:
    result = _run(_tool("lint-imports"), "--no-cache")
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    "line",
    [
        "import random",
        "import time",
        "import logging",
        "from os import urandom",
        "from nacl.bindings import randombytes",
        "KEEP = open('x')",
    ],
)
def test_the_protocol_cannot_reach_a_clock_a_file_a_log_or_randomness(line: str) -> None:
    command = (_tool("ruff"), "check", "--no-cache", "--stdin-filename", "crypto/probe.py", "-")
    result = _run(*command, "--output-format=concise", stdin=f"{line}\n")
    assert re.search(r"\b(TID251|PTH123)\b", result.stdout), result.stdout + result.stderr


# -- what is in the repository ------------------------------------------------------------------

# In pieces, so that this file does not find itself.
_REGISTRIES = "|".join(
    re.escape(".".join(labels))
    for labels in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
    ]
)
_FOREIGN = re.compile(
    rf"(?:{_REGISTRIES})"
    r"|(?<![\w.})>$~*-])/(?:work|root|Users|home)(?:/[A-Za-z0-9]|(?=[\s'\"`:]|$))"
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://" + "pypi" + ".org/simple", True),
        ("registry." + "npmjs" + ".org", True),
        ("cd /" + "work/main", True),
        ("'/" + "home/ann/x'", True),
        ("HOME=/" + "root", True),
        ("docs.python.org, /rooted, DIR/work/x, {data}/root/x, homework/", False),
    ],
)
def test_a_foreign_host_or_path_would_be_found(text: str, found: bool) -> None:
    assert bool(_FOREIGN.search(text)) is found


def test_no_file_names_a_package_registry_or_somebodys_machine() -> None:
    tracked = _run("git", "ls-files", "-z")
    assert tracked.returncode == 0, tracked.stderr
    paths = [ROOT / name for name in tracked.stdout.split("\0") if name]
    found: Places = []
    for path in filter(Path.is_file, paths):
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            if _FOREIGN.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert found == []


_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.M)


def test_no_document_leads_to_a_file_or_a_heading_that_is_not_there() -> None:
    found: Places = []
    for name in _run("git", "ls-files", "*.md").stdout.splitlines():
        for link in _LINK.findall((ROOT / name).read_text("utf-8")):
            path, _, heading = link.partition("#")
            goal = (ROOT / name).parent / path if path else ROOT / name
            if ":" in path or (goal.exists() and (not heading or heading in _headings(goal))):
                continue
            found.append(f"{name}: {link}")
    assert found == []


def _headings(path: Path) -> set[str]:
    """The headings of a document as a link names them."""
    headings = _HEADING.findall(path.read_text("utf-8"))
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def test_every_dependency_has_its_reason_and_its_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    page = (ROOT / "docs/decisions/0001-dependencies.md").read_text("utf-8")
    for lock, wanted in {
        "requirements.lock": project["dependencies"],
        "requirements-dev.lock": project["dependencies"] + project["optional-dependencies"]["dev"],
    }.items():
        locked = (ROOT / lock).read_text("utf-8")
        for name in (re.split(r"[\[<>=]", each, maxsplit=1)[0] for each in wanted):
            assert f"\n{name}==" in "\n" + locked, f"{name} is not in {lock}: make lock"
            assert f"\n| {name} |" in page, f"{name} has no row in docs/decisions/0001"


# -- what the code may not do -------------------------------------------------------------------


def _reads_a_form(node: ast.AST) -> bool:
    """``request.post()``, which spools uploads to disk; not a client's ``session.post(url)``."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    receiver = ast.unparse(node.func.value).lower()
    return node.func.attr == "post" and (
        receiver.endswith(("request", "req")) or not (node.args or node.keywords)
    )


def _builds_sql(node: ast.AST) -> bool:
    """``text(…)`` or ``exec_driver_sql(…)`` of anything put together from strings.

    ``text`` takes a literal or a name; ``exec_driver_sql`` a literal, or the one name ``begin``,
    which stands for ``BEGIN`` and ``BEGIN IMMEDIATE``.
    """
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func)
    if called.endswith(".exec_driver_sql"):
        plain: Callable[[ast.expr], bool] = lambda each: ast.unparse(each) == "begin"  # noqa: E731
    elif called in {"text", "sa.text", "sqlalchemy.text"}:
        plain = lambda each: isinstance(each, ast.Name | ast.Attribute)  # noqa: E731
    else:
        return False
    given = [*node.args[:1], *(each.value for each in node.keywords if each.arg != "parameters")]
    return not all(isinstance(each, ast.Constant) or plain(each) for each in given)


def _swallows(node: ast.AST) -> bool:
    """A bare, ``Exception`` or ``BaseException`` handler that does nothing."""
    if not isinstance(node, ast.ExceptHandler):
        return False
    caught = ast.unparse(node.type) if node.type else "BaseException"
    return bool(re.search(r"\b(Base)?Exception\b", caught)) and all(
        isinstance(each, ast.Pass | ast.Continue)
        or (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
        for each in node.body
    )


@pytest.mark.parametrize(
    ("rule", "bad", "good"),
    [
        (_reads_a_form, "await request.post()", "await session.post(url, data=b'')"),
        (_reads_a_form, "await self.request.post()", "router.add_post('/x', handler)"),
        (_builds_sql, "text(f'DROP TABLE {x}')", "text('SELECT 1')"),
        (_builds_sql, "sa.text('SELECT ' + x)", "response.text()"),
        (_builds_sql, "sa.text('SELECT {}'.format(x))", "text(FIXED)"),
        (_builds_sql, "c.exec_driver_sql('PRAGMA %s' % x)", "text('SELECT 1' ' + 1')"),
        (_builds_sql, "text('SELECT %s' % x)", "sqlalchemy.text('SELECT 1')"),
        (_builds_sql, "text(' '.join(x))", "c.exec_driver_sql('PRAGMA x')"),
        (_builds_sql, "text(text=f'{x}')", "c.exec_driver_sql(begin)"),
        (_builds_sql, "text('a' if x else y + z)", "text('VACUUM INTO :path')"),
        (_builds_sql, "c.exec_driver_sql(f'PRAGMA {x}')", "f(text)"),
        (_builds_sql, "c.exec_driver_sql('PRAGMA ' + x)", "c.execute(select(x))"),
        (_builds_sql, "c.exec_driver_sql('{}'.format(x))", "'{}'.format(x)"),
        (_builds_sql, "c.exec_driver_sql(statement)", "c.exec_driver_sql('x', (y,))"),
        (_swallows, "try: f()\nexcept Exception: pass", "try: f()\nexcept OSError: pass"),
        (_swallows, "try: f()\nexcept: ...", "try: f()\nexcept Exception: raise X from None"),
        (_swallows, "for x in y:\n  try: f()\n  except (ValueError, Exception): continue", "f()"),
    ],
)
def test_each_rule_tells_bad_from_good(
    rule: Callable[[ast.AST], bool], bad: str, good: str
) -> None:
    assert _breaks(rule, bad)
    assert not _breaks(rule, good)


def test_the_server_never_lets_the_framework_read_a_form() -> None:
    assert _places(_reads_a_form, "dropbox") == []


def test_sql_is_never_put_together_from_strings() -> None:
    assert _places(_builds_sql, *PACKAGES) == []


def test_no_error_is_swallowed() -> None:
    assert _places(_swallows, *PACKAGES) == []
