"""The queue's further filters: by vendor, amount, due time and age, in the address, and never by what is masked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from keywright import clock
from keywright.database.models import StoredCase
from keywright.findings import Finding, Kind
from keywright.model.case import State
from keywright.model.fields import bare
from keywright.review.filters import Filters, Reader, chosen_rows, counts_of
from keywright.settings.settings import settings
from tests.keywright.clerks import clerk
from tests.keywright.console.desk import UNSURE, referred
from tests.keywright.console.pages import decide, form_of, parsed, text_of
from tests.keywright.console.queue.test_queue import counts, files
from tests.keywright.receipts.keyed import masking_fields

DAY = dt.timedelta(days=1)
TWICE = Finding("same-number", "The same number.", kind=Kind.DUPLICATE)


def waits(
    name: str, vendor: str, amount: str | None, age: int, due: int, *findings: Finding, currency: str = "CAD"
) -> int:
    """Refer a case of a vendor over an amount, so many days ago, due in so many days; return its number."""
    number, moment = int(referred(f"{name}.pdf", findings or (UNSURE,)).id), clock.now()
    StoredCase.objects.filter(pk=number).update(
        sender=vendor,
        sender_key=bare(vendor),
        paper_number=bare(f"NO-{name}"),
        amount=Decimal(amount) if amount else None,
        currency=currency if amount else "",
        referred_at=moment - age * DAY,
        due_at=moment + due * DAY,
    )
    return number


@pytest.fixture
def four(db: None) -> dict[str, int]:
    return fill()


def fill() -> dict[str, int]:
    return {
        "gravel": waits("gravel", "Bruce Trail Gravel Ltd.", "1412.50", 1, -1),
        "pumps": waits("pumps", "Pompes Québec inc.", "99.95", 9, 2, TWICE),
        "signs": waits("signs", "Road Signs Ltd.", "250.00", 5, 4, currency="USD"),
        "blank": waits("blank", "", None, 3, 6),
    }


def shown(client: Client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    return [name.removesuffix(".pdf") for name in files(response.content)]


FOUND = [
    ("?vendor=quebec", ["pumps"]),
    ("?vendor=l.t.d", ["gravel", "signs"]),
    ("?amount_from=100", ["gravel", "signs"]),
    ("?amount_to=250,00", ["pumps", "signs"]),
    ("?amount_from=99.95&amount_to=%20250.00%20", ["pumps", "signs"]),
    ("?amount_from=0", ["gravel", "pumps", "signs"]),
    ("?currency=USD", ["signs"]),
    ("?days=5", ["pumps", "signs"]),
    ("?days=0", ["gravel", "pumps", "signs", "blank"]),
    ("?vendor=ltd&days=2", ["signs"]),
    ("?vendor=ltd&view=late", ["gravel"]),
    ("?kind=duplicate&amount_from=50", ["pumps"]),
    ("?words=no-signs", ["signs"]),
    ("?sort=amount", ["gravel", "signs", "pumps", "blank"]),
    ("?sort=age", ["pumps", "signs", "blank", "gravel"]),
    ("?sort=age&vendor=ltd", ["signs", "gravel"]),
    ("?sort=price", ["gravel", "pumps", "signs", "blank"]),
]


@pytest.mark.parametrize(("address", "expected"), FOUND)
def test_the_address_narrows_the_queue_and_says_its_order(
    four: dict[str, int], maria: Client, address: str, expected: list[str]
) -> None:
    assert shown(maria, f"/{address}") == expected


def test_on_both_databases_every_filter_finds_the_same(database: str) -> None:
    fill()
    client, person = Client(), clerk("maria")
    client.force_login(person)
    assert {address: shown(client, f"/{address}") for address, expected in FOUND} == dict(FOUND)


def test_due_until_is_a_whole_day_of_the_towns(four: dict[str, int], maria: Client) -> None:
    evening = dt.datetime(2027, 3, 5, 23, 59, tzinfo=settings().zone)
    StoredCase.objects.filter(pk=four["signs"]).update(due_at=evening)
    StoredCase.objects.filter(pk=four["pumps"]).update(due_at=evening + dt.timedelta(minutes=1))
    assert "signs" in shown(maria, "/?due_until=2027-03-05")
    assert "pumps" not in shown(maria, "/?due_until=2027-03-05")
    assert shown(maria, "/?due_until=2027-03-04").count("signs") == 0


def test_every_count_is_of_what_its_choice_shows(four: dict[str, int], maria: Client) -> None:
    page = maria.get("/?vendor=ltd").content
    assert counts(page) == {"all": 2, "late": 1, "mine": 0, "handed": 0, "parked": 0}
    options = parsed(page).xpath("//select[@id='kind' or @id='currency']/option/text()")
    assert {"unclear value (2)", "possible duplicate (0)", "CAD (1)", "USD (1)"} <= set(options)
    narrowed = parsed(maria.get("/?vendor=ltd&currency=USD").content)
    assert {"CAD (1)", "USD (1)", "unclear value (1)"} <= set(narrowed.xpath("//select/option/text()"))


def test_the_filters_stay_in_every_link_in_the_live_list_and_in_what_is_next(
    four: dict[str, int], maria: Client
) -> None:
    query = "vendor=ltd&amount_from=100.00&days=1&sort=age"
    page = parsed(maria.get(f"/?{query}").content)
    for place in ("//a[@id='next']/@href", "//div[@id='waiting']/@hx-get", "//a[@id='view-late']/@href"):
        assert query in page.xpath(place)[0], place
    assert maria.get(page.xpath("//div[@id='waiting']/@hx-get")[0]).status_code == 204
    assert maria.get(f"/next/?{query}")["Location"] == f"/cases/{four['signs']}/review/?{query}"
    assert maria.get(f"/next/?{query}&after={four['signs']}")["Location"].startswith(f"/cases/{four['gravel']}/review/")


def test_who_settles_a_case_goes_on_to_the_next_of_the_narrowed_list(four: dict[str, int], maria: Client) -> None:
    maria.get("/?vendor=ltd&sort=amount")
    case = type("Known", (), {"id": four["gravel"]})()
    response = decide(maria, case, "read-again", form_of(maria, case))
    assert response["Location"].startswith(f"/cases/{four['signs']}/review/?vendor=ltd&sort=amount")


def test_the_filters_stand_behind_more_until_one_is_set_and_are_cleared_at_once(
    four: dict[str, int], maria: Client
) -> None:
    plain, narrowed = (parsed(maria.get(address).content) for address in ("/", "/?view=late&days=1"))
    assert plain.xpath("//details[@id='more-filters' and not(@open)]") and not plain.xpath("//a[@id='clear']")
    assert narrowed.xpath("//details[@id='more-filters' and @open]")
    assert narrowed.xpath("//a[@id='clear']/@href") == ["/?view=late"]
    assert "match these filters" in text_of(maria.get("/?vendor=nobody").content)


@pytest.mark.parametrize("text", ["1,000", "$1,000.00", "1 000,00 $", "1.000,00"])
def test_amounts_are_looked_for_as_they_are_printed(four: dict[str, int], maria: Client, text: str) -> None:
    assert files(maria.get("/", {"amount_from": text}).content) == ["gravel.pdf"]


@pytest.mark.parametrize("writing", ["%d %B %Y", "%B %d, %Y", "%Y-%m-%d"])
def test_a_day_is_looked_for_as_it_is_printed(four: dict[str, int], maria: Client, writing: str) -> None:
    day = clock.now().astimezone(settings().zone)
    page = maria.get("/", {"due_until": f"{day:{writing}}"}).content
    assert files(page) == ["gravel.pdf"]
    assert parsed(page).get_element_by_id("due_until").get("value") == f"{day:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        ({"amount_from": "much"}, "Write an amount like 1250.00."),
        ({"amount_to": "1.005"}, "could be 1005 or 1.005"),
        ({"amount_to": "100.005"}, "could be 100005 or 100.005"),
        ({"amount_to": "1000.005"}, "Write an amount like 1250.00."),
        ({"amount_to": "NaN"}, "Write an amount like 1250.00."),
        ({"amount_from": "9" * 40}, "Write an amount like 1250.00."),
        ({"amount_from": "9", "amount_to": "8"}, "less than the “from” amount"),
        ({"due_until": "soon"}, "is not a date"),
        ({"due_until": "0001-01-01"}, "is not a date"),
        ({"due_until": "03/04/2026"}, "could be March 4, 2026 or April 3, 2026"),
        ({"days": "-1"}, "Write a number of days, like 3."),
        ({"days": "99999"}, "Write a number of days, like 3."),
        ({"days": "\u00b2"}, "Write a number of days, like 3."),
        ({"vendor": "!!"}, "letters or digits of the vendor's name"),
    ],
)
def test_what_is_no_filter_is_told_beside_it_and_the_others_still_hold(
    four: dict[str, int], maria: Client, filters: dict[str, str], sentence: str
) -> None:
    response = maria.get("/", {**filters, "kind": "duplicate"})
    page, wrong = parsed(response.content), list(filters)[-1]
    assert (response.status_code, files(response.content)) == (200, ["pumps.pdf"])
    remark = page.get_element_by_id(page.get_element_by_id(wrong).get("aria-describedby"))
    assert sentence in remark.text_content()
    assert page.get_element_by_id(wrong).get("value") == filters[wrong]
    assert page.xpath("//details[@id='more-filters' and @open]")
    assert maria.get("/next/", {**filters, "kind": "duplicate"})["Location"].startswith("/cases/")


MASKED = "seller_name,invoice_number,grand_total"


def test_by_what_is_masked_the_queue_is_not_searched_narrowed_or_put_in_order(
    four: dict[str, int], maria: Client, ada: Client
) -> None:
    everything = ["gravel", "pumps", "signs", "blank"]
    with masking_fields(MASKED):
        for words in ("Road Signs", "no-signs", "quebec"):
            assert shown(ada, f"/?words={words}") == [], words
        assert shown(ada, "/?words=signs.pdf") == ["signs"]
        assert shown(ada, f"/?words={four['gravel']}") == ["gravel"]
        for query in ("vendor=quebec", "amount_from=1000", "amount_to=1", "currency=USD", "sort=amount"):
            assert shown(ada, f"/?{query}") == everything, query
        assert shown(maria, "/?words=Road Signs") == shown(maria, "/?words=no-signs") == ["signs"]
        page = ada.get("/?vendor=quebec").content
        assert "Personal data is masked" in text_of(page)
        assert not parsed(page).xpath("//*[@id='vendor' or @id='amount_from' or @id='currency' or @value='amount']")
        assert counts(ada.get("/?words=quebec").content)["all"] == 0
        assert shown(ada, "/?days=9") == ["pumps"]
    assert shown(ada, "/?words=Road Signs") == ["signs"]


QUERIES: dict[str, Callable[[], Filters]] = {
    "words": lambda: Filters(words="quebec"),
    "vendor": lambda: Filters(vendor="quebec"),
    "amounts": lambda: Filters(amount_from=Decimal(1), amount_to=Decimal(9), currency="CAD"),
    "due": lambda: Filters(due_until=dt.date(2027, 1, 1)),
    "age, by amount": lambda: Filters(days=3, sort="amount"),
    "by age": lambda: Filters(sort="age", kind="duplicate", bot="supplier-invoices"),
}


@pytest.mark.parametrize("name", QUERIES)
def test_no_filter_reads_a_closed_case(four: dict[str, int], maria: Client, name: str) -> None:
    """SQLite says how it goes about it: by an index that begins with the state (or the bot, and then the state)."""
    StoredCase.objects.filter(pk=four["blank"]).update(state=State.REFUSED)
    rows, filters = StoredCase.objects.filter(state=State.REFERRED.value), QUERIES[name]()
    reader = Reader.of(User.objects.get(username="maria"), personal=True)
    plan = chosen_rows(rows, filters, reader).explain()
    assert "records_storedcase USING INDEX cases_" in plan and "SCAN records_storedcase" not in plan, plan
    assert "state=?" in plan
    assert connection.vendor == "sqlite"
    assert counts_of(rows, filters, reader).views[""] <= 3
