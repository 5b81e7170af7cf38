"""Reads what a page says after a post: its headings, and what it shows as an error or a notice."""

from __future__ import annotations

from contextlib import suppress

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Frame

LONGEST = 300  # letters; a person reads this much, and finds the whole page in the picture
SAID = """longest => {
    const LOUD = '[role=alert], [role=status], [aria-live], [class*=error i], [class*=alert i], [class*=warning i], '
        + '[class*=invalid i], [class*=message i], [class*=notice i], [class*=flash i]';
    const HEADINGS = 'h1, h2, h3, h4, legend, caption, th:only-child';
    const line = element => (element.innerText ?? '').replace(/\\s+/g, ' ').trim();
    const body = document.body;
    if (!body) return '';
    const whole = line(body);
    if (whole.length <= longest) return whole || document.title;
    const loud = [...body.querySelectorAll(LOUD)].filter(element => line(element) && element !== body);
    const outer = loud.filter(element => !loud.some(other => other !== element && other.contains(element)));
    const short = outer.filter(element => line(element).length <= longest);
    const parts = [...body.querySelectorAll(HEADINGS)].slice(0, 3).concat(short).map(line).filter(part => part);
    return [...new Set(parts)].join('; ') || document.title || whole;
}"""


def answer_text(frame: Frame) -> str:
    """Return what a page says in at most 300 letters; an empty text if the page cannot be read any more.

    A short page is returned whole. Of a longer one, the first headings and the errors and notices are returned.
    """
    with suppress(PlaywrightError):
        return str(frame.evaluate(SAID, LONGEST))[:LONGEST]
    return ""
