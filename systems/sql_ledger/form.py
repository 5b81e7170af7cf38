"""One page of SQL-Ledger with a form: all of it is read in one call, and all that is typed is typed in one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Frame

from keywright.errors import Refer
from keywright.findings import Kind
from keywright.messages import Message
from keywright.model.target_system import NoteChange
from systems.web.adapter.comparison import Comparison
from systems.web.screen.formats import Expected, Format
from systems.web.screen.screen import Screen
from systems.web.screen.survey import Survey

# The texts of a page that has no heading of its own, an error or a closed session, stand in its body.
SEEN = """() => {
    const text = node => (node?.textContent ?? '').trim();
    const controls = {};
    for (const each of document.querySelectorAll('input[name], select[name], textarea[name]')) {
        if (['submit', 'button', 'image'].includes(each.type)) continue;
        if (each.type === 'hidden' && each.name in controls) continue;
        controls[each.name] = each.tagName === 'SELECT' ? text(each.selectedOptions[0])
            : each.type === 'checkbox' ? (each.checked ? 'Yes' : 'No') : each.value;
    }
    const sum = document.getElementsByName('AP')[0]?.closest('tr')?.querySelector('th');
    const heading = text(document.querySelector('th.listtop, h2.confirm, h2.error'));
    return {
        heading, controls,
        buttons: [...document.querySelectorAll('input[type=submit]')].map(each => each.value),
        total: sum ? text(sum) || '0.00' : '',  // nothing is printed where the sum is nothing
        has_vendor_list: document.getElementsByName('vendor')[0]?.tagName === 'SELECT',
        dates: document.getElementsByName('transdate')[0]?.title ?? '',
        charset: document.characterSet,
        words: heading.startsWith('Add ') || heading.startsWith('Edit ') ? '' : (document.body?.innerText ?? ''),
    };
}"""

# A choice in some of the selects would submit the form at once and take the page away from under the next value: the
# values are set without telling the page, and the form is submitted once, by the button that we press.
TYPE = """wanted => wanted.map(([name, value]) => {
    const found = [...document.getElementsByName(name)].filter(each => each.type !== 'hidden');
    if (found.length !== 1) return found.length;
    const control = found[0];
    if (control.disabled || control.readOnly) return 'it is closed';
    if (control.type === 'checkbox') { control.checked = value === 'Yes'; return ''; }
    if (control.tagName === 'SELECT') {
        const texts = [...control.options].map(each => each.text.trim());
        const at = texts.findIndex(text => text === value || (value && text.startsWith(value + '--')));
        if (at < 0) return 'it offers ' + texts.filter(text => text).map(text => `'${text}'`).join(', ');
        control.selectedIndex = at;
        return '';
    }
    if (control.maxLength >= 0 && value.length > control.maxLength) return `it takes ${control.maxLength} characters`;
    control.value = value;
    return '';
})"""
PRESS = "name => [...document.querySelectorAll('input[type=submit]')].find(each => each.value === name).click()"


@dataclass(frozen=True, slots=True)
class Showing:
    """All that a page shows: heading, controls by name, buttons, total; its words if it is no form.

    ``has_vendor_list`` says that the vendor is chosen in a list of all: few vendors, or a clerk who prefers it so.
    """

    heading: str
    controls: Mapping[str, str]
    buttons: Sequence[str]
    total: str
    has_vendor_list: bool
    dates: str
    charset: str
    words: str

    def of(self, expected: Iterable[Expected]) -> list[Comparison]:
        """Return each value with what its control holds; a control that is not there holds nothing."""
        return [(value, self.controls.get(value.label, "")) for value in expected]

    def rows(self) -> int:
        """Return how many lines the form holds: rows with an amount. The last is always empty, for the next."""
        return sum(1 for name, value in self.controls.items() if name.startswith("amount_") and value)

    def tax_accounts(self) -> list[str]:
        """Return the numbers of the vendor's tax accounts; each account has its own row on the form."""
        return sorted(name.removeprefix("AP_tax_") for name in self.controls if name.startswith("AP_tax_"))


def showing(frame: Frame) -> Showing:
    """Read a page in one call."""
    page: dict[str, Any] = frame.evaluate(SEEN)
    return Showing(**page)


class BillForm(Screen):
    """The entry form in a window: what was typed is confirmed after each round trip, and before the post."""

    def __init__(self, system: str, frame: Frame, format: Format, *, note: NoteChange) -> None:
        super().__init__(system, frame, format, note=note)
        self._typed: dict[str, Expected] = {}

    def type(self, values: Sequence[Expected]) -> None:
        """Type values into the controls of their names.

        Raises Refer if a value is not taken, Stop if a control is missing or there several times: the screen has
        changed.
        """
        values = [value for value in values if not (value.free and value.value is None)]
        replies: list[str | int] = self.frame.evaluate(
            TYPE, [[value.label, self.format.write(value.value)] for value in values]
        )
        for value, reply in zip(values, replies, strict=True):
            if isinstance(reply, int):
                raise self._changed(f"has {reply} controls named {value.label!r}")
            if reply:
                raise self._not_taken(value, reply)
        self._typed |= {value.label: value for value in values}

    def confirm(self) -> Survey:
        """Read every control that was typed into once more; return the look by which a later change can be noticed.

        Raises Refer, with both values, if a control holds another value.
        """
        survey = Survey.of(self.frame)
        self.confirm_in(showing(self.frame))
        return survey

    def confirm_in(self, page: Showing) -> None:
        """Confirm what was typed in a page that has been read."""
        for value, content in page.of(self._typed.values()):
            if not value.met_by(content, self.format):
                raise self._not_taken(value, Message("it shows “{text}” instead", text=content))

    def forget(self) -> None:
        """Forget what was typed: another form has come."""
        self._typed.clear()

    def send(self, button: str) -> None:
        """Press a button that does not post, and wait for the page that answers."""
        with self.answer(f"{button!r}"):
            self.frame.evaluate(PRESS, button)

    def _not_taken(self, value: Expected, reason: str) -> Refer:
        return Refer.because(
            "not-taken",
            Message(
                "Not accepted by {system}. It does not take “{text}” at “{place}”: {reason}. Nothing was posted. "
                "Correct it.",
                system=self.system,
                text=self.format.write(value.value),
                place=value.label,
                reason=reason,
            ),
            value.name,
            kind=Kind.SYSTEM,
            acceptable=False,
        )
