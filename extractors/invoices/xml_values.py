"""The values in an e-invoice's elements, by a strict grammar; what is no such value becomes a finding."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from lxml import etree

from keywright.findings import Finding, Kind

#: Numbers as XML writes them (xs:decimal), of a length that arithmetic stays quick with. No exponent: ``1E+9`` is none.
NUMBER = re.compile(r"[-+]?(?:\d{1,15}(?:\.\d{0,20})?|\.\d{1,20})", re.ASCII)
#: Days as UBL (ISO 8601) and CII (formats 102 and 203 to 205) write them; a time or a zone may follow.
DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[TZ+-].{0,30})?|(\d{4})(\d\d)(\d\d)(?:\d{4,6}(?:[+-]\d{2,4})?)?", re.ASCII)
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Group:
    """One element of an e-invoice and what is in it, found by paths of names without namespaces.

    ``doubts`` are shared by all groups of a document: there stands what was asked for and is no such value.
    """

    node: etree._Element
    doubts: list[Finding] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.node.tag)

    def all(self, *paths: str) -> Iterator[Group]:
        """Yield the groups on each of these paths, path after path."""
        return (Group(node, self.doubts) for path in paths for node in self.node.iterfind(path))

    def first(self, *paths: str) -> Group:
        """Return the first group on these paths; an empty one if there is none."""
        return next(self.all(*paths), Group(etree.Element("none"), self.doubts))

    def own_text(self) -> str:
        return " ".join((self.node.text or "").split())

    def text(self, *paths: str) -> str | None:
        """Return the first text on these paths that is not empty."""
        return next((text for group in self.all(*paths) if (text := group.own_text())), None)

    def number(self, *paths: str) -> Decimal | None:
        """Return the first number on these paths; one that is none is noted, and there is no number then."""
        group = next((group for group in self.all(*paths) if group.own_text()), None)
        return group.own_number() if group else None

    def own_number(self) -> Decimal | None:
        text = self.own_text()
        if NUMBER.fullmatch(text):
            return Decimal(text)
        self._note("a number")
        return None

    def date(self, *paths: str) -> dt.date | None:
        """Return the first date on these paths; one that is none is noted, and there is no date then."""
        group = next((group for group in self.all(*paths) if group.own_text()), None)
        if group is None:
            return None
        match = DAY.fullmatch(group.own_text())
        try:
            if match:
                return dt.date(*(int(part) for part in match.groups() if part))
        except ValueError:  # the 31st of February
            pass
        group._note("a date")
        return None

    def _note(self, wanted: str) -> None:
        text = self.own_text()
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        finding = Finding(
            "einvoice-value",
            f"The e-invoice says {shown!r} where {wanted} belongs ({self.name}). The value was left out. Ask the "
            "sender for a file that is right, or fill in what is missing and compare the rest.",
            (),
            Kind.READING,
        )
        if finding not in self.doubts:
            self.doubts.append(finding)


def without_namespaces(root: etree._Element) -> etree._Element:
    """Return the same tree with bare names: e-invoices of one standard differ in prefixes and versions only."""
    for node in root.iter(etree.Element):
        node.tag = etree.QName(node).localname
    return root
