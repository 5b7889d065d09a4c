"""The process of one file: what it cannot do, and what becomes of one that is hostile all through.

Each test starts real processes. What they run in place of our readers is what an attacker would who
has taken one over: it has closed the jail, because nothing is read before that, and then it tries.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from inbox_ui.preview import limits
from inbox_ui.preview.jail import Wall
from inbox_ui.preview.keeper import Ended, Kept, sealed
from inbox_ui.preview.seeing import Task, command, listen, see, see_file
from inbox_ui.preview.sight import Failure, Kind, Note
from inbox_ui.preview.walls import find_outer, python
from tests import samples
from tests.needs import needs

OUTER = {"alone": False, "in bubblewrap": True}
ATTEMPTS = {
    "open a file": 'open("/etc/passwd")',
    "open its own file again": 'open("/proc/self/fd/0")',
    "make a file": 'open("/tmp/made-in-jail", "w")',
    "list a folder": 'os.listdir("/")',
    "look at a file": 'os.stat("/etc/passwd")',
    "a connection over IP": "socket.socket(socket.AF_INET)",
    "a connection on this machine": "socket.socket(socket.AF_UNIX)",
    "a pair of connections": "socket.socketpair()",
    "a child": "os.fork()",
    "a thread": "_thread.start_new_thread(print, ())",
    "another program": 'os.execv("/bin/sh", ["sh"])',
    "a signal to its parent": "os.kill(os.getppid(), 9)",
    "a signal to everybody": "os.kill(-1, 9)",
    "code of its own": "mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)",
    "more memory than it may": "call(libc.prlimit, 0, 9, 0, 0)",
    "tracing": "call(libc.ptrace, 16, os.getppid(), 0, 0)",
    "reading another's memory": "call(libc.process_vm_readv, os.getppid(), 0, 0, 0, 0, 0)",
    "a filter of its own": "call(libc.prctl, 22, 2, 0, 0, 0)",
    "a namespace": "call(libc.unshare, 0x10000000)",
    "a memory file": 'os.memfd_create("another")',
    "a terminal": "fcntl.ioctl(0, 0x5412, b'x')",
    "BPF": "call(libc.syscall, 321, 0, 0, 0)",
    "io_uring": "call(libc.syscall, 425, 1, 0)",
}
TRYING = """
import _thread, ctypes, errno, fcntl, json, mmap, os, resource, socket
from inbox_ui.preview import jail
libc = ctypes.CDLL(None, use_errno=True)
def call(function, *arguments):
    if function(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "")
walls = jail.close()
said = {"walls": sorted(walls)}
for name, attempt in %r.items():
    try:
        eval(attempt)
        said[name] = "done"
    except OSError as error:
        said[name] = errno.errorcode[error.errno]
    except Exception as error:
        said[name] = type(error).__name__
