"""A stranger's file costs one case at most: it is read, or refused in words, and never more."""

from __future__ import annotations

import concurrent.futures
import io
import os
import signal
import threading
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from extractors.engines import refusals
from extractors.engines.isolation.sandbox import Limits, picture, pictures, read
from keywright.errors import Refer, Stop
from keywright.findings import Finding, Kind
from keywright.model.reading import Reading, text_of
from tests.extractors.engines import papers
from tests.extractors.engines.conftest import Put

Refusal = Callable[..., Finding]
_OUTLOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "__nameid_version1.0".encode("utf-16-le")


def test_a_digital_page_is_read_from_its_text_layer(read_bytes: Callable[[bytes], Reading]) -> None:
    reading = read_bytes(papers.pdf(papers.letter))
    assert reading.engines == ("text-layer",)
    assert "Harbour Paper Supply Ltd." in reading.text()
    assert "Copy paper white, 40 boxes 1 234,56" in reading.text().split("\n")


def test_a_pdf_with_a_password_is_refused_in_words_that_say_what_to_do(refusal: Refusal) -> None:
    finding = refusal(papers.pdf(papers.letter, password="secret"))
    assert finding.rule == refusals.ENCRYPTED
    assert "password" in finding.message and "Ask the sender" in finding.message
    assert finding.kind is Kind.READING and not finding.acceptable


def test_a_pdf_with_an_owner_password_only_is_read(read_bytes: Callable[[bytes], Reading]) -> None:
    content = papers.changed(papers.pdf(papers.letter), lambda w: w.encrypt("", "owner", algorithm="AES-256"))
    assert "Invoice HP-20881" in read_bytes(content).text()


