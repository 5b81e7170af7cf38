"""Prints one of our own HTML pages, complete in itself, as a tagged PDF.

``python -m systems.web.browser.print_pdf < page.html > page.pdf``

It is a separate program: a browser that hangs does not hang its caller, and a caller such as the console does not need
to drive a browser.
"""

from __future__ import annotations

import io
import re
import sys

from playwright.sync_api import Error as PlaywrightError
from pypdf import PdfReader, PdfWriter

from keywright.errors import KeywrightError, Retry
from keywright.model.document import fingerprint
from systems.web.browser.browser import running_browser

CASE = re.compile(r'<meta name="keywright-case" content="(\d+)">')


def print_page(html: bytes) -> bytes:
    """Return a page as a tagged PDF whose metadata name its source and say nothing about the time.

    The same page printed by the same browser with the same fonts gives the same bytes. Raises Retry if the browser is
    lost, Stop if there is none.
    """
    text = html.decode()
    try:
        with running_browser() as browser:
            context = browser.new_context(offline=True, java_script_enabled=False)
            page = context.new_page()
            page.set_content(text, wait_until="load")
            title = page.title()
            pdf = page.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
    except PlaywrightError as error:
        raise Retry(f"The receipt could not be printed: {error.message.splitlines()[0]}. Try again.") from error
    return _settled(pdf, title, html)


def _settled(pdf: bytes, title: str, html: bytes) -> bytes:
    """Return a PDF with the title of its page, the hash of its HTML, and no time and no chance in it."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    sha256 = fingerprint(html)
    case = CASE.search(html.decode())
    writer.metadata = None
    writer.add_metadata(
        {
            "/Title": title,
            "/Producer": "Keywright",
            "/Subject": f"SHA-256 of the HTML: {sha256}",
            "/Keywords": f"keywright case {case[1]}" if case else "",
        }
    )
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def main() -> int:
    """Print the page that comes in."""
    try:
        sys.stdout.buffer.write(print_page(sys.stdin.buffer.read()))
    except KeywrightError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