os.write(1, json.dumps(said).encode())
os._exit(0)
"""


def _program(source: str) -> tuple[str, ...]:
    return (*python(), "-c", source)


def _close_then(source: str) -> tuple[str, ...]:
    """What has closed its jail as it should, and said so, and then does ``source``."""
    before = (
        "import _thread, os; from inbox_ui.preview import jail; "
        "from inbox_ui.preview.saying import Say; "
        "from dropbox.client.metadata.findings import Finding, Kind as Finds; "
        "from inbox_ui.preview.sight import *; from inbox_ui.preview.frames import *\n"
        "lock, say = _thread.allocate_lock(), Say(1); say.walls(jail.close())\n"
    )
    return _program(before + source)


@pytest.fixture(scope="module", params=OUTER.values(), ids=OUTER)
def tried(request: pytest.FixtureRequest) -> dict[str, object]:
    """What each attempt came to."""
    outer: tuple[str, ...] = ()
    if request.param:
        needs("bwrap")
        outer = find_outer()
        if not outer:
            pytest.skip("the kernel lets nobody make namespaces here")
    done = subprocess.run(
        [*outer, *_program(TRYING % ATTEMPTS)], capture_output=True, env={}, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, object] = json.loads(done.stdout)
    return said


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_once_it_is_closed_nothing_can_be_done_but_to_answer(
    tried: dict[str, object], attempt: str
) -> None:
    assert tried[attempt] in ("EPERM", "RuntimeError" if attempt == "a thread" else "EPERM")


def test_the_calls_are_forbidden_wherever_it_is_started(tried: dict[str, object]) -> None:
    walls = tried["walls"]
    assert isinstance(walls, list)
    assert Wall.CALLS in walls


# -- what it is given -----------------------------------------------------------------------------


def test_it_is_given_the_file_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "of the parent")
    source = "import os; os.write(1, repr((sorted(os.listdir('/proc/self/fd')), dict(os.environ), \
os.getcwd())).encode().ljust(4096))"
    with Path("/dev/null").open("rb") as opened:
        fcntl.fcntl(opened, fcntl.F_SETFD, 0)  # one that would be handed on
        with sealed(b"a file") as file, Kept(_program(source), file) as kept:
            said = kept.read(4096).decode()
    files, variables, folder = eval(said)
    assert [each for each in files if int(each) > 2] == ["3"]  # the listing itself
    assert not {"A_SECRET", "HOME", "PATH"} & set(variables)
    assert folder == "/"


def test_in_bubblewrap_there_is_no_home_and_no_other_process() -> None:
    needs("bwrap")
    if not find_outer():
        pytest.skip("the kernel lets nobody make namespaces here")
    source = "import os; print(os.listdir('/'), os.getpid())"
    done = subprocess.run(
        [*find_outer(), *_program(source)], capture_output=True, text=True, check=True
    )
    listed, _, pid = done.stdout.strip().rpartition(" ")
    assert not {"etc", "home", "proc", "tmp", "var", "work"} & set(eval(listed)) - {
        Path(sys.base_prefix).parts[1], Path(sys.prefix).parts[1], "etc",
    }  # fmt: skip
    assert int(pid) <= 2


def test_the_bytes_it_reads_cannot_be_changed_any_more() -> None:
    with sealed(b"a file") as file:
        with pytest.raises(PermissionError):
            os.write(file, b"another")
        with pytest.raises(PermissionError):
            os.truncate(file, 1)
        assert os.read(file, 100) == b"a file"


# -- where it does not hold -----------------------------------------------------------------------

DENYING = """
import ctypes, os, struct, sys
libc = ctypes.CDLL(None)
lines = [(0x20, 0, 0, 0), (0x15, 0, 3, 157), (0x20, 0, 0, 16), (0x15, 0, 1, 22),
         (0x06, 0, 0, 0x00050016), (0x06, 0, 0, 0x7FFF0000)]
code = b"".join(struct.pack("=HBBI", *each) for each in lines)
class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))
libc.prctl(38, 1, 0, 0, 0)
assert libc.prctl(22, 2, ctypes.byref(Program(len(lines), code)), 0, 0) == 0
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_a_kernel_that_cannot_forbid_calls_means_that_nothing_is_read() -> None:
    without = (*_program(DENYING), *python(), "-m", "inbox_ui.preview.child", "look", "0")
    with sealed(b"words of a reporter") as file:
        assert listen(without, file).failure is Failure.NO_JAIL
        assert listen(without, file).texts == ()
        assert os.lseek(file, 0, os.SEEK_CUR) == 0  # the place is shared: nothing was read


def test_what_does_not_say_that_its_jail_is_closed_is_not_listened_to() -> None:
    says = "from inbox_ui.preview.saying import *; say = Say(1); say.note(Note.DAMAGED); say.end()"
    with sealed(b"") as file:
        heard = listen(_program(says), file)
    assert heard.failure is Failure.NO_JAIL
    assert heard.notes == ()


# -- what is hostile all through ------------------------------------------------------------------

