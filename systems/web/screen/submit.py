"""Presses the button that posts in the page itself, while the right to post lasts by the page's own clocks."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import ElementHandle, Frame

from keywright.errors import NotPosted
from keywright.model.target_system import Posting
from systems.web.screen.survey import Survey

MARGIN_S = 5.0  # of the right to post, so much is kept for the way to the system: at most a quarter of it
CLOCKS = "() => [performance.now(), Date.now()]"
PRESS_IN_TIME = """(button, [look, began, last]) => {
    if (performance.now() - began[0] > last || Date.now() - began[1] > last) return 'late';
    if (!look.unchanged()) return 'changed';
    button.click();
    return 'pressed';
}"""


@dataclass(frozen=True, slots=True)
class Right:
    """The right to post: from which reading of the page's two clocks, and for how many milliseconds."""

    began: tuple[float, float]
    lasts: float


def right_to_post(frame: Frame, posting: Posting) -> Right:
    """Read the page's clocks, and ask for the right to post: it lasts so many seconds from that reading."""
    began: list[float] = frame.evaluate(CLOCKS)
    seconds = posting()
    return Right((began[0], began[1]), max(seconds - min(seconds / 4, MARGIN_S), 0.0) * 1000)


def press_in_time(system: str, button: str, element: ElementHandle, look: Survey, right: Right) -> None:
    """Press the button. Raises NotPosted, without pressing, if the right has ended or a control has changed."""
    done: str = element.evaluate(PRESS_IN_TIME, [look.handle, list(right.began), right.lasts])
    if done == "pressed":
        return
    why = (
        f"The right to post to {system} ran out before {button!r} was pressed"
        if done == "late"
        else f"The screen of {system} changed in the moment before {button!r} was pressed"
    )
    raise NotPosted(f"{why}. Nothing was posted. It is tried again.")
