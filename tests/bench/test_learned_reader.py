"""The learned reader's model is made by one command, and the same documents make the same model."""

from __future__ import annotations

from pathlib import Path

from bench.learned_reader.fit import fitted
from bench.learned_reader.papers import Lesson
from extractors.supplier_invoice.learned.features import described
from extractors.supplier_invoice.learned.model import model_from, write_model
from extractors.supplier_invoice.learned.reader import read_learned
from keywright.model.reading import Reading
from tests.extractors.supplier_invoice.typed import typed


def paper(number: int) -> Reading:
    return typed(f"""
        Vendor {number} Ltd.

        {"Invoice" if number % 2 else "Bill"} no.   A-{number}17
        Date   2026-10-{number + 1:02}
        Due    2026-11-{number + 1:02}

        Total   {number}1.50
        Paid    1.50
        """)


def lesson(number: int) -> Lesson:
    truth = {
        "invoice_number": f"A-{number}17",
        "issue_date": f"2026-10-{number + 1:02}",
        "grand_total": f"{number}1.50",
    }
    return Lesson(f"{number}.pdf", f"program{number % 4}", f"layout{number}", truth, True, described(paper(number)))


def test_the_same_documents_make_the_same_model_and_it_reads_them(tmp_path: Path) -> None:
    lessons = [lesson(number) for number in range(1, 17)]

    for name in ("first.npz", "second.npz"):
        write_model(fitted(lessons, folds=2).model, tmp_path / name)

    assert (tmp_path / "first.npz").read_bytes() == (tmp_path / "second.npz").read_bytes()
    values = read_learned(paper(21), model_from(tmp_path / "first.npz"))
    assert (values["invoice_number"].value, values["grand_total"].value) == ("A-2117", "211.50")
