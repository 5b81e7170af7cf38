"""What the town hall does to a clerk's request while one of its switches is on: with the post, and with the page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from starlette.responses import Response

from demo.town_hall.odd_pages import PAGE_FAULTS, pressed
from demo.town_hall.pages import Visit, say
from demo.town_hall.sessions import Sessions
from demo.town_hall.switches import SiteFault, SiteStep, Switch, due

Page = Callable[[Visit], Response]
POSTS = ("Post", "File application")
BOOKING = (SiteStep.POST, SiteStep.ATTACH)
OTHER_TAB = {"description": "Line of the other tab", "account": "5910", "amount": "1.00"}
ENDS_SESSION = (SiteFault.LOGS_OUT, SiteFault.REPLAYS_THE_POST)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong with one request: its step, and the faults that come in with it."""

    step: SiteStep
    switches: Sequence[Switch]

    def has(self, *faults: SiteFault) -> Switch | None:
        """Return the first switch of one of these faults, or None."""
        return next((switch for switch in self.switches if switch.fault in faults), None)


def trouble(home: Path, path: str, fields: dict[str, str]) -> Trouble:
    """Return what is to go wrong with a request, and count it."""
    step = step_of(path, fields)
    return Trouble(step, due(home, step))


def step_of(path: str, fields: dict[str, str]) -> SiteStep:
    """Return which step a request is."""
    fixed = {
        "login": SiteStep.SIGN_IN,
        "find": SiteStep.SEARCH,
        "found": SiteStep.FOUND,
        "record": SiteStep.RECORD,
        "attach": SiteStep.ATTACH,
    }
    name = path.rpartition("/")[2]
    if name in fixed or name == "file":
        return fixed.get(name, SiteStep.RECORD)
    if "vendor_id" not in fields and "project_address" not in fields:
        return SiteStep.FORM
    action = pressed(fields.get("action", ""))
    if action in POSTS:
        return SiteStep.POST
    return SiteStep.UPDATE if action else SiteStep.CHOICE


def ends_session(wrong: Trouble, sessions: Sessions, token: str) -> None:
    """End the clerk's session before the request is seen, where that is what goes wrong."""
    if wrong.has(*ENDS_SESSION):
        sessions.sign_out(token)


async def stall(wrong: Trouble) -> None:
    """Keep the clerk waiting before anything is done, where that is what goes wrong."""
    if before := wrong.has(SiteFault.STALLS_THEN_SAVES):
        await asyncio.sleep(before.seconds)


async def answer(page: Page, visit: Visit, wrong: Trouble) -> Response:
    """Answer a request as the switches want it: late, only in part, twice, or with an odd page."""
    if "action" in visit.fields:
        visit = replace(visit, fields=visit.fields | {"action": pressed(visit.field("action"))})
    await stall(wrong)
    response = _booked(page, _changed(visit, wrong), wrong) if wrong.step in BOOKING else page(_changed(visit, wrong))
    if after := wrong.has(SiteFault.SAVES_THEN_STALLS, SiteFault.TWICE_ON_DOUBLE_CLICK):
        await asyncio.sleep(after.seconds)
    for switch in wrong.switches:
        if odd := PAGE_FAULTS.get(switch.fault):
            response = odd(response, switch)
    return response


def _changed(visit: Visit, wrong: Trouble) -> Visit:
    """Return the visit as the town hall takes it: with less, with more, or with something else in it."""
    for switch in wrong.switches:
        match switch.fault:
            case SiteFault.SAVES_A_PART:
                visit = replace(visit, fields=_a_part(visit.fields, switch))
            case SiteFault.NEIGHBOURS_VALUE:
                visit = replace(visit, fields=_a_neighbours(visit.fields, switch))
            case SiteFault.SHARES_THE_CART:
                visit = replace(visit, fields=visit.fields | _of_the_other_tab(visit.fields))
            case SiteFault.SAVES_A_DRAFT:
                visit = replace(visit, as_draft=True)
            case SiteFault.STALE_LIST:
                visit = replace(visit, listed_until=switch.at)
            case SiteFault.EMPTIES_AN_UPLOAD if visit.upload:
                visit = replace(visit, upload=(visit.upload[0], b""))
    return visit


def _booked(page: Page, visit: Visit, wrong: Trouble) -> Response:
    """Book what was posted, or not, or twice; and report it, or not."""
    if wrong.has(SiteFault.REJECTS_AN_UPLOAD):
        return say("Error!", "The file could not be stored: type not allowed.", 200)
    if wrong.has(SiteFault.SHOWS_SUCCESS_SAVES_NOTHING):
        return page(replace(visit, fields={}))
    response = page(visit)
    if wrong.has(SiteFault.SAVES_TWICE):
        response = page(visit)
    if wrong.has(SiteFault.SAVES_AND_SHOWS_ERROR):
        return say("Error!", "DBD::Pg::db commit failed: server closed the connection at AP.pm line 1187.", 500)
    return response


def _a_part(fields: dict[str, str], switch: Switch) -> dict[str, str]:
    """Return the fields of a post without some of them: a line row, or a few boxes that can be empty."""
    rows = sorted(int(name[7:]) for name, value in fields.items() if name.startswith("amount_") and value)
    rng = switch.draw()
    if len(rows) > 1 and rng.random() < 0.5:
        row = rng.choice(rows)
        return {name: value for name, value in fields.items() if not name.endswith(f"_{row}")}
    loose = ("po_number", "notes", "due_date", "tax", "roll_number", "owner_name", "builder_name", "designer_bcin")
    filled = [name for name in (*loose, "work_description") if fields.get(name)]
    return fields | dict.fromkeys(rng.sample(filled, k=rng.randint(1, len(filled))) if filled else (), "")


NEIGHBOURS = {
    "invoice_number": "po_number",
    "due_date": "invoice_date",
    "notes": "description_1",
    "description_1": "notes",
    "po_number": "invoice_number",
    "tax": "amount_1",
    "owner_name": "applicant_name",
    "builder_name": "designer_name",
    "unit": "lot_con",
    "project_value": "area_m2",
    "applicant_phone": "roll_number",
    "project_address": "applicant_address",
}
"""For each field the neighbour whose value can be stored in its place."""


def _a_neighbours(fields: dict[str, str], switch: Switch) -> dict[str, str]:
    """Return the fields of a post with one value replaced by the value of its neighbour."""
    rng = switch.draw()
    pairs = [pair for pair in NEIGHBOURS.items() if pair[0] in fields and fields.get(pair[0]) != fields.get(pair[1])]
    if not pairs:
        return fields
    wrong, right = rng.choice(pairs)
    return fields | {wrong: fields.get(right, "")}


def _of_the_other_tab(fields: dict[str, str]) -> dict[str, str]:
    """Return the values that another tab of the same clerk has put into the form."""
    if "vendor_id" not in fields:
        return {"work_description": "Shed of the other tab"}
    rows = [int(name[7:]) for name in fields if name.startswith("amount_")]
    return {f"{name}_{max(rows, default=0) + 1}": value for name, value in OTHER_TAB.items()}
