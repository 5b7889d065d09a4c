"""docs/commands.md is the contract: it and the programs say the same."""

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click
import pytest

from dropbox import cli as server
from dropbox.report import commands as report
from inbox_ui import cli as inbox

PAGE = Path(__file__).parents[1] / "docs" / "commands.md"
PROGRAMS = {"dropbox-report": report, "dropbox-inbox": inbox, "dropbox-server": server}


def section(program: str) -> str:
    text = PAGE.read_text()
    start = text.index(f"## {program}:")
    return (
        text[start : text.find("\n## ", start + 1)]
        if "\n## " in text[start + 1 :]
        else text[start:]
    )


def group_of(module: object) -> click.Group:
    return next(each for each in vars(module).values() if isinstance(each, click.Group))


def commands_of(program: str) -> dict[str, click.Command]:
    """By the name a person types: ``list``, ``root split``."""
    found = {}
    for name, command in group_of(PROGRAMS[program]).commands.items():
        if isinstance(command, click.Group):
            found.update({f"{name} {each}": sub for each, sub in command.commands.items()})
        else:
            found[name] = command
    return found


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_command_and_option_is_on_the_page(program: str) -> None:
    page = section(program)
    for name, command in commands_of(program).items():
        assert re.search(rf"^\| `{name}[ `]", page, re.MULTILINE), name
        for option in command.params:
            if isinstance(option, click.Option) and "--help" not in option.opts:
                assert f"`{option.opts[0]}" in page, f"{name} {option.opts[0]}"


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_page_names_no_command_or_option_that_is_not_there(program: str) -> None:
    page = section(program)
    commands = commands_of(program)
    assert set(re.findall(r"^\| `([a-z-]+(?: [a-z-]+)?)", page, re.MULTILINE)) == set(commands)
    options = {
        each for command in commands.values() for option in command.params for each in option.opts
    }
    assert set(re.findall(r"`(--[a-z-]+)", page)) <= options


def test_every_schema_the_page_names_is_there() -> None:
    named = set(re.findall(r"\(schemas/([a-z-]+\.json)\)", PAGE.read_text()))
    there = {path.name for path in (PAGE.parent / "schemas").glob("*.json")}
    assert named == there


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_says_which_one_it_is(program: str) -> None:
    said = subprocess.run(
        [Path(sys.executable).parent / program, "--version"], capture_output=True, check=True
    )
    assert (said.stdout.decode(), said.stderr) == (f"{program} {version('sealed-dropbox')}\n", b"")
