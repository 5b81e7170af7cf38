"""A small bills window of our own, whose list and answers are awkward in one way or another; it runs in this process.

What is awkward is a word of the window: ``thead`` (the list has a head, and says so when it is empty), ``silent`` (it
has a head, and says nothing then), ``rebuilt`` (once a bill is booked, the search answers with another page),
``filtered`` (it has a
head, says when it is filtered and at what time, and a search that finds nothing says so), ``clocked`` (below its empty
list is the time, and no word says that it is empty),
``refuses`` (a post is answered with an error), ``uploads`` (a file is sent as soon as it is chosen), ``drops`` (and
that fails), ``paragraphs`` (a record is shown in a form that no module reads by itself).
"""

from __future__ import annotations

import html
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

FIELDS = {"vendor": "Vendor", "number": "Invoice number", "date": "Invoice date", "amount": "Amount"}
COLUMNS = ("No.", "Vendor", "Invoice number", "Invoice date")
UPLOAD = """<tr><td>Scan</td><td><input type=file id=scan style="display:none"><span id=said></span></td></tr>
<input type=hidden name=token id=token><script>
scan.onchange = async () => {
    said.textContent = 'sending';
    const answer = await fetch('/upload', {method: 'POST', body: scan.files[0]});
    if (!answer.ok) return;
    token.value = await answer.text();
    said.textContent = scan.files[0].name;
};</script>"""
REFUSAL = "The period is closed. Ask the treasurer to open June."


@dataclass
class BillWindow:
    """What is awkward about the window, and what is booked in it."""

    awkward: str
    bills: list[dict[str, str]] = field(default_factory=list)
    posts: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    url: str = ""

    def page(self, title: str, body: str) -> str:
        """Return a page with a heading."""
        return f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"

    def form(self) -> str:
        """Return the entry form."""
        boxes = "".join(f"<tr><td>{label}</td><td><input name={name}></td></tr>" for name, label in FIELDS.items())
        upload = UPLOAD if self.awkward in ("uploads", "drops") else ""
        form = f"<form method=post action=/save><table>{boxes}{upload}</table><button>Save</button></form>"
        return self.page("New bill", form)

    def search(self) -> str:
        """Return the search screen."""
        box = "<table><tr><td>Invoice number</td><td><input name=q></td></tr></table>"
        return self.page("Search", f"<form action=/list>{box}<button>Search</button></form>")

    def listed(self, number: str) -> str:
        """Return the list of the bills whose number has these letters."""
        if self.awkward == "rebuilt" and self.posts:
            return self.page("Bills", "<p>The list is being rebuilt.</p>")
        matches = [(at, bill) for at, bill in enumerate(self.bills, 1) if number.lower() in bill["number"].lower()]
        heads = "".join(f"<th>{column}</th>" for column in COLUMNS)
        rows = "".join(
            f"<tr><td><a href=/bill/{at}>{at}</a></td>"
            + "".join(f"<td>{html.escape(bill[name])}</td>" for name in ("vendor", "number", "date"))
            + "</tr>"
            for at, bill in matches
        )
        if not matches and self.awkward not in ("silent", "clocked"):
            rows = f"<tr><td colspan={len(COLUMNS)}>No bills found</td></tr>"
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        if self.awkward == "filtered":
            table = f"{'<p>Clear filter</p>' if number else ''}<p>As of {time.time():.6f}</p>{table}"
        return self.page("Bills", table + (f"Printed at {time.strftime('%H:%M')}" if self.awkward == "clocked" else ""))

    def bill(self, at: int) -> str:
        """Return the page of one bill."""
        fields = {label: self.bills[at - 1][name] for name, label in FIELDS.items()}
        if "file" in self.bills[at - 1]:
            fields["Scan"] = self.bills[at - 1]["file"]
        if self.awkward == "paragraphs":
            words = "".join(f"<p>{label}: {html.escape(value)}</p>" for label, value in fields.items())
            return self.page(f"Bill {at}", words)
        rows = "".join(f"<tr><th>{label}</th><td>{html.escape(value)}</td></tr>" for label, value in fields.items())
        return self.page(f"Bill {at}", f"<table>{rows}</table>")

    def save(self, values: dict[str, str]) -> tuple[int, str]:
        """Book a bill, or refuse it."""
        self.posts += 1
        if self.awkward == "refuses":
            return 422, self.page("New bill", f"<p class=error>{REFUSAL}</p>")
        bill = {name: values.get(name, "") for name in FIELDS}
        if self.awkward in ("uploads", "drops"):
            bill["file"] = "scan.pdf" if values.get("token") else "none"
        self.bills.append(bill)
        return 200, self.page("Saved", "Saved.")


@contextmanager
def bill_window(awkward: str) -> Iterator[BillWindow]:
    """Open a window on loopback; one bill is booked in it already."""
    first = {"vendor": "Roy Pumps", "number": "R-1", "date": "2026-01-05", "amount": "10.00", "file": "old.pdf"}
    window = BillWindow(awkward, [first])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def answer(self, status: int, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            query = parse_qs(address.query).get("q", [""])[0]
            pages = {"/": window.form, "/form": window.form, "/find": window.search}
            if address.path == "/list":
                self.answer(200, window.listed(query))
            elif address.path.startswith("/bill/"):
                self.answer(200, window.bill(int(address.path.rpartition("/")[2])))
            elif address.path in pages:
                self.answer(200, pages[address.path]())
            else:
                self.answer(404, "?")

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path == "/upload":
                time.sleep(0.8)
                self.answer(*((413, "too large") if window.awkward == "drops" else (200, "token-1")))
                return
            values = {name: texts[0] for name, texts in parse_qs(content.decode(), keep_blank_values=True).items()}
            self.answer(*window.save(values))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    window.url = f"http://127.0.0.1:{server.server_port}/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield window
    finally:
        server.shutdown()
        server.server_close()
