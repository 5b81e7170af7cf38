"""Opens a record in a window of its own: afresh from the system, not from what the entry form still holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

SMALL = (1000, 400)  # the picture is of the record, not of blank page


@contextmanager
def fresh_window(page: Page, address: str) -> Iterator[Page]:
    """Open an address in a new window of the same session; it is closed at the end of the block.

    Give the window its own ``Dialogs`` if the record's page may ask something. Raises Playwright's errors: stand inside
    ``faults_of``.
    """
    window = page.context.new_page()
    try:
        window.set_viewport_size({"width": SMALL[0], "height": SMALL[1]})
        window.goto(address)
        yield window
    finally:
        window.close()
