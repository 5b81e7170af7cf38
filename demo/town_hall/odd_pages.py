"""What the town hall does to the page it answers with: another label, another place, another button, a script."""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.responses import HTMLResponse, Response

from demo.town_hall.odd_lists import another_page, in_another_form
from demo.town_hall.switches import SiteFault, Switch

LABELS = {
    "Invoice Number": "Bill No.",
    "Invoice Date": "Dated",
    "Due Date": "Payable by",
    "PO Number": "Order",
    "Notes": "Remarks",
    "Vendor": "Supplier",
    "Tax": "HST",
    "Lot/con.": "Lot and concession",
    "Roll number": "Assessment roll",
    "BCIN": "Designer's number",
    "Declaration date": "Signed on",
    "Proposed use of building": "New use",
}
BUTTONS = {"Post": "Book", "Update": "Refresh", "File application": "Send in", "Preview": "Show"}
WIPED = ("due_date", "notes", "po_number", "invoice_number", "tax", "owner_name", "roll_number", "designer_bcin")
FORM_ROW = re.compile(r'<tr>(?:(?!</?tr|</?table).)*<td class="side">(?:(?!</?tr|</?table).)*</tr>', re.DOTALL)


def pressed(action: str) -> str:
    """Return the button that was meant: a renamed one does what it did before."""
    return next((old for old, new in BUTTONS.items() if action == new), action)


def changes_a_label(response: Response, switch: Switch) -> Response:
    """Print another word next to one control of the form."""
    html = _html(response)
    there = [label for label in LABELS if f">{label}<" in html]
    if not there:
        return response
    label = switch.draw().choice(there)
    return _page(html.replace(f">{label}<", f">{LABELS[label]}<"), response)


def moves_a_control(response: Response, switch: Switch) -> Response:
    """Put one row of the form, a control with its label, at another place: to the end of the form."""
    html = _html(response)
    rows = FORM_ROW.findall(html)
    if not rows or "<hr>" not in html:
        return response
    row = switch.draw().choice(rows)
    end = html.rindex("<hr>")
    return _page((html[:end] + f"<table>{row}</table>" + html[end:]).replace(row, "", 1), response)


def renames_a_button(response: Response, switch: Switch) -> Response:
    """Write another word on one button of the form."""
    html = _html(response)
    there = [button for button in BUTTONS if f'value="{button}"' in html]
    if not there:
        return response
    button = switch.draw().choice(there)
    return _page(html.replace(f'value="{button}"', f'value="{BUTTONS[button]}"'), response)


def pops_up(response: Response, switch: Switch) -> Response:
    """Say something in a pop-up dialog when the page has come."""
    text = switch.draw().choice(("The server goes down at 18:00.", "Your password ends in 3 days."))
    return _with_script(response, f"setTimeout(() => alert({text!r}), {switch.seconds * 1000:.0f});")


def asks(response: Response, _: Switch) -> Response:
    """Ask whether one is sure, before the form is sent."""
    script = "for (const form of document.forms) form.onsubmit = () => confirm('Possible duplicate. Really post?');"
    return _with_script(response, script)


def wipes_late(response: Response, switch: Switch) -> Response:
    """Empty one box some time after the page has come."""
    return _with_script(response, f"setTimeout(() => {{ {_wipe(response, switch)} }}, {switch.seconds * 1000:.0f});")


def wipes_on_submit(response: Response, switch: Switch) -> Response:
    """Empty one box in the moment in which the form is sent."""
    script = (
        f"for (const form of document.forms) form.addEventListener('submit', () => {{ {_wipe(response, switch)} }});"
    )
    return _with_script(response, script)


def reloads(response: Response, switch: Switch) -> Response:
    """Reload the frame some time after it has loaded: all that was typed is gone."""
    return _with_script(
        response, f"setTimeout(() => location.replace(location.pathname), {switch.seconds * 1000:.0f});"
    )


def sends_twice(response: Response, _: Switch) -> Response:
    """Send the form once more for every further click on its button while the answer is awaited."""
    script = """
        for (const button of document.querySelectorAll('input[type=submit]')) {
            let clicks = 0;
            button.addEventListener('click', () => {
                if (++clicks < 2) return;
                const again = new URLSearchParams(new FormData(button.form, button));
                fetch(button.form.action, {method: 'POST', body: again, keepalive: true});
            });
        }"""
    return _with_script(response, script)


PAGE_FAULTS: dict[SiteFault, Callable[[Response, Switch], Response]] = {
    SiteFault.CHANGES_A_LABEL: changes_a_label,
    SiteFault.MOVES_A_CONTROL: moves_a_control,
    SiteFault.RENAMES_A_BUTTON: renames_a_button,
    SiteFault.ALERT: pops_up,
    SiteFault.CONFIRM: asks,
    SiteFault.WIPES_LATE: wipes_late,
    SiteFault.WIPES_ON_SUBMIT: wipes_on_submit,
    SiteFault.RELOADS_THE_FRAME: reloads,
    SiteFault.TWICE_ON_DOUBLE_CLICK: sends_twice,
    SiteFault.LISTS_IN_ANOTHER_FORM: in_another_form,
    SiteFault.LIST_IS_ANOTHER_PAGE: another_page,
}


def _wipe(response: Response, switch: Switch) -> str:
    there = [name for name in WIPED if f'name="{name}"' in _html(response)]
    name = switch.draw().choice(there) if there else "none"
    return f"const box = document.getElementsByName('{name}')[0]; if (box) box.value = '';"


def _with_script(response: Response, script: str) -> Response:
    return _page(_html(response).replace("</body>", f"<script>{script}</script></body>"), response)


def _html(response: Response) -> str:
    return bytes(response.body).decode()


def _page(html: str, response: Response) -> Response:
    return HTMLResponse(html, response.status_code)
