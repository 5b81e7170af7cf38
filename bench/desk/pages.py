"""Times the console's pages one by one, in this process: the server's time without the network and the browser."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from typing import Any

from django.contrib.auth.models import Group, User
from django.test import Client
from lxml import html

from bench.desk.filling import BOT, vendor

Timed = tuple[tuple[float, ...], tuple[float, ...], float]

PAGES: Mapping[str, Callable[[int, int], str]] = {
    "queue": lambda n, _w: ("/", f"/?bot={BOT}", "/?view=late", "/?words=Lakeshore")[n % 4],
    "review": lambda _n, w: f"/cases/{w}/review/",
    "search": lambda n, _w: _searches(n),
    "all cases": lambda n, _w: ("/cases/", "/cases/?state=refused", f"/cases/?bot={BOT}&state=keyed")[n % 3],
    "a page far behind": lambda n, w: f"/cases/?before=~{max(w - 200 * n, 100)}",
    "story": lambda n, w: f"/cases/{max(w - 37 * n, 1)}/",
    "ledger": lambda n, w: ("/ledger/", "/ledger/?actor=robot:office:1", f"/ledger/?case={w - n}")[n % 3],
}


@dataclass(frozen=True, slots=True)
class Times:
    """How long each request for a page took, in milliseconds, and how large the largest answer was, in kilobytes.

    ``worked`` is how long this process's processor was at it: less where the database is another process, or where
    the machine has other work.
    """

    name: str
    milliseconds: tuple[float, ...]
    worked: tuple[float, ...] = ()
    largest: float = 0.0

    def at(self, percent: float) -> float:
        """Return the time that so many of a hundred requests did not exceed."""
        return _at(self.milliseconds, percent)

    def worked_at(self, percent: float) -> float:
        """Return the same of the processor's time."""
        return _at(self.worked, percent)


def parsed(page: bytes) -> Any:
    """Return a page as a tree of its elements."""
    return html.fromstring(page)


def _at(times: Sequence[float], percent: float) -> float:
    ordered = sorted(times) or [0.0]
    return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]


def clerk(name: str, *groups: str) -> Client:
    """Return the browser of a person who is signed in."""
    import keywright.console.sign_in.sessions  # noqa: F401  from here on it notes when a session began

    person, _new = User.objects.get_or_create(username=name)
    person.groups.set(Group.objects.filter(name__in=groups))
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person)
    return client


def times(waits: Sequence[int], rounds: int) -> Iterator[Times]:
    """Time so many requests for each page, for deciding, and for an open queue in which nothing has changed."""
    client = clerk("supervisor", "supervisor")
    for name, address in PAGES.items():
        addresses = [address(n, waits[n % len(waits)]) for n in range(rounds)]
        client.get(addresses[0])
        yield Times(name, *_timed([partial(client.get, number) for number in addresses]))
    open_page = parsed(client.get("/").content).xpath("//div[@id='waiting']/@hx-get")[0]
    yield Times("an open queue, nothing new", *_timed([partial(client.get, open_page)] * rounds, 204))
    forms = [(number, form_of(client.get(f"/cases/{number}/review/").content)) for number in waits[-rounds:]]
    sent = [partial(client.post, f"/cases/{number}/decide/", form) for number, form in forms]
    yield Times("decide", *_timed(sent, 302))


def form_of(page: bytes) -> dict[str, Any]:
    """Return what the review page sends when its first doubt is corrected and it is accepted."""
    form = next(candidate for candidate in parsed(page).forms if "field-invoice_number" in candidate.fields)
    values = dict(form.form_values())
    return {
        **values,
        "field-invoice_number": values["field-invoice_number"].replace("INV", "BTG"),
        "decision": "accept",
    }


def _searches(number: int) -> str:
    words = cycle(
        (f"INV-{number * 17 % 9999:07d}", f"scan-{number:05d}", vendor(number).lower(), "s", str(number + 1), "nobody")
    )
    return f"/cases/?words={[next(words) for _ in range(number % 6 + 1)][-1]}"


def _timed(asks: Sequence[Callable[[], Any]], status: int = 200) -> Timed:
    timings, worked, largest = [], [], 0.0
    for request in asks:
        began, at_work = time.perf_counter(), time.process_time()
        response = request()
        worked.append((time.process_time() - at_work) * 1000)
        timings.append((time.perf_counter() - began) * 1000)
        if response.status_code != status:
            words = " ".join(parsed(response.content).text_content().split())[:1500] if response.content else ""
            raise RuntimeError(f"{response.request['PATH_INFO']}: {response.status_code}, and not {status}. {words}")
        largest = max(largest, len(response.content) / 1000)
    return tuple(timings), tuple(worked), largest
