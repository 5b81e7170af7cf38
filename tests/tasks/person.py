"""A person who decides about the one referred case: ``python -m tests.tasks.person "not there"``, or "look again"."""

from __future__ import annotations

import sys


def main(word: str) -> None:
    from keywright.setup import open_records

    open_records()
    from keywright.cases import casebook
    from keywright.review import review_queue

    case = casebook.case_of(review_queue.waiting().get())
    assert case.extraction is not None
    if word == "look again":
        review_queue.look_again(case, person="maria")
    else:
        review_queue.settle(case, case.extraction, case.findings, (), person="maria")


if __name__ == "__main__":
    main(sys.argv[1])
