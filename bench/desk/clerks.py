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
class Day:
    """What one clerk did: the milliseconds of each request by what was asked, and which cases were settled."""

    times: dict[str, list[float]] = field(default_factory=dict)
    settled: list[int] = field(default_factory=list)
    refused: int = 0  #: decisions sent a second time, and not taken
    faults: list[str] = field(default_factory=list)


class Desk:
    """One clerk's browser."""

    def __init__(self, url: str, cookies: str, day: Day) -> None:
        parts = urlsplit(url)
        self.line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
        self.cookies, self.day, self.origin = cookies, day, url.rstrip("/")

    def ask(self, what: str, address: str, sent: dict[str, str] | None = None) -> tuple[int, str, bytes]:
        """Return an answer's status, where it leads, and its content."""
        began = time.perf_counter()
        heads = {"Cookie": self.cookies, "Referer": f"{self.origin}/", "Origin": self.origin, **(FORM if sent else {})}
        self.line.request("POST" if sent else "GET", address, urlencode(sent) if sent else None, heads)
        answer = self.line.getresponse()
        content = answer.read()
        self.day.times.setdefault(what, []).append((time.perf_counter() - began) * 1000)
        if answer.status >= 500:
            self.day.faults.append(f"{address}: {answer.status}")
        return answer.status, answer.headers.get("Location", ""), content


def work(url: str, cookies: Sequence[str], each: int) -> list[Day]:
    """Let as many clerks as there are cookies settle up to so many cases each; return what each did."""
    days = [Day() for _ in cookies]
    threads = [
        threading.Thread(target=_work, args=(Desk(url, one, day), each)) for one, day in zip(cookies, days, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return days


def _work(desk: Desk, each: int) -> None:
    for _ in range(each):
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


def faults(days: Sequence[Day], waits: Sequence[int]) -> list[str]:
    """Return what was lost or decided twice, in words, from what the clerks were told and what the ledger holds."""
    from keywright.database.models import LedgerEntry, StoredCase

    told = Counter(number for day in days for number in day.settled)
    entries = Counter(LedgerEntry.objects.filter(event="case-settled").values_list("case_id", flat=True))
    states = dict(StoredCase.objects.filter(pk__in=list(waits)).values_list("pk", "state"))
    found = [one for day in days for one in day.faults]
    found += [f"Case {one} was decided {n} times." for one, n in entries.items() if n > 1]
    found += [f"Case {one} was settled by {n} clerks." for one, n in told.items() if n > 1]
    found += [f"Case {one} was settled and is {states.get(one)}." for one in told if states.get(one) == "referred"]
    found += [f"Case {one} was settled and the ledger does not tell." for one in told if not entries[one]]
    decided = {one for one, state in states.items() if state != "referred"}
    found += [f"Case {one} does not wait and nobody settled it." for one in decided if not entries[one]]
    if len(states) != len(waits):
        found.append(f"{len(waits) - len(states)} cases are gone.")
    return found
