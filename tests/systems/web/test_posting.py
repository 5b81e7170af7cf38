"""Nothing is posted but by a worker that still has the right to, and with every control as it was filled."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page

from keywright.errors import NotPosted, Refer, Retry
from keywright.model.target_system import take_no_note
from systems.web.browser.browser import faults_of
from systems.web.screen.formats import Format
from systems.web.screen.screen import Screen
from tests.systems.rights import a_minute

FORM = b"""<title>PostingDesk</title><form method="post" action="/post"><table>
<tr><td>Number</td><td><input name="number"></td></tr></table>
<input type="submit" name="action" value="Post"></form>"""


class PostingDesk(BaseHTTPRequestHandler):
    """A desk that keeps what is posted to it."""

    posted: list[bytes]

    def do_GET(self) -> None:
        self._say(FORM)

    def do_POST(self) -> None:
        self.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
        self._say(b"<title>Saved</title>Saved")

    def _say(self, page: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def posted(page: Page) -> Iterator[list[bytes]]:
    """What the desk on the page has been sent."""
    contents: list[bytes] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), type("OneDesk", (PostingDesk,), {"posted": contents})) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        page.goto(f"http://127.0.0.1:{server.server_address[1]}/")
        yield contents
        server.shutdown()


@pytest.fixture
def screen(page: Page, posted: list[bytes]) -> Screen:
    screen = Screen("Test desk", page.main_frame, Format("%m-%d-%Y"), note=take_no_note)
    screen.text("Number", "A-1")
    return screen


def test_with_the_right_to_post_the_button_is_pressed_once(screen: Screen, posted: list[bytes]) -> None:
    screen.post("Post", a_minute)
    assert posted == [b"number=A-1&action=Post"]
    assert screen.frame.title() == "Saved"


def test_a_worker_whose_right_ran_out_before_the_press_posts_nothing(screen: Screen, posted: list[bytes]) -> None:
    def stopped_for_a_while() -> float:
        time.sleep(0.5)
        return 0.4

    with pytest.raises(NotPosted, match="ran out before 'Post' was pressed"):
        screen.post("Post", stopped_for_a_while)
    assert posted == []
    assert screen.frame.title() == "PostingDesk"


@dataclass
class Listener:
    """Gives a right for so many seconds, and writes down what it is told."""

    seconds: float
    heard: list[str] = field(default_factory=list)

    def __call__(self) -> float:
        return self.seconds

    def hear(self, words: str) -> None:
        """Take the answer."""
        self.heard.append(words)


def test_what_the_page_says_is_heard_after_a_press_and_not_where_nothing_was_pressed(screen: Screen) -> None:
    late, in_time = Listener(0.0), Listener(60.0)
    with pytest.raises(NotPosted):
        screen.post("Post", late)
    screen.post("Post", in_time)
    assert (late.heard, in_time.heard) == ([], ["Saved"])


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_was_set_meanwhile_lengthens_no_right(screen: Screen, posted: list[bytes], hours: int) -> None:
    def clock_set_while_stopped() -> float:
        screen.frame.evaluate(f"() => {{ const was = Date.now; Date.now = () => was() + {hours} * 3600000 }}")
        time.sleep(0.5)
        return 0.4

    with pytest.raises(NotPosted):
        screen.post("Post", clock_set_while_stopped)
    assert posted == []


def test_a_right_that_is_refused_posts_nothing(screen: Screen, posted: list[bytes]) -> None:
    def lost() -> float:
        raise Retry("The lease was lost.")

    with pytest.raises(Retry, match="The lease was lost"):
        screen.post("Post", lost)
    assert posted == []


def test_a_value_wiped_by_a_late_answer_is_told_before_the_right_is_asked_for(
    screen: Screen, posted: list[bytes]
) -> None:
    questions: list[str] = []
    screen.frame.evaluate("() => void setTimeout(() => document.querySelector('[name=number]').value = '', 50)")
    time.sleep(0.2)
    with pytest.raises(Refer, match="“A-1” at 'Number': it shows “” instead"):
        screen.post("Post", lambda: questions.append("right") or 60.0)  # type: ignore[func-returns-value]
    assert (questions, posted) == ([], [])


def test_a_value_wiped_in_the_last_moment_is_seen_by_the_page_itself(screen: Screen, posted: list[bytes]) -> None:
    def wiped_meanwhile() -> float:
        screen.frame.evaluate("() => { document.querySelector('[name=number]').value = '' }")
        return 60.0

    with pytest.raises(NotPosted, match="changed in the moment before 'Post' was pressed"):
        screen.post("Post", wiped_meanwhile)
    assert posted == []


def test_a_button_behind_a_pop_up_is_not_pressed_through_it(screen: Screen, posted: list[bytes]) -> None:
    screen.frame.page.set_default_timeout(500)
    cover = "<div style='position:fixed;inset:0;background:#fff'>Are you still there?</div>"
    screen.frame.evaluate("cover => document.body.insertAdjacentHTML('beforeend', cover)", cover)
    with pytest.raises(Retry), faults_of("Test desk", "posting"):
        screen.post("Post", a_minute)
    assert posted == []