HOSTILE = {
    "hangs": ("lock.acquire(); lock.acquire()", Failure.TOO_LATE),
    "hangs busily": ("while True: pass", Failure.TOO_LATE),
    "ends": ("os._exit(0)", Failure.ENDED),
    "crashes": ("os.abort()", Failure.ENDED),
    "forks": ("os.fork()", Failure.ENDED),
    "eats memory": ("keep = []\nwhile True: keep.append(bytearray(1 << 24))", Failure.ENDED),
    "says nonsense": ("os.write(1, b'nonsense' * 1000)", Failure.GARBLED),
    "says a sentence of its own": ("say._say(Frame(Tag.NOTE, 'obey', 'me'))", Failure.GARBLED),
    "says a picture of other rows": (
        "say._say(Frame(Tag.PICTURE, data=bytes(7), width=2, height=2))", Failure.GARBLED,
    ),
    "says a picture without end": (
        "say._say(Frame(Tag.PICTURE, data=b'', width=65000, height=65000))", Failure.GARBLED,
    ),
    "says a frame of 4 GiB": ("os.write(1, b'T\\xff\\xff\\xff\\xff')", Failure.GARBLED),
    "says half a frame": ("os.write(1, b'T\\0\\0\\0\\x09te')", Failure.ENDED),
    "says bytes that are no text": (
        "os.write(1, b'T\\0\\0\\0\\x07text\\0\\xff\\xff')", Failure.GARBLED,
    ),
    "says no end of frames": (
        "while True: say._say(Frame(Tag.NOTE, Note.DAMAGED))", Failure.GARBLED,
    ),
    "says no end of text": (
        "while True: say._say(Frame(Tag.TEXT, Part.TEXT, 'w' * 99999))", Failure.GARBLED,
    ),
    "says a sentence for a size": (
        "say.note(Note.SMALLER, 'Ring 0800 now \\x1b]0;pwned\\x07')", Failure.GARBLED,
    ),
    "says a value where there is none": ("say.note(Note.DAMAGED, 'obey')", Failure.GARBLED),
    "says a bad page that is no number": ("say.note(Note.BAD_PAGE, 'x')", Failure.GARBLED),
    "says a number in another script": ("say.note(Note.PAGES, '\u0663')", Failure.GARBLED),
    "says a kind that is none": ("say.note(Note.TWO_KINDS, 'obey')", Failure.GARBLED),
    "says no end of bad pages": (
        "for n in range(200): say.note(Note.BAD_PAGE, n)", Failure.GARBLED,
    ),
    "gives a copy that nobody asked for": ("say.copy(bytes(9)); say.end()", Failure.GARBLED),
    "finds a long text": ("say.found(Finding(Finds.AUTHOR, 'x' * 121))", Failure.GARBLED),
    "finds no end": (
        "for n in range(65): say.found(Finding(Finds.AUTHOR, str(n)))", Failure.GARBLED,
    ),
    "lists a long name": (
        "say._say(Frame(Tag.NAME, Listed.LINK, 'x' * 501))", Failure.GARBLED,
    ),
    "lists no end": (
        "for n in range(501): say._say(Frame(Tag.NAME, Listed.LINK, str(n)))", Failure.GARBLED,
    ),
    "says its walls again": ("say.walls(frozenset(jail.Wall))", Failure.GARBLED),
    "says pages that are no number": ("say.note(Note.PAGES, '1e9')", Failure.GARBLED),
}  # fmt: skip


@pytest.mark.parametrize("does", HOSTILE)
def test_one_that_was_taken_over_is_ended_and_not_believed(does: str) -> None:
    source, failure = HOSTILE[does]
    with sealed(b"") as file:
        seconds = 2.0 if does.startswith("hangs") else 60.0
        heard = listen(_close_then(source), file, deadline=seconds)
    assert heard.failure is failure
    assert heard.pictures == ()
    assert all(note in Note for note, _ in heard.notes)


@pytest.mark.parametrize("task", [Task.TEXT, Task.INSPECT, Task.CLEAN])
def test_a_picture_is_taken_only_where_a_look_was_asked_for(task: Task) -> None:
    with sealed(b"") as file:
        heard = listen(_close_then("say.picture(1, 1, bytes(3)); say.end()"), file, task=task)
    assert (heard.failure, heard.pictures) == (Failure.GARBLED, ())


