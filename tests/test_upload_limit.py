"""A body that is too large is refused by the real server while it is sent, whatever its sender claims."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request

from explorer.limits import MIB, limits
from explorer.ui import data_words as words
from tests.app_server import app_server, chromium
from tests.user_files import TABLE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PATIENCE = 30_000  # milliseconds
HUGE = 500 * MIB
CHUNK = b"a,b\n" * (MIB // 4)
BORDER = "neuralexplorer"
HEAD = (
    f'--{BORDER}\r\nContent-Disposition: form-data; name="file"; filename="huge.csv"\r\nContent-Type: text/csv\r\n\r\n'
).encode()


@dataclass
class Visit:
    """A browser session of the app: where it uploads to, and what proves that it may."""

    address: str
    path: str
    headers: dict[str, str]
    page: Page


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def visit(home: Path) -> Iterator[Visit]:
    """An open page on which a small table was uploaded well."""
    with app_server(home) as address, chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        page.get_by_role("radio", name="Tables").or_(page.get_by_role("button", name="Tables")).first.click()
        page.get_by_text(words.TITLES["csv"], exact=True).click()
        page.locator("input[type=file]").wait_for(state="attached")
        with page.expect_request(lambda request: request.method == "PUT") as waiting:
            choose(page, "small.csv", TABLE)
        request: Request = waiting.value
        page.wait_for_url("**data.kind=csv**")  # the table is the draft's data, not only on its way
        page.get_by_text("small.csv").first.wait_for()
        wanted = ("cookie", "x-xsrftoken", "origin")
        headers = {name: value for name, value in request.all_headers().items() if name in wanted}
        yield Visit(address, urlsplit(request.url).path, headers, page)


def choose(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})


def send(visit: Visit, headers: dict[str, str], is_chunked: bool) -> tuple[bytes, int]:
    """Put a huge body as long as the server takes it: its answer, and how many bytes it let us send."""
    host = urlsplit(visit.address)
    assert host.hostname is not None
    lines = {**visit.headers, "host": host.netloc, "content-type": f"multipart/form-data; boundary={BORDER}", **headers}
    head = f"PUT {visit.path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
    n_sent = 0
    with socket.create_connection((host.hostname, host.port), timeout=60) as connection:
        try:
            connection.sendall(head.encode() + (framed(HEAD) if is_chunked else HEAD))
            while n_sent < HUGE and not has_answered(connection):
                connection.sendall(framed(CHUNK) if is_chunked else CHUNK)
                n_sent += len(CHUNK)
        except OSError:  # the server hung up
            pass
        return answer(connection), n_sent


def framed(content: bytes) -> bytes:
    return f"{len(content):x}\r\n".encode() + content + b"\r\n"


def has_answered(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return bool(connection.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    finally:
        connection.settimeout(60)


def answer(connection: socket.socket) -> bytes:
    try:
        return connection.recv(4096).split(b"\r\n")[0]
    except OSError:
        return b""


def peak_bytes(home: Path) -> int:
    """The most memory that the server has ever held."""
    (pid,) = (
        int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdecimal() and is_server(folder, home)
    )
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def is_server(folder: Path, home: Path) -> bool:
    try:
        command, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
    except OSError:
        return False
    return b"streamlit\0run" in command and f"EXPLORER_HOME={home}\0".encode() in environment + b"\0"


def test_the_page_and_the_engine_allow_files_of_the_same_size():
    config = (Path(__file__).resolve().parents[1] / ".streamlit" / "config.toml").read_text()
    assert f"maxUploadSize = {limits().file_bytes // MIB}\n" in config


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_sent(visit: Visit):
    line, n_sent = send(visit, {"content-length": str(HUGE)}, is_chunked=False)
    assert b" 413 " in line or line == b""
    assert n_sent < 16 * MIB


def test_a_body_that_does_not_say_how_large_it_is_is_cut_off_at_the_limit(visit: Visit, home: Path):
    before = peak_bytes(home)
    line, n_sent = send(visit, {"transfer-encoding": "chunked"}, is_chunked=True)
    assert b" 413 " in line or line == b""
    assert n_sent < limits().file_bytes + 32 * MIB
    assert peak_bytes(home) - before < 2 * limits().file_bytes


def test_a_file_that_is_too_large_is_told_by_the_page_and_the_table_stays(visit: Visit, tmp_path: Path):
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(limits().file_bytes + MIB)
    visit.page.locator("input[type=file]").set_input_files(str(large))
    visit.page.get_by_text("64.0MB").or_(visit.page.get_by_text("must be 64")).first.wait_for()
    visit.page.get_by_text("small.csv").first.wait_for()


def test_the_server_still_takes_good_files(visit: Visit):
    visit.page.reload()
    visit.page.get_by_text("small.csv").first.wait_for()
    choose(visit.page, "again.csv", TABLE)
    visit.page.get_by_text("again.csv").first.wait_for()
