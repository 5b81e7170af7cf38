"""Look, enter, look again: what was posted is looked for, and never entered again blindly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from keywright import clock
from keywright.cases import casebook, work_queue
from keywright.cases.keying_attempts import NOT_FINISHED, NOT_SHOWN, POSTED_OTHERWISE
from keywright.cases.waiting import waiting_for
from keywright.cases.worker import Office
from keywright.database.models import Keying, LedgerEntry, StoredCase
from keywright.errors import NotPosted, Retry, Unproven
from keywright.findings import Kind
from keywright.model.case import Case, IllegalMove, State
from keywright.model.target_system import Posting
from keywright.review import review_queue
from tasks.key import FOUND
from tasks.pipeline import work_claimed
from tasks.runs.run_bot import run_bot
from tasks.system_session import Desk
from tests.keywright.papers import BOT, LEASE, field
from tests.tasks.registry import NOBODY, Drawer, Registry, asked_in_a_dialog, checked, filing_bot

Work = Callable[[Case, Drawer], Case]


@pytest.fixture
def quick(office: Office) -> Office:
    """An office that looks again at once, twice, and then after an hour."""
    return replace(office, settings=replace(office.settings, look_again=(0.05, 0.05, 3600.0), attempts=3))


@pytest.fixture
def work(quick: Office) -> Work:
    """Works a case at the card index as far as it goes."""

    def worked(case: Case, drawer: Drawer) -> Case:
        bot = filing_bot(drawer)
        with Desk(bot, NOBODY) as desk:
            return work_claimed(case, bot, desk, quick)

    return worked


def due_again() -> Case:
    """Let the time of waiting pass, and claim the case again."""
    StoredCase.objects.update(not_before=clock.now())
    case = work_queue.claim(BOT, "next", LEASE)
    assert case is not None
    return case


def test_a_record_that_shows_a_moment_late_is_waited_for(quick: Office, work: Work) -> None:
    drawer = Drawer(late=0.08)

    assert work(checked(quick), drawer).state is State.KEYED
    assert drawer.filed == 1


def test_a_record_that_shows_much_later_is_looked_for_in_a_later_run_without_costing_a_try(
    quick: Office, work: Work
) -> None:
    drawer = Drawer(late=3600)
    case = work(checked(quick), drawer)
    assert (case.state, case.attempts) == (State.KEYING, 0)
    assert work_queue.claim(BOT, "next", LEASE) is None, "it waits first"

    drawer.cards["INV-7"] = 0.0
    assert work(due_again(), drawer).state is State.KEYED
    assert drawer.filed == 1


@pytest.mark.parametrize("fault", [Retry("no answer to 'Post'"), asked_in_a_dialog()])
def test_whatever_is_answered_to_the_post_the_look_decides(fault: Exception, quick: Office, work: Work) -> None:
    drawer = Drawer(fault=fault)

    assert work(checked(quick), drawer).state is State.KEYED
    assert drawer.filed == 1


def test_a_record_that_never_shows_is_referred_as_uncertain_with_what_was_seen(quick: Office, work: Work) -> None:
    drawer = Drawer(loses=1, fault=asked_in_a_dialog())
    work(checked(quick), drawer)

    case = work(due_again(), drawer)

    (finding,) = case.findings
    assert (case.state, finding.rule, finding.kind) == (State.REFERRED, NOT_SHOWN, Kind.UNCERTAIN)
    assert finding.acceptable
    assert drawer.filed == 1
    bodies = " ".join(str(entry.body) for entry in LedgerEntry.objects.filter(event="case-put-back"))
    assert "The registry asked 'Sure?'." in bodies


def test_what_the_system_answered_to_the_post_is_told_to_the_person_also_by_a_later_run(
    quick: Office, work: Work
) -> None:
    drawer = Drawer(loses=1, says="The period is closed.")
    (posted,) = waiting_for(work(checked(quick), drawer)).posted  # type: ignore[union-attr]
    assert posted == "inv-7 was posted into registry, which answered “The period is closed.”"

    (finding,) = work(due_again(), drawer).findings

    assert "registry, which answered “The period is closed.”, and it does not show it." in finding.message
    assert drawer.filed == 1


def lost(quick: Office, work: Work, drawer: Drawer) -> Case:
    """Return a case whose record was posted and lost, as a person gets it."""
    work(checked(quick), drawer)
    return work(due_again(), drawer)


def test_look_again_only_looks_and_asks_again_if_there_is_still_nothing(quick: Office, work: Work) -> None:
    drawer = Drawer(loses=1)
    case = review_queue.look_again(lost(quick, work, drawer), person="maria")
    assert case.state is State.KEYING

    again = work(due_again(), drawer)

    assert (again.state, again.findings[0].rule) == (State.REFERRED, NOT_SHOWN)
    assert drawer.filed == 1


def test_look_again_closes_the_case_if_the_record_is_there_by_now(quick: Office, work: Work) -> None:
    drawer = Drawer(loses=1)
    review_queue.look_again(lost(quick, work, drawer), person="maria")
    drawer.cards["INV-7"] = 0.0

    assert work(due_again(), drawer).state is State.KEYED
    assert drawer.filed == 1


def test_nothing_is_looked_for_again_where_nothing_is_in_doubt(quick: Office, work: Work) -> None:
    drawer = Drawer(cards={"INV-7": 0.0})
    case = work(checked(quick), drawer)
    assert case.findings[0].rule == FOUND

    with pytest.raises(IllegalMove, match="not in doubt"):
        review_queue.look_again(case, person="maria")


def accept(case: Case) -> Case:
    assert case.extraction is not None
    return review_queue.settle(case, case.extraction, case.findings, (), person="maria")


def test_a_person_who_says_that_it_is_not_there_has_it_entered_once_more(quick: Office, work: Work) -> None:
    drawer = Drawer(loses=1)
    accept(lost(quick, work, drawer))

    assert work(due_again(), drawer).state is State.KEYED
    assert drawer.filed == 2


def test_one_word_of_a_person_is_not_enough_for_a_third_post(quick: Office, work: Work) -> None:
    drawer = Drawer(loses=2)
    accept(lost(quick, work, drawer))
    work(due_again(), drawer)

    case = work(due_again(), drawer)

    assert (case.state, case.findings[0].rule) == (State.REFERRED, NOT_SHOWN)
    assert drawer.filed == 2


def test_a_record_that_was_posted_and_cannot_be_looked_for_goes_to_a_person_when_its_tries_are_used_up(
    quick: Office, work: Work
) -> None:
    drawer = Drawer(late=3600)
    work(checked(quick), drawer)
    drawer.dead = 3

    cases = [work(due_again(), drawer) for _ in range(3)]

    assert [case.state for case in cases] == [State.KEYING, State.KEYING, State.REFERRED]
    assert cases[-1].findings[0].kind is Kind.UNCERTAIN
    assert "could not look for it: The registry does not answer." in cases[-1].findings[0].message


class Hesitant(Registry):
    """A session in which a card is filed, and the button for its enclosure is not pressed in time."""

    def finish(self, _record: str, posting: Posting, /) -> None:
        posting()
        raise NotPosted("The right ran out. Nothing was posted.")


def test_an_intent_that_is_taken_back_leaves_what_the_post_before_was_answered(quick: Office) -> None:
    bot = filing_bot(Drawer(encloses=True, says="Card taken."), Hesitant)
    with Desk(bot, NOBODY) as desk:
        work_claimed(checked(quick), bot, desk, quick)

    keying = Keying.objects.get()
    assert (keying.posts, keying.answer) == (1, "Card taken.")


def sign_in_by(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the sign-in of the card index, as a whole run of a bot needs it."""
    for part, value in (("URL", NOBODY.url), ("USER", NOBODY.user), ("PASSWORD", NOBODY.password)):
        monkeypatch.setenv(f"KEYWRIGHT_REGISTRY_{part}", value)


