"""A private copy of the packaged program, and the lighttpd that serves it on loopback."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from demo.sql_ledger.programs import NotInstalled, begin, program

PACKAGED = Path("/usr/share/sql-ledger")
STYLES = Path("/var/lib/sql-ledger/css")
OURS = ("css", "spool", "templates", "users", "sql-ledger.conf")  # what the program writes; the rest is only read
PATIENCE = 20.0  # seconds until a web server that does not answer is given up


def copy(folder: Path) -> None:
    """Copy the program into ``folder``.

    The packaged scripts go to /usr/share/sql-ledger before anything else; ours stay where lighttpd starts them. So a
    copy can be moved. What is only read is linked to.
    """
    if not PACKAGED.is_dir():
        raise NotInstalled("SQL-Ledger is not on this machine. Install it: apt-get install sql-ledger")
    folder.mkdir()
    for path in PACKAGED.iterdir():
        if path.suffix == ".pl":
            text = path.read_text(encoding="latin-1").replace(str(PACKAGED), ".")
            (folder / path.name).write_text(text, encoding="latin-1")
        elif path.name not in OURS:
            (folder / path.name).symlink_to(path)
    for name in ("spool", "templates", "users"):
        (folder / name).mkdir()
    shutil.copytree(STYLES, folder / "css")
    settings = (PACKAGED / "sql-ledger.conf.default").read_text(encoding="utf-8")
    (folder / "sql-ledger.conf").write_text(settings.replace("$latex = 1", "$latex = 0"), encoding="utf-8")


def serve(folder: Path, sockets: Path, port: int, log: Path, *, stays: bool) -> tuple[subprocess.Popen[bytes], str]:
    """Start lighttpd on loopback and wait until the program answers; port 0 is any free one. Return it and its URL."""
    port = port or _free_port()
    settings = folder.with_name("lighttpd.conf")
    settings.write_text(_settings(folder, sockets, port), encoding="utf-8")
    server = begin([program("lighttpd"), "-D", "-f", str(settings)], log, stays=stays)
    url = f"http://127.0.0.1:{port}"
    give_up = time.monotonic() + PATIENCE
    while not _answers(f"{url}/login.pl"):
        if server.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError(f"SQL-Ledger's web server does not start on port {port}; see {log}")
        time.sleep(0.02)
    return server, url


def _settings(folder: Path, sockets: Path, port: int) -> str:
    """Return lighttpd's settings. Without PATH each of the program's redirects, which start perl, would be an error."""
    return f"""
server.modules = ("mod_access", "mod_cgi", "mod_setenv")
server.document-root = "{folder}"
server.bind = "127.0.0.1"
server.port = {port}
index-file.names = ("index.html")
cgi.assign = (".pl" => "/usr/bin/perl")
setenv.set-environment = ("PATH" => "/usr/bin:/bin", "PERL5LIB" => "{folder}", "PGHOST" => "{sockets}")
mimetype.assign = (".html" => "text/html", ".css" => "text/css", ".js" => "text/javascript",
                   ".png" => "image/png", ".gif" => "image/gif", ".ico" => "image/x-icon")
static-file.exclude-extensions = (".pl", ".pm", ".conf")
url.access-deny = ("members", ".conf", ".LCK")
"""


def _answers(url: str) -> bool:
    try:
        # No proxy: it is on this machine, whatever the environment says.
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=PATIENCE).close()
    except (urllib.error.URLError, ConnectionError):
        return False
    return True


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