@pytest.mark.parametrize(
    ("content", "rule", "sentence"),
    [
        (b"", refusals.NOT_A_DOCUMENT, "empty"),
        (b"<!DOCTYPE html><html><body>Your invoice</body></html>", refusals.NOT_A_DOCUMENT, "web page"),
        (b"Dear all,\nplease pay.\n", refusals.NOT_A_DOCUMENT, "plain text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), refusals.NOT_A_DOCUMENT, "old Office file"),
        (b"From: a@example.com\nSubject: your bill\n\nDear all", refusals.NOT_A_DOCUMENT, "e-mail. Save the files"),
        (_OUTLOOK, refusals.NOT_A_DOCUMENT, "Outlook"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", refusals.NOT_A_DOCUMENT, "HEIC"),
        (b"<order><number>7</number></order>", refusals.NOT_A_DOCUMENT, "not an e-invoice"),
        (bytes(range(256)) * 4, refusals.NOT_A_DOCUMENT, "unknown kind"),
        (b"%PDF-1.7\n1 0 obj\n<< /Type /Cat", refusals.DAMAGED, "damaged"),
        (papers.pdf(papers.letter)[:600], refusals.DAMAGED, "damaged"),
        (papers.raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"),
         refusals.DAMAGED, "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, refusals.DAMAGED, "damaged"),
        (papers.pdf(papers.nothing), refusals.NO_TEXT, "blank"),
        (papers.image_file(Image.new("L", (1200, 1600), 255), "PNG"), refusals.NO_TEXT, "blank"),
        (papers.many_pages(3000), refusals.TOO_LARGE, "3000 pages"),
    ],
    ids=["zero-bytes", "html", "text", "old-office", "mail", "outlook-mail", "heic", "other-xml", "garbage",
         "cut-at-once", "truncated", "no-pages", "broken-png", "blank-pdf", "blank-png", "3000-pages"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_under_a_rule(
    refusal: Refusal, content: bytes, rule: str, sentence: str
) -> None:
    finding = refusal(content)
    assert finding.rule == rule
    assert sentence in finding.message


def test_an_office_file_is_refused_whatever_it_is_called(refusal: Refusal) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("word/document.xml", "<document/>")
    assert "an Office file" in refusal(buffer.getvalue()).message


def test_a_page_that_unpacks_to_two_hundred_megabytes_is_refused_and_hurts_nobody(refusal: Refusal) -> None:
    content = papers.bomb(200)
    assert len(content) < 400_000
    begun = time.monotonic()
    assert refusal(content).rule in (refusals.NO_TEXT, refusals.TOO_LARGE, refusals.DAMAGED)
    assert time.monotonic() - begun < 60


def test_a_file_that_needs_more_memory_than_allowed_is_refused(refusal: Refusal) -> None:
    content = papers.image_file(Image.effect_noise((6000, 6000), 90), "PNG")
    finding = refusal(content, Limits(memory=180_000_000))
    assert finding.rule in (refusals.TOO_LARGE, refusals.DAMAGED)


def test_a_picture_of_more_pixels_than_any_scanner_makes_is_refused(refusal: Refusal) -> None:
    content = papers.image_file(Image.new("1", (40_000, 40_000), 1), "PNG")
    finding = refusal(content)
    assert finding.rule == refusals.TOO_LARGE
    assert "40000 × 40000" in finding.message


def test_a_file_that_takes_too_long_is_given_up(put: Put) -> None:
    page = papers.picture(papers.pdf(papers.letter))
    path = put(papers.scan(page, page, page))
    begun = time.monotonic()
    with pytest.raises(Refer) as caught:
        read(path, Limits(seconds_in_all=0.5))
    assert caught.value.finding.rule == refusals.TOO_SLOW
    assert time.monotonic() - begun < 20
    assert not _programs("tesseract")


def test_a_file_of_too_many_bytes_is_not_even_opened(refusal: Refusal) -> None:
    finding = refusal(papers.pdf(papers.letter), Limits(size=100))
    assert finding.rule == refusals.TOO_LARGE


def test_a_file_that_is_gone_stops_the_robot_and_says_which(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="gone"):
        read(tmp_path / "gone.pdf")


def test_a_killed_fork_server_is_replaced(read_bytes: Callable[[bytes], Reading]) -> None:
    content = papers.pdf(papers.letter)
    read_bytes(content)
    for pid in _programs("extractors.engines.isolation.fork_server"):
        with suppress(ProcessLookupError):  # a child that has answered may end meanwhile
            os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)
    assert "HP-20881" in read_bytes(content).text()


def test_a_reader_killed_in_the_middle_is_a_refusal(put: Put) -> None:
    page = papers.picture(papers.pdf(papers.letter))
    read(put(papers.pdf(papers.letter)))
    path = put(papers.scan(page, page, page, page))
    killer = threading.Timer(0.8, _kill_readers)
    killer.start()
    with pytest.raises(Refer) as caught:
        read(path)
    killer.join()
    assert caught.value.finding.rule == refusals.DAMAGED
    assert "crashed" in caught.value.finding.message


@pytest.mark.parametrize(("kills", "is_read"), [(1, True), (2, False)])
def test_a_fork_server_that_is_killed_in_the_middle_is_asked_once_more(kills: int, is_read: bool, put: Put) -> None:
    page = papers.picture(papers.pdf(papers.letter))
    read(put(papers.pdf(papers.letter)))
    path = put(papers.scan(page, page, page))
    killer = threading.Thread(target=_kill_servers, args=[kills])
    killer.start()
    try:
        assert "HP-20881" in read(path).text()
    except Refer as refused:
        assert refused.finding.rule == refusals.DAMAGED
        assert "stopped by it, twice" in refused.finding.message
        assert not is_read
    else:
        assert is_read
    finally:
        killer.join()
    assert "HP-20881" in read(put(papers.pdf(papers.letter))).text()


def test_many_threads_may_read_at_once(tmp_path: Path) -> None:
    paths = []
    for number in range(24):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(papers.pdf(papers.words(f"Invoice No {number}")))
        paths.append(path)
    with concurrent.futures.ThreadPoolExecutor(6) as threads:
        readings = list(threads.map(read, paths))
    assert [reading.text() for reading in readings] == [f"Invoice No {n}" for n in range(24)]


def test_the_readers_know_none_of_our_secrets(
    read_bytes: Callable[[bytes], Reading], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYWRIGHT_DATABASE_URL", "postgres://robot:hunter2@db/keywright")
    for pid in _programs("extractors.engines.isolation.fork_server"):
        with suppress(ProcessLookupError):  # a child that has answered may end meanwhile
            os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)
    read_bytes(papers.pdf(papers.letter))
    for pid in _programs("extractors.engines.isolation.fork_server"):
        assert b"hunter2" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_a_file_inside_a_pdf_is_never_written_to_disk(read_bytes: Callable[[bytes], Reading], tmp_path: Path) -> None:
    evil = {"..__..__evil": b"boo", "factur_x__xml": papers.CII}
    reading = read_bytes(papers.with_files(papers.pdf(papers.letter), **evil))
    assert reading.einvoice is not None
    assert [path.name for path in tmp_path.iterdir()] == ["document"]
    assert not list(tmp_path.parent.rglob("*evil*"))


def test_the_picture_of_a_page_is_held_as_its_reading_holds_it(put: Put) -> None:
    path = put(papers.rotated(papers.pdf(papers.letter), 90))
    page = read(path).pages[0]
    image = Image.open(io.BytesIO(picture(path, 1, dpi=72))).convert("L")
    assert image.size == pytest.approx((page.width, page.height), abs=1)
    for word in page.words():
        box = word.box
        ink = image.crop((int(box.left), int(box.top), int(box.right) + 1, int(box.bottom) + 1))
        assert min(ink.tobytes()) < 140, f"no ink where {word.text} should be"


def test_the_pictures_of_a_turned_scan_are_upright_and_as_large_as_its_pages(put: Put) -> None:
    path = put(papers.scan(papers.picture(papers.pdf(papers.letter), turned=180)))
    reading = read(path)
    (drawn,) = pictures(path, reading=reading)
    page = reading.pages[0]
    assert (drawn.width, drawn.height) == pytest.approx((page.width, page.height), abs=1)
    image = Image.open(io.BytesIO(drawn.png)).convert("L")
    scale = image.width / page.width
    for word in page.words():
        x0, top, x1, bottom = (round(edge * scale) for edge in _edges(word.box))
        assert min(image.crop((x0, top, x1 + 1, bottom + 1)).tobytes()) < 140


def test_a_page_that_is_not_there_is_refused(put: Put) -> None:
    path = put(papers.pdf(papers.letter))
    with pytest.raises(Refer, match="no page 7"):
        picture(path, 7)


def test_a_picture_of_an_unread_blank_page_can_still_be_drawn(put: Put) -> None:
    (drawn,) = pictures(put(papers.pdf(papers.nothing)))
    assert Image.open(io.BytesIO(drawn.png)).width > 500


def test_a_page_that_lost_its_contents_leaves_its_neighbours_readable(read_bytes: Callable[[bytes], Reading]) -> None:
    content = papers.pdf(papers.letter, papers.letter)
    reading = read_bytes(papers.changed(content, lambda writer: writer.pages[0].pop("/Contents")))
    assert [bool(page.lines) for page in reading.pages] == [False, True]
    assert text_of(reading.pages[1].lines[0]) == "Harbour Paper Supply Ltd."


def _edges(box: object) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom  # type: ignore[attr-defined]


def _programs(name: str) -> list[int]:
    """Return the processes below this one whose command line holds the name, oldest first (proc(5))."""
    own_pids = {os.getpid()}
    pids = []
    for pid in sorted(int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()):
        try:
            parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it has ended meanwhile
            continue
        if parent in own_pids:
            own_pids.add(pid)
            pids += [pid] if name in command else []
    return pids


def _kill_servers(times: int) -> None:
    """Kill the fork server in the middle of its work, and its successors."""
    killed: set[int] = set()
    give_up = time.monotonic() + 60
    while len(killed) < times and time.monotonic() < give_up:
        time.sleep(0.3)
        server, *readers = _programs("extractors.engines.isolation.fork_server") or [0]
        if readers and server not in killed:
            os.kill(server, signal.SIGKILL)
            killed.add(server)


def _kill_readers() -> None:
    _, *readers = _programs("extractors.engines.isolation.fork_server")
    for pid in readers:
        os.kill(pid, signal.SIGKILL)


def test_a_pipe_is_refused_and_waited_for_by_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Refer) as refused:
        read(tmp_path / "pipe")
    assert refused.value.finding.rule == refusals.NOT_A_DOCUMENT
