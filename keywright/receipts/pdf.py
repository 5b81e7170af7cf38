"""Has receipts printed as PDFs, each once, by a separate program: this package runs no browser."""

from __future__ import annotations

import subprocess
import sys

from keywright.archive import Archive
from keywright.errors import Stop
from keywright.receipts import store
from keywright.settings.settings import CHECKOUT

PATIENCE = 60.0  #: seconds that printing may take on a slow and busy machine


def pdf_of(case: int, language: str, place: Archive, *, actor: str) -> bytes:
    """Return the PDF of a case's receipt; on the first request it is printed, stored, and its hash put in the ledger.

    Raises Stop if the case has no receipt, or if it cannot be printed.
    """
    if sha256 := store.printed(case, language):
        return place.get(sha256)
    pdf = print_html(html_of(case, language, place))
    store.keep_print(case, language, pdf, place, actor=actor)
    return pdf


def html_of(case: int, language: str, place: Archive) -> bytes:
    """Return the receipt of a case. Raises Stop if it has none, or if the file is missing or was changed."""
    hashes = store.kept(case)
    if language not in hashes:
        raise Stop(f"Case {case} has no receipt yet. It is written when the case is keyed, or in the bot's next run.")
    return place.get(hashes[language])


def print_html(html: bytes) -> bytes:
    """Return a page as a PDF. Raises Stop, with the printing program's message, if it cannot be printed."""
    command = [sys.executable, "-m", "systems.web.browser.print_pdf"]
    try:
        done = subprocess.run(command, input=html, capture_output=True, cwd=CHECKOUT, timeout=PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise Stop(f"The receipt was not printed within {PATIENCE:.0f} seconds. Try again.") from error
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise Stop(f"The receipt could not be printed: {lines[-1] if lines else 'no reason was given'}")
    return done.stdout