def test_a_posted_record_that_no_list_proves_costs_its_own_case_a_try_and_no_other_case_anything(
    quick: Office, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in_by(monkeypatch)
    drawer = Drawer(late=3600)
    posted = work(checked(quick), drawer)
    drawer.late, drawer.unproven = 0, {"INV-7"}

    for attempt in (1, 2, 3):
        StoredCase.objects.update(not_before=clock.now())
        second_case = checked(quick, f"INV-8{attempt}")
        work_queue.release(second_case)
        run_bot(filing_bot(drawer), quick)
        assert casebook.get(second_case.id).state is State.KEYED

    (finding,) = casebook.get(posted.id).findings
    assert (finding.rule, finding.kind) == (NOT_SHOWN, Kind.UNCERTAIN)
    assert "does not say that it found nothing" in finding.message
    assert drawer.filed == 4


def test_a_record_that_was_not_posted_and_that_no_list_proves_still_stops_the_bot(
    quick: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in_by(monkeypatch)
    drawer = Drawer(unproven={"INV-7"})
    work_queue.release(checked(quick))

    for _ in range(4):
        with pytest.raises(Unproven):
            run_bot(filing_bot(drawer), quick)
    assert drawer.filed == 0


def test_a_record_that_was_never_posted_fails_when_its_tries_are_used_up(quick: Office, work: Work) -> None:
    drawer = Drawer(dead=3)
    cases = [work(checked(quick), drawer), *(work(due_again(), drawer) for _ in range(2))]

    assert [case.state for case in cases] == [State.CHECKED, State.CHECKED, State.FAILED]


def test_a_record_that_lacks_a_part_of_ours_is_finished_and_not_entered_anew(quick: Office, work: Work) -> None:
    drawer = Drawer(encloses=True, fault=Retry("lost between the card and its enclosure"))

    assert work(checked(quick), drawer).state is State.KEYED
    assert (drawer.filed, drawer.enclosed) == (2, {"INV-7"})


def test_a_part_that_was_posted_and_is_not_shown_is_not_posted_again_blindly(quick: Office, work: Work) -> None:
    class LossyDrawer(set[str]):
        def add(self, _card: str) -> None:
            """Lose the enclosure."""

    drawer = Drawer(encloses=True, enclosed=LossyDrawer())
    work(checked(quick), drawer)
    case = work(due_again(), drawer)
    assert (case.state, case.findings[0].rule, drawer.filed) == (State.REFERRED, NOT_FINISHED, 2)

    drawer.enclosed = set()
    accept(case)
    assert work(due_again(), drawer).state is State.KEYED
    assert drawer.filed == 3


def test_a_case_whose_values_are_corrected_after_a_post_asks_what_became_of_the_first(
    quick: Office, work: Work
) -> None:
    drawer = Drawer(loses=1)
    case = lost(quick, work, drawer)
    assert case.extraction is not None
    review_queue.settle(case, case.extraction.with_fields(field("invoice_number", "INV-8")), [], (), person="maria")

    referred_case = work(due_again(), drawer)
    assert (referred_case.state, referred_case.findings[0].rule, drawer.filed) == (State.REFERRED, POSTED_OTHERWISE, 1)

    accept(referred_case)
    assert work(due_again(), drawer).state is State.KEYED
    assert list(drawer.cards) == ["INV-8"]


def test_a_person_who_takes_one_record_for_this_cases_has_taken_no_other(quick: Office, work: Work) -> None:
    drawer = Drawer(cards={"INV-7": 0.0, "INV-8": 0.0})
    case = work(checked(quick), drawer)
    assert case.extraction is not None
    corrected = case.extraction.with_fields(field("invoice_number", "INV-8"))
    review_queue.settle(case, corrected, case.findings, (), person="maria")

    again = work(due_again(), drawer)

    assert (again.state, again.findings[0].rule) == (State.REFERRED, FOUND)


def test_a_worker_that_lost_its_case_while_it_typed_posts_nothing(quick: Office, work: Work) -> None:
    drawer = Drawer()
    case = checked(quick)

    class SlowRegistry(Registry):
        def enter(self, record: str, posting: Posting, /) -> None:
            StoredCase.objects.update(lease_until=clock.now())
            heir = work_queue.claim(BOT, "heir", LEASE)
            assert heir is not None
            assert work(heir, drawer).state is State.KEYED
            super().enter(record, posting)

    bot = filing_bot(drawer, SlowRegistry)
    with Desk(bot, NOBODY) as desk:
        late = work_claimed(case, bot, desk, quick)

    assert late.state is State.KEYED
    assert drawer.filed == 1
    assert Keying.objects.get().posts == 1
    assert casebook.get(case.id).receipt_number == "card INV-7"
