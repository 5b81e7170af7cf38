"""A small card index that robots file into: it files late, loses cards, files them in part, or answers nothing."""

from __future__ import annotations

import datetime as dt
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ClassVar

from PIL import Image

from bots.supplier_invoices import bot
from keywright.bot import AnyBot, Bot
from keywright.cases import casebook, work_queue
from keywright.cases.worker import Office
from keywright.errors import Refer, Retry, Unproven
from keywright.findings import Kind
from keywright.model.case import Case, State
from keywright.model.checks import Outcome, Verdict
from keywright.model.fields import Extraction
from keywright.model.reading import DrawnPage
from keywright.model.target_system import Hears, Posting, Receipt, Shown, SignIn, Unfinished
from tests.keywright.papers import LEASE, extraction, received
from tests.keywright.papers import field as read_field


def made_png() -> bytes:
    """Return a small picture."""
    whole = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(whole, "PNG")
    return whole.getvalue()


PNG = made_png()
NOBODY = SignIn("http://127.0.0.1:1", "robot", "pw")


@dataclass
class Drawer:
    """What is filed, and when it shows (monotonic seconds); and how the next filings and looks go wrong."""

    cards: dict[str, float] = field(default_factory=dict)
    enclosed: set[str] = field(default_factory=set)
    encloses: bool = False  #: a card is whole only with its enclosure, which is filed apart
    late: float = 0.0  #: seconds until a card shows
    loses: int = 0  #: so many filings are taken and lost
    fault: Exception | None = None  #: raised after each filing
    says: str = ""  #: what is answered to each filing
    dead: int = 0  #: so many looks get no answer
    unproven: set[str] = field(default_factory=set)  #: cards of which a look can tell nothing
    filed: int = 0
    picture: bytes = PNG

    def file(self, card: str) -> None:
        """Take a card, as a post does."""
        self.filed += 1
        if self.loses:
            self.loses -= 1
        else:
            assert card not in self.cards, f"{card} is filed twice"
            self.cards[card] = time.monotonic() + self.late
        if self.fault:
            raise self.fault


@dataclass
class Registry:
    """One session at the card index."""

    drawer: Drawer
    name: ClassVar[str] = "registry"

    def identity(self, record: str, /) -> str:
        return record.casefold()

    def find(self, record: str, /) -> Receipt | None:
        if self.drawer.dead:
            self.drawer.dead -= 1
            raise Retry("The registry does not answer.")
        if record in self.drawer.unproven:
            raise Unproven("The registry lists nothing, and does not say that it found nothing.")
        if self.drawer.cards.get(record, float("inf")) > time.monotonic():
            return None
        if self.drawer.encloses and record not in self.drawer.enclosed:
            raise Unfinished("its enclosure", f"card {record}")
        return Receipt(
            self.name,
            f"card {record}",
            (Shown("number", record, record),),
            self.drawer.picture,
            dt.datetime.now(dt.UTC),
        )

    def enter(self, record: str, posting: Posting, /) -> None:
        posting()
        if self.drawer.says and isinstance(posting, Hears):
            posting.hear(self.drawer.says)
        self.drawer.file(record)
        if self.drawer.encloses:
            self.finish(record, posting)

    def finish(self, record: str, posting: Posting, /) -> None:
        posting()
        self.drawer.filed += 1
        assert record not in self.drawer.enclosed, "it is enclosed twice"
        self.drawer.enclosed.add(record)


@dataclass
class OpensRegistry:
    """The door of the card index."""

    drawer: Drawer
    registry: type[Registry]
    name: str = "registry"

    @contextmanager
    def __call__(self, _sign_in: SignIn, /) -> Iterator[Registry]:
        yield self.registry(self.drawer)


def filing_bot(drawer: Drawer, registry: type[Registry] = Registry) -> AnyBot:
    """Return a bot that files the number of each invoice."""
    opens = OpensRegistry(drawer, registry)
    made: Bot[str] = Bot(name=bot.name, title=bot.title, reads=bot.reads, checks=(), record=number_of, keys_into=opens)
    return made


def number_of(invoice: Extraction, _payee: object = None) -> str:
    return str(invoice.fields["invoice_number"].value)


def checked(office: Office, number: str = "INV-7") -> Case:
    """Return a case that was read and checked, in a worker's hands; its page is drawn already."""
    sheet = DrawnPage(1, 595, 842, PNG)
    casebook.keep_pictures(received(number.encode()), [(sheet, office.pictures.put(sheet.png))])
    case = work_queue.claim(bot.name, "worker", LEASE, (State.RECEIVED,))
    assert case is not None
    invoice = extraction().with_fields(read_field("invoice_number", number))
    case = casebook.record_extraction(case, invoice, (), actor=office.worker)
    return office.has_checked(case, Verdict(Outcome.KEY, ()))


def asked_in_a_dialog() -> Refer:
    return Refer.because("asked-in-a-dialog", "The registry asked 'Sure?'.", kind=Kind.UNCERTAIN)
