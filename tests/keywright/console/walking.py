"""Every address of the console, and an office so full that there is something to see at each."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.models import Group, User
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from keywright.bot import all_bots
from keywright.cases.keying_attempts import NOT_SHOWN
from keywright.findings import Finding, Kind
from keywright.people.accounts import let_see
from keywright.quality import sampling
from tests.keywright.console.desk import BOT, referred
from tests.keywright.console.quality.test_quality_in_browser import drawn
from tests.keywright.console.site.test_every_page_in_browser import full_office


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Yield every address of the console itself; the vendor master's pages are Django's."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield entry
        elif isinstance(entry, URLResolver) and entry.app_name != "admin" and "api" not in str(entry.pattern):
            yield from patterns(entry)


def addresses(numbers: dict[str, list[int] | list[str]]) -> set[str]:
    """Return each address with every number that there is for it."""
    addresses = set()
    for entry in patterns():
        names = list(entry.pattern.converters)
        if not entry.name or entry.name in ("sign-out", "account_logout") or {"sha256", "provider_id"} & {*names}:
            continue
        assert set(names) <= numbers.keys(), f"Say which {names} to walk {entry.pattern} with."
        values = [numbers[name] for name in names]
        addresses |= (
            {reverse(entry.name, args=list(row)) for row in zip(*values, strict=False)}
            if names
            else {reverse(entry.name)}
        )
    return addresses


def numbers_of_a_full_office() -> dict[str, list[int] | list[str]]:
    """Fill the office with what shows boxes to be ticked, and return what the addresses name."""
    waits, done = full_office()
    for bots in (["permit-tickets"], []):
        let_see("building" if bots else "parks", bots, actor="test")
    boxes = Finding("box", "Look at this.", ("invoice_number",), Kind.BUSINESS)
    lost = Finding(NOT_SHOWN, "It was posted, and is not shown.", kind=Kind.UNCERTAIN)
    cases = [waits, done, referred("boxes.pdf", [boxes]), referred("lost.pdf", [lost])]
    sample, petra = drawn("drawn.pdf"), User.objects.get(username="petra")
    petra.groups.add(Group.objects.get(name="clerk"))
    sampling.answer(sample.pk, {"invoice_number": "BTG-9999"}, all_bots()[BOT].reads.specs(), person=petra)
    return {
        "number": [int(case.id) for case in cases] + [sample.pk],
        "page": [0] * 9,
        "language": ["en"] * 9,
        "kind": ["html"] * 9,
        "person": [petra.pk],
        "absence": [1],
        "pk": [1],
        "version": [1] * 9,
    }
