"""The work on a document inside the fence, in a child process that the document may crash."""

from __future__ import annotations

import base64
import importlib
import json
import logging
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

from extractors.engines import refusals
from extractors.engines.document_reader import Fence, read_pdf, read_picture, read_xml
from extractors.engines.page_extract import cut
from extractors.engines.page_images import PagesToDraw, draw_pages
from extractors.engines.pdf import ruled_tables
from extractors.engines.reading_json import lines_to_json, reading_from_json, reading_to_json
from extractors.engines.region import read_place
from keywright.errors import Refer, Stop
from keywright.messages import Message
from keywright.model.reading import Box, DrawnPage, Line, Reading
from keywright.model.serialization import message_to_json
from keywright.model.values.media_types import PDF, PICTURES, XML, media_type

_TOO_BIG = refusals.refuse(refusals.TOO_LARGE, Message("It needs more memory than is allowed."))
MOST_WORDS = 200_000
"""The most words of a document: 200 pages, the most that are read, with a thousand words each, which is small print."""
_loaded: set[tuple[str, ...]] = set()
logging.disable(logging.ERROR)  # pypdf logs every oddity in a file


def send(reply: int, message: dict[str, Any], *, start: bytes = b"") -> None:
    """Write one line of the reply; do nothing if the other end is closed."""
    content = memoryview(start + json.dumps(message).encode() + b"\n")
    try:
        while content:
            content = content[os.write(reply, content) :]
    except OSError:
        return


def work(request: dict[str, Any], document: int, reply: int) -> None:
    """Do what the request asks for and write the result. Every error of the child is caught here."""
    try:
        with os.fdopen(document, "rb") as file:
            content = file.read()
        if request["do"] == "read":
            send(reply, _read_and_apply_rules(content, request))
        elif request["do"] == "work":
            send(reply, {"worked": _apply_rules(request["rules"], json.loads(content))})
            send(reply, {"done": True})
        elif request["do"] == "look-at":
            send(reply, {"lines": lines_to_json(_read_place(content, request))})
            send(reply, {"done": True})
        elif request["do"] == "cut":
            send(reply, {"cut": base64.b64encode(_cut(content, request)).decode()})
            send(reply, {"done": True})
        else:
            for drawn in _draw(content, request):
                png = base64.b64encode(drawn.png).decode()
                size = [drawn.width, drawn.height]
                send(reply, {"drawn": {"number": drawn.number, "size": size, "png": png}})
            send(reply, {"done": True})
    except Refer as refer:
        send(reply, {"refer": refer.finding.rule, **message_to_json(refer.finding.message)})
    except Stop as stop:
        send(reply, {"stop": str(stop)})
    except MemoryError:
        send(reply, {"refer": refusals.TOO_LARGE, **message_to_json(_TOO_BIG.finding.message)})
    except Exception as error:  # noqa: BLE001 - whatever a file causes, the case is referred to a person
        send(reply, {"refer": refusals.DAMAGED, "because": repr(error)})


def load(request: dict[str, Any]) -> None:
    """Load the rules that a request names, with everything they load at first use, for all later children."""
    rules = request.get("rules")
    if rules and (known := (rules["module"], rules["function"], *rules["loads"])) not in _loaded:
        for module in (rules["module"], *rules["loads"]):
            importlib.import_module(module)
        if request["do"] == "read":
            _apply_rules(rules, Reading(()))
        _loaded.add(known)


def _read_and_apply_rules(content: bytes, request: dict[str, Any]) -> dict[str, Any]:
    """Return the reading and what the rules make of it; the rules get as much time as the engines had."""
    reading = _read(content, request)
    words = sum(len(line) for page in reading.pages for line in page.lines)
    if words > MOST_WORDS:
        raise refusals.refuse(
            refusals.TOO_LARGE, Message("It has {count} words; {allowed} are allowed.", count=words, allowed=MOST_WORDS)
        )
    payload, rules = reading_to_json(reading), request["rules"]
    if not rules:
        return {"reading": payload}
    signal.setitimer(signal.ITIMER_REAL, request["limits"]["seconds"])
    with ruled_tables.at_hand(content, request["only"][0] if request["only"] else 1):
        return {"reading": payload, "worked": _apply_rules(rules, reading_from_json(payload))}


def _apply_rules(rules: dict[str, Any], data: Any) -> Any:
    return getattr(importlib.import_module(rules["module"]), rules["function"])(data, rules["told"])


def _read(content: bytes, request: dict[str, Any]) -> Reading:
    kind, fence = media_type(content), _fence(request["limits"], ticks=request["ticks"], only=request["only"])
    if kind == PDF:
        return read_pdf(content, fence)
    if kind in PICTURES:
        return read_picture(content, fence)
    if kind == XML:
        return read_xml(content)
    raise refusals.not_a_document(kind)


def _draw(content: bytes, request: dict[str, Any]) -> Iterator[DrawnPage]:
    kind = media_type(content)
    if kind not in PICTURES and kind != PDF:
        raise refusals.not_a_document(kind)
    order = PagesToDraw(request["pages"], request["dpi"], request["turned"])
    return draw_pages(content, order, _fence(request["limits"]), is_pdf=kind == PDF)


def _read_place(content: bytes, request: dict[str, Any]) -> tuple[Line, ...]:
    kind = media_type(content)
    if kind not in PICTURES and kind != PDF:
        raise refusals.not_a_document(kind)
    return read_place(content, Box(*request["box"]), request["turned"], _fence(request["limits"]), is_pdf=kind == PDF)


def _cut(content: bytes, request: dict[str, Any]) -> bytes:
    kind = media_type(content)
    if kind not in PICTURES and kind != PDF:
        raise refusals.not_a_document(kind)
    return cut(content, request["first"], request["last"], is_pdf=kind == PDF)


def _fence(limits: dict[str, Any], *, ticks: bool = False, only: list[int] | None = None) -> Fence:
    pages = (only[0], only[1]) if only else None
    return Fence(limits["pages"], limits["pixels"], _time_for_scans(limits["seconds_in_all"]), ticks, pages)


def _time_for_scans(seconds_in_all: float) -> Callable[[], None]:
    """Return a function that extends the child's time while scans are read; the fork server still ends it."""

    def take() -> None:
        signal.setitimer(signal.ITIMER_REAL, seconds_in_all)

    return take
