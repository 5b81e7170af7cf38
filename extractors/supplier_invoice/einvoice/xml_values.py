"""Reads the values in an e-invoice's elements by a strict grammar; an invalid value becomes a finding."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from lxml import etree

from keywright.findings import Finding, Kind
from keywright.messages import Message
from keywright.model.values.amounts import amount_of
from keywright.model.values.bank_accounts import ACCOUNTS_APART

#: Days as UBL (ISO 8601) and CII (formats 102 and 203 to 205) write them; a time or a zone can follow.
DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[TZ+-].{0,30})?|(\d{4})(\d\d)(\d\d)(?:\d{4,6}(?:[+-]\d{2,4})?)?", re.ASCII)
_SHOWN, _LONGEST = 40, 2000  # signs
_LONGEST_NUMBER, _MOST = 64, 12  # characters of an account; accounts of one document
_MOST_DOUBTS = 10


@dataclass(frozen=True, slots=True)
class Group:
    """One element of an e-invoice with its contents, found by paths of names without namespaces.

    ``doubts`` are shared by all groups of a document: they hold the findings about invalid values.
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

    def only(self, *paths: str) -> Group:
        """Return the first group on these paths; further ones are noted, since they could differ."""
        groups = list(self.all(*paths))
        if len(groups) > 1:
            self._note(
                Message(
                    "E-invoice has {count} parts where one belongs. The first {field} was read. Ask the sender which "
                    "is right.",
                    count=len(groups),
                    field=groups[0].name,
                )
            )
        return groups[0] if groups else self.first(*paths)

    def only_text(self, path: str) -> str | None:
        """Return the text of the one group on a path, None if it is empty; further groups are noted."""
        self.only(path)
        return self.text(path)

    def own_text(self) -> str:
        return " ".join((self.node.text or "").split())

    def text(self, *paths: str) -> str | None:
        """Return the first text on these paths that is not empty; a text of excessive length is cut, and noted."""
        text = next((text for group in self.all(*paths) if (text := group.own_text())), None)
        if text is not None and len(text) > _LONGEST:
            self._note(
                Message(
                    "E-invoice has a very long text. It has {count} characters and was cut. Ask the sender what it is "
                    "for.",
                    count=len(text),
                )
            )
            return text[:_LONGEST]
        return text

    def further_texts(self, *paths: str) -> str:
        """Return the texts after the first one, each once, in the form of a field with several accounts."""
        texts = dict.fromkeys(text[:_LONGEST_NUMBER] for group in self.all(*paths) if (text := group.own_text()))
        return ACCOUNTS_APART.join(list(texts)[1:_MOST])

    def number(self, *paths: str) -> Decimal | None:
        """Return the first number on these paths; None for an invalid one, which is noted.

        Different numbers on the same path are noted too.
        """
        groups = [group for group in self.all(*paths) if group.own_text()]
        numbers = [group.own_number() for group in groups]
        if len({number for number in numbers if number is not None}) > 1:
            number_list = ", ".join(str(number) for number in numbers[:4])
            self._note(
                Message(
                    "E-invoice has two values for one field. {field} is given as {values}. Ask the sender which is "
                    "right.",
                    field=groups[0].name,
                    values=number_list,
                )
            )
        return numbers[0] if numbers else None

    def own_number(self) -> Decimal | None:
        number = amount_of(self.own_text())
        if number is None:
            self._note_instead_of(Message("a number"))
        return number

    def date(self, *paths: str) -> dt.date | None:
        """Return the first date on these paths; None for an invalid one, which is noted."""
        group = next((group for group in self.all(*paths) if group.own_text()), None)
        if group is None:
            return None
        match = DAY.fullmatch(group.own_text())
        try:
            if match:
                return dt.date(*(int(part) for part in match.groups() if part))
        except ValueError:  # the 31st of February
            pass
        group._note_instead_of(Message("a date"))
        return None

    def _note_instead_of(self, wanted: Message) -> None:
        text = self.own_text()
        excerpt = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        self._note(
            Message(
                "E-invoice value not valid. It says “{text}” where {wanted} belongs ({field}). The value was left out. "
                "Ask the sender for a correct file, or fill in what is missing and compare the rest.",
                text=excerpt,
                wanted=wanted,
                field=self.name,
            )
        )

    def _note(self, message: Message) -> None:
        """Note a doubt once; after a limit only one more says that there are further ones."""
        if len(self.doubts) > _MOST_DOUBTS:
            return
        if len(self.doubts) == _MOST_DOUBTS:
            message = Message("More values of the e-invoice are not valid. Ask the sender for a correct file.")
        finding = Finding("einvoice-value", message, (), Kind.READING)
        if finding not in self.doubts:
            self.doubts.append(finding)


def without_namespaces(root: etree._Element) -> etree._Element:
    """Return the same tree with bare names, since e-invoices of one standard differ in prefixes and versions."""
    for node in root.iter(etree.Element):
        node.tag = str(node.tag).rpartition("}")[2].rpartition(":")[2]
    return root
