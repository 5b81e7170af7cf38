"""A bot: what it reads, what it checks, and where it keys; and how the bots of a checkout are found."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from keywright.errors import Stop
from keywright.model.checks import Check
from keywright.model.document import Enclosure
from keywright.model.document_type import DocumentType
from keywright.model.duplicates import Trait
from keywright.model.fields import Extraction
from keywright.model.order import OrderFields
from keywright.model.target_system import Opens
from keywright.model.vendor import Payee, SellerFields

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot(Generic[R]):
    """One back-office task, end to end. It only joins parts that are defined elsewhere.

    ``record`` makes the target system's record from a checked extraction; ``keys_into`` opens that system. ``same_as``
    returns the traits by which a duplicate is found; like ``record`` it is given the vendor on file. ``seller`` names
    the fields with the seller, for documents whose seller is looked up in the vendor master; then ``record`` is given
    the vendor that the checks found there, or None. ``orders`` names the fields that are matched with the
    purchase orders on file. ``encloses`` puts the document itself into the record, for systems that store it with the
    values.
    """

    name: str
    title: str
    reads: type[DocumentType]
    checks: Sequence[Check]
    record: Callable[[Extraction, Payee | None], R]
    keys_into: Opens[R]
    same_as: Callable[[Extraction, Payee | None], Sequence[Trait]] = lambda _, __: ()
    seller: SellerFields | None = None
    orders: OrderFields | None = None
    encloses: Callable[[R, Enclosure], R] | None = None


AnyBot = Bot[Any]


def all_bots(package: str = "bots") -> dict[str, AnyBot]:
    """Return the bots of this checkout by name: each module of the package has one, called ``bot``."""
    folder = importlib.import_module(package)
    modules = (importlib.import_module(f"{package}.{m.name}") for m in pkgutil.iter_modules(folder.__path__))
    return {module.bot.name: module.bot for module in modules if isinstance(getattr(module, "bot", None), Bot)}


def document_type_of(bot: str) -> type[DocumentType] | None:
    """Return the document type that a bot reads, or None if no bot of this name is installed."""
    found = all_bots().get(bot)
    return found.reads if found else None


def bot_named(name: str) -> AnyBot:
    """Return one bot. Raises Stop, naming the existing ones, if there is none of that name."""
    bots = all_bots()
    if name not in bots:
        raise Stop(f"There is no bot {name!r}. There are: {', '.join(sorted(bots))}.")
    return bots[name]
