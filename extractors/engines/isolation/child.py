"""What is done with a document inside the fence, in a child process that may die of it."""

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
from extractors.engines.page_images import Wanted, draw_pages
from extractors.engines.reading_json import lines_to_json, reading_from_json, reading_to_json
from extractors.engines.region import read_place
from keywright.errors import Refer, Stop
from keywright.model.reading import Box, DrawnPage, Line, Reading
from keywright.model.values.media_types import PDF, PICTURES, XML, media_type

_TOO_BIG = refusals.refuse(refusals.TOO_LARGE, "It needs more memory than is allowed.")
MOST_WORDS = 200_000
"""Words of a document: two hundred pages, the most that are read, of a thousand words each, which is small print."""
_loaded: set[tuple[str, ...]] = set()
logging.disable(logging.ERROR)  # pypdf tells of every oddity in a file


def say(answer: int, what: dict[str, Any], *, start: bytes = b"") -> None:
    """Write one line of the answer, unless nobody listens any more."""
    content = memoryview(start + json.dumps(what).encode() + b"\n")
    try:
        while content:
            content = content[os.write(answer, content) :]
    except OSError:
        return


def work(request: dict[str, Any], document: int, answer: int) -> None:
    """Do what is asked with the document and say what came of it. This is the child's door."""
    try:
        with os.fdopen(document, "rb") as file:
            content = file.read()
        if request["do"] == "read":
            say(answer, _read_and_worked(content, request))
        elif request["do"] == "work":
            say(answer, {"worked": _worked(request["rules"], json.loads(content))})
            say(answer, {"done": True})
        elif request["do"] == "look-at":
            say(answer, {"lines": lines_to_json(_looked_at(content, request))})
            say(answer, {"done": True})
        elif request["do"] == "cut":
            say(answer, {"cut": base64.b64encode(_cut(content, request)).decode()})
            say(answer, {"done": True})
        else:
            for drawn in _drawn(content, request):
                png = base64.b64encode(drawn.png).decode()
                size = [drawn.width, drawn.height]
                say(answer, {"drawn": {"number": drawn.number, "size": size, "png": png}})
            say(answer, {"done": True})
    except Refer as refer:
        say(answer, {"refer": refer.finding.rule, "message": refer.finding.message})
    except Stop as stop:
        say(answer, {"stop": str(stop)})
    except MemoryError:
        say(answer, {"refer": refusals.TOO_LARGE, "message": str(_TOO_BIG)})
    except Exception as error:  # noqa: BLE001 - whatever a stranger's file does, a person hears of it
        say(answer, {"refer": refusals.DAMAGED, "because": repr(error)})


def load(request: dict[str, Any]) -> None:
    """Load the rules that a request names, and what they load when they are first used, for all children to come."""
    rules = request.get("rules")
    if rules and (known := (rules["module"], rules["function"], *rules["loads"])) not in _loaded:
        for module in (rules["module"], *rules["loads"]):
            importlib.import_module(module)
        if request["do"] == "read":
            _worked(rules, Reading(()))
        _loaded.add(known)


def _read_and_worked(content: bytes, request: dict[str, Any]) -> dict[str, Any]:
    """Return the reading, and what rules of ours say of it; they have as much time again as the engines have."""
    reading = _read(content, request)
    words = sum(len(line) for page in reading.pages for line in page.lines)
    if words > MOST_WORDS:
        raise refusals.refuse(refusals.TOO_LARGE, f"The file has {words} words; {MOST_WORDS} are allowed.")
    told, rules = reading_to_json(reading), request["rules"]
    if not rules:
        return {"reading": told}
    signal.setitimer(signal.ITIMER_REAL, request["limits"]["seconds"])
    return {"reading": told, "worked": _worked(rules, reading_from_json(told))}


def _worked(rules: dict[str, Any], data: Any) -> Any:
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


def _drawn(content: bytes, request: dict[str, Any]) -> Iterator[DrawnPage]:
    kind = media_type(content)
    if kind not in PICTURES and kind != PDF:
        raise refusals.not_a_document(kind)
    wanted = Wanted(request["pages"], request["dpi"], request["turned"])
    return draw_pages(content, wanted, _fence(request["limits"]), is_pdf=kind == PDF)


def _looked_at(content: bytes, request: dict[str, Any]) -> tuple[Line, ...]:
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
    """Return how to put off the end of the child's time while scans are read; the fork server ends it all the same."""

    def take() -> None:
        signal.setitimer(signal.ITIMER_REAL, seconds_in_all)

    return take
