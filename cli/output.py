"""Prints for a person at the command line what was read, the progress of work, and what became of the cases."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table

from extractors.engines.isolation import fence
from extractors.engines.ocr import tesseract_loaded
from keywright.bot import AnyBot
from keywright.model.case import WAITING_FOR_A_ROBOT, Case, Opened, State
from keywright.model.serialization import Json
from keywright.terminal import SafeConsole, words

if TYPE_CHECKING:
    from extractors.supplier_invoice.confidence.explain import Explained

_COLOURS = {State.KEYED: "green", State.REFERRED: "yellow", State.REFUSED: "magenta", State.FAILED: "red"}


class Progress:
    """A progress bar over the documents taken in and the cases worked; it keeps both for the summary."""

    def __init__(self, title: str, screen: SafeConsole | None = None) -> None:
        self.opened: list[Opened] = []
        self.cases: list[Case] = []
        self.screen = screen or SafeConsole()
        self._bar = Bar(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.screen,
            transient=True,
        )
        self._task = self._bar.add_task(title, total=0)

    def __enter__(self) -> Progress:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def received(self, opened: Opened) -> None:
        """Note that a document was taken in."""
        self.opened.append(opened)
        waits = opened.case.state not in (State.KEYED, State.REFERRED, State.REFUSED, State.FAILED)
        self._bar.update(self._task, total=(self._bar.tasks[0].total or 0) + waits)

    def worked(self, case: Case) -> None:
        """Note that a case was worked, and show its file name."""
        self.cases.append(case)
        total = max(self._bar.tasks[0].total or 0, len(self.cases))
        self._bar.update(self._task, total=total, completed=len(self.cases), description=case.file_name)


Waits = Callable[[Case], str]
"""Returns what a case that a robot works next is waiting for: ``keywright.cases.waiting.waits_for``."""


def reason_of(case: Case, waits: Waits) -> str:
    """Return the reason for the state of a case, in words."""
    if case.state is State.KEYED:
        return f"keyed as {case.receipt_number}"
    if case.state in WAITING_FOR_A_ROBOT:
        return waits(case)
    return " ".join(finding.message for finding in case.findings[:1]) + _and_more(len(case.findings))


def _and_more(findings: int) -> str:
    return f" (and {findings - 1} more)" if findings > 1 else ""


def case_as_json(case: Case, waits: Waits) -> Json:
    """Return a case in the form that ``keywright cases --json`` prints."""
    return {
        "id": case.id,
        "bot": case.bot,
        "file": case.file_name,
        "state": case.state.value,
        "reason": "" if case.state is State.KEYED else reason_of(case, waits),
        "receipt_number": case.receipt_number,
    }


def print_cases(cases: Iterable[Case], waits: Waits, screen: SafeConsole | None = None) -> int:
    """Print what became of each case, one row for each, and return their number."""
    table = Table("Case", "Document", "State", "Reason or record number")
    for case in cases:
        state = words(case.state.value, style=_COLOURS.get(case.state, ""))
        table.add_row(case.id, case.file_name, state, words(reason_of(case, waits)))
    (screen or SafeConsole()).print(table if table.row_count else "There are no cases.")
    return table.row_count


def print_work(
    opened: Sequence[Opened],
    cases: Sequence[Case],
    waits: Waits,
    screen: SafeConsole | None = None,
    in_doubt: Sequence[Case] = (),
) -> None:
    """Print how many documents were taken in, how many were repeats, what became of the cases, and what is not done.

    ``in_doubt`` are the cases that were posted, in this run or before, and whose record no robot has seen yet.
    """
    out = screen or SafeConsole()
    if cases:
        print_cases(cases, waits, out)
    counts = Counter(case.state for case in cases)
    outcome = ", ".join(f"{counts[state]} {state}" for state in State if counts[state]) or "nothing was waiting"
    out.print(f"{len(opened)} documents taken in, {len(cases)} cases worked: {outcome}.")
    if in_doubt:
        ids = ", ".join(case.id for case in in_doubt)
        out.print(
            f"Not done: case {ids} was posted, and no robot has seen its record yet. Run the bot again: it looks for "
            "the record and does not post it a second time."
        )
    if repeated := sum(not document.new for document in opened):
        out.print(
            f"{repeated} of the documents had come in before: no second case was opened, and nothing keyed twice."
        )


def print_bots(bots: Iterable[AnyBot]) -> None:
    """Print the bots: what each bot does, reads, and keys into."""
    table = Table()
    for head in ("Bot", "Does", "Reads", "Keys into"):
        table.add_column(head, no_wrap=head in ("Bot", "Keys into"))  # names are typed, so they are printed whole
    for bot in bots:
        table.add_row(bot.name, bot.title, bot.reads.name, bot.keys_into.name)
    SafeConsole().print(table)


def print_reading(reading: Json, screen: SafeConsole | None = None) -> None:
    """Print what was read on one document, for a person."""
    out = screen or SafeConsole()
    table = Table("Field", "Value", "Confidence", "Page", "Read by", title=f"{reading['file']}: {reading['kind']}")
    for name, field in reading["fields"].items():
        page = str(field["page"] or "")
        table.add_row(name, words(field["value"]), f"{field['confidence']:.0%}", page, field["source"])
    if reading["fields"]:
        out.print(table)
    if reading["lines"]:
        out.print(_lines(reading["lines"]))
    for finding in reading["findings"]:
        out.print(words(f"  {finding['rule']}: {finding['message']}", style="yellow"))
    verdict = "A bot may key it." if reading["verdict"] == "key" else "A person must look at it."
    out.print(words(f"{reading['file']}: {verdict}", style="bold"))


def print_explanation(reading: Json, fields: Mapping[str, Explained], screen: SafeConsole | None = None) -> None:
    """Print for each field the candidates with their strength, and the evidence for the chosen one."""
    out = screen or SafeConsole()
    for name, field in reading["fields"].items():
        if name not in fields:
            out.print(words(f"{name}: {field['value']}, read by {field['source']}", style="bold"))
            continue
        out.print(words(f"{name}: {field['value']}, confidence {field['confidence']:.2%}", style="bold"))
        for option in fields[name].options:
            mark, page = "→" if option.chosen else " ", f", page {option.page}" if option.page else ""
            out.print(words(f"  {mark} {option.strength:.2f}  {option.value}  ({option.why}{page})"))
        out.print(words(f"    evidence: {fields[name].evidence}", style="dim"))
    for page in reading.get("pages", ()):
        if page["quality"]:
            quality = ", ".join(f"{name} {figure}" for name, figure in page["quality"].items())
            out.print(words(f"page {page['number']}, read by {page['engine']}: {quality}", style="dim"))


def explanation_as_json(fields: Mapping[str, Explained]) -> Json:
    """Return for each field its evidence and its candidates, in the form that ``keywright read --json`` prints."""
    return {
        name: {"evidence": field.evidence, "candidates": [asdict(option) for option in field.options]}
        for name, field in fields.items()
    }


def warn_if_lacking() -> None:
    """Print what this machine lacks for opening documents safely and reading scans fast."""
    for sentence in filter(None, (fence.lacking(), tesseract_loaded.lacking())):
        print(f"keywright: {sentence}", file=sys.stderr)


def _lines(lines: Sequence[dict[str, Any]]) -> Table:
    table = Table("Description", "Quantity", "Unit price", "Net amount")
    for line in lines:
        numbers = (line["quantity"], line["unit_price"], line["net_amount"])
        table.add_row(words(line["description"]), *(number or "" for number in numbers))
    return table