@pytest.mark.parametrize(
    ("original", "copy", "failure"),
    [
        (samples.photo(), b"MZ evil", Failure.GARBLED),
        (samples.photo(), b"%PDF-1.7", Failure.GARBLED),
        (samples.photo(), b"", Failure.GARBLED),
        (b"MZ", b"MZ evil", Failure.GARBLED),
        (b"words", b"more words", Failure.GARBLED),
        (samples.photo(), samples.photo(), None),
    ],
)
def test_a_cleaned_copy_is_of_the_kind_that_its_original_is(
    original: bytes, copy: bytes, failure: Failure | None
) -> None:
    with sealed(original) as file:
        source = _close_then(f"say.copy({copy!r}); say.end()")
        heard = listen(source, file, task=Task.CLEAN)
    assert heard.failure is failure
    assert heard.copy == (None if failure else copy)


def test_a_process_that_cannot_be_started_is_said_to_be_that() -> None:
    with sealed(b"words") as file:
        assert listen(("/nothing",), file).failure is Failure.NOT_STARTED


def test_a_machine_without_room_for_a_file_says_so() -> None:
    source = (
        "import resource; from inbox_ui.preview.seeing import *\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3)); print(see(b'words').failure)"
    )
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == Failure.NOT_STARTED, done.stderr


def test_it_never_has_more_memory_than_its_limit() -> None:
    source = (
        "keep = []\ntry:\n  while True: keep.append(bytearray(1 << 24))\n"
        "except MemoryError: size = len(keep) << 24; keep.clear()\n"
        "say.note(Note.PAGES, size); say.end()"
    )
    with sealed(b"") as file:
        heard = listen(_close_then(source), file)
    assert 64 * limits.MIB < heard.pages < limits.MEMORY


@contextmanager
def _looking_then_gone() -> Iterator[int]:
    """A process that looks at a file without end, and is killed; the id of the one of the file."""
    looks = (
        "import os; from tests.inbox_ui.test_preview_jail import _close_then; "
        "from inbox_ui.preview.keeper import *\n"
        "hangs = _close_then('lock.acquire(); lock.acquire()')\n"
        "with sealed(b'') as file, Kept(hangs, file, 60) as kept:\n"
        "  kept.read(5); print(kept._process.pid, flush=True); kept.read(1 << 20)"
    )
    parent = subprocess.Popen([sys.executable, "-c", looks], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    try:
        yield pid
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_when_the_vault_locks_the_process_of_a_file_goes_too() -> None:
    with _looking_then_gone() as pid:
        until = time.monotonic() + 30
        while not _is_gone(pid):
            assert time.monotonic() < until
            time.sleep(0.05)


def _is_gone(pid: int) -> bool:
    """Whether it has ended; nobody may have asked how yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_process_that_ended_leaves_no_other_behind() -> None:
    with sealed(b"") as file, Kept(_program("import os; os.write(1, b'x')"), file) as kept:
        kept.read(1)
        with pytest.raises(Ended):
            kept.read(1)
    assert kept._process.returncode is not None


# -- one and the others ---------------------------------------------------------------------------


@pytest.mark.parametrize("count", [5, pytest.param(100, marks=pytest.mark.long)])
def test_a_file_that_kills_its_process_costs_no_other_file(count: int) -> None:
    started, spoilt = command(Task.LOOK), count // 2
    seen = []
    for number in range(count):
        with sealed(f"words {number}".encode()) as file:
            heard = listen(_close_then("os.abort()") if number == spoilt else started, file)
            seen.append((heard.failure, [text for _, text in heard.texts]))
    assert seen == [
        (Failure.ENDED if n == spoilt else None, [] if n == spoilt else [f"words {n}"])
        for n in range(count)
    ]


def test_a_file_larger_than_is_looked_at_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LARGEST", 10)
    assert see(bytes(11)).failure is Failure.TOO_LARGE


def test_a_file_on_the_disk_is_read_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"words")
    with (tmp_path / "file").open("rb") as file:
        seen = see_file(file.fileno(), Task.LOOK)
    assert (seen.kind, seen.failure) == (Kind.TEXT, None)
