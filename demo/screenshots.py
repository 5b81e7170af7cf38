"""Takes the screenshots of the documentation: ``./run python -m demo.screenshots``."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from keywright.settings.demo_home import PASSWORD, PERSON, enter_demo_home
from keywright.settings.settings import CHECKOUT

PICTURES = CHECKOUT / "docs" / "pictures"
WINDOW = {"width": 1360, "height": 860}
CASE_SHOWN = "escarpment-wrong-sum.pdf"


def main() -> None:
    """Run the demo in a home of its own, and take a picture of each page that the documentation shows."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["KEYWRIGHT_HOME"] = home
        subprocess.run([sys.executable, "-m", "cli", "demo", "--exit"], check=True, cwd=CHECKOUT)
        enter_demo_home()
        take_all()


def take_all() -> None:
    """Sign in to the console and save the pictures of the queue, of one referred case and of one layout."""
    from keywright.setup import open_records

    open_records()
    from demo.invoices import brightwater
    from keywright.cases import casebook
    from keywright.console.site.serve import running
    from keywright.database.layouts import StoredLayout
    from keywright.model.layout import LayoutState
    from keywright.people.accounts import add_person
    from systems.web.browser.browser import running_browser

    add_person(PERSON, PASSWORD, "clerk")
    case = next(case for case in casebook.all_cases() if case.file_name == CASE_SHOWN)
    layout = StoredLayout.objects.filter(sender=brightwater().seller.name, state=LayoutState.TRUSTED).get()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with running(0, demo=True) as console, running_browser() as browser:
        page = browser.new_page(viewport={"width": WINDOW["width"], "height": WINDOW["height"]}, locale="en-CA")
        page.goto(console.url)
        page.get_by_label("Name", exact=True).fill(PERSON)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.screenshot(path=PICTURES / "queue.png")
        page.goto(f"{console.url}cases/{case.id}/review/")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=PICTURES / "review.png")
        page.goto(f"{console.url}layouts/{layout.pk}/")
        page.locator("#picture").scroll_into_view_if_needed()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=PICTURES / "layout.png", full_page=True)


if __name__ == "__main__":
    main()
