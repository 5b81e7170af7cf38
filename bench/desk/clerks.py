"""Twenty clerks at once at a console that really runs: each takes the next case, settles it, and takes the next."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from bench.desk.pages import form_of

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(slots=True)
class ClerkDay:
    """What one clerk did: the milliseconds of each request by what was asked, and which cases were settled."""

    times: dict[str, list[float]] = field(default_factory=dict)
    settled: list[int] = field(default_factory=list)
    refused: int = 0  #: decisions sent a second time, and not taken
    faults: list[str] = field(default_factory=list)


class ClerkDesk:
    """One clerk's browser."""

    def __init__(self, url: str, cookies: str, day: ClerkDay) -> None:
        parts = urlsplit(url)
        self.line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
        self.cookies, self.day, self.origin = cookies, day, url.rstrip("/")

    def ask(self, what: str, address: str, sent: dict[str, str] | None = None) -> tuple[int, str, bytes]:
        """Return an answer's status, where it leads, and its content."""
        began = time.perf_counter()
        heads = {"Cookie": self.cookies, "Referer": f"{self.origin}/", "Origin": self.origin, **(FORM if sent else {})}
        self.line.request("POST" if sent else "GET", address, urlencode(sent) if sent else None, heads)
        response = self.line.getresponse()
        content = response.read()
        self.day.times.setdefault(what, []).append((time.perf_counter() - began) * 1000)
        if response.status >= 500:
            self.day.faults.append(f"{address}: {response.status}")
        return response.status, response.headers.get("Location", ""), content


def work(url: str, cookies: Sequence[str], cases_each: int) -> list[ClerkDay]:
    """Let as many clerks as there are cookies settle up to so many cases each; return what each did."""
    days = [ClerkDay() for _ in cookies]
    threads = [
        threading.Thread(target=_work, args=(ClerkDesk(url, cookie, day), cases_each))
        for cookie, day in zip(cookies, days, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return days


def _work(desk: ClerkDesk, cases_each: int) -> None:
    for _ in range(cases_each):
        desk.ask("queue", "/")
        _status, review, _none = desk.ask("next", "/next/")
        if "/review/" not in review:
            return
        number = int(review.split("/")[2])
        status, _on, page = desk.ask("review", review)
        if status != 200:
            continue
        form = form_of(page)
        status, onward, _page = desk.ask("decide", f"/cases/{number}/decide/", form)
        if status == 302 and onward.rstrip("/") != f"/cases/{number}":
            desk.day.settled.append(number)
        _again, back, _page = desk.ask("decide twice", f"/cases/{number}/decide/", form)
        desk.day.refused += back.rstrip("/") == f"/cases/{number}"


def faults(days: Sequence[ClerkDay], waits: Sequence[int]) -> list[str]:
    """Return a sentence for each case lost or decided twice, from the clerks' records and the ledger."""
    from keywright.database.models import LedgerEntry, StoredCase

    settled_times = Counter(number for day in days for number in day.settled)
    entries = Counter(LedgerEntry.objects.filter(event="case-settled").values_list("case_id", flat=True))
    states = dict(StoredCase.objects.filter(pk__in=list(waits)).values_list("pk", "state"))
    faults = [case for day in days for case in day.faults]
    faults += [f"Case {case} was decided {n} times." for case, n in entries.items() if n > 1]
    faults += [f"Case {case} was settled by {n} clerks." for case, n in settled_times.items() if n > 1]
    faults += [
        f"Case {case} was settled and is {states.get(case)}."
        for case in settled_times
        if states.get(case) == "referred"
    ]
    faults += [
        f"Case {case} was settled and the ledger has no entry of it." for case in settled_times if not entries[case]
    ]
    decided = {case for case, state in states.items() if state != "referred"}
    faults += [f"Case {case} does not wait and no clerk settled it." for case in decided if not entries[case]]
    if len(states) != len(waits):
        faults.append(f"{len(waits) - len(states)} cases are gone.")
    return faults
