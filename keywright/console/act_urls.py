"""The addresses of what a person does with a waiting case."""

from django.urls import path

import keywright.console.converters  # noqa: F401  # makes <number:…> known
from keywright.console import acts, closing_pages
from keywright.console.left_typed import left_typed

urlpatterns = [
    path("cases/<number:number>/claim/", acts.claim, name="claim"),
    path("cases/<number:number>/release/", acts.release, name="release"),
    path("cases/<number:number>/hand-over/", acts.hand_over, name="hand-over"),
    path("cases/<number:number>/escalate/", acts.escalate, name="escalate"),
    path("cases/<number:number>/park/", acts.park, name="park"),
    path("cases/<number:number>/unpark/", acts.unpark, name="unpark"),
    path("cases/<number:number>/comment/", acts.comment, name="comment"),
    path("cases/<number:number>/undo/", acts.undo_decision, name="undo"),
    path("cases/<number:number>/typed/", left_typed, name="left-typed"),
    path("cases/<number:number>/refuse/", closing_pages.refuse, name="refuse"),
    path("cases/<number:number>/send-back/", closing_pages.send_back, name="send-back"),
    path("cases/<number:number>/letter/", closing_pages.letter, name="letter"),
    path("cases/<number:number>/split/", closing_pages.split, name="split"),
    path("decided/", acts.decided, name="decided"),
    path("absences/", acts.away, name="absences"),
    path("absences/<number:absence>/end/", acts.back, name="absence-end"),
]
