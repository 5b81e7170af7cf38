"""The addresses of what a person does with a waiting case."""

from django.urls import path

import keywright.console.shared.converters  # noqa: F401  # makes <number:…> known
from keywright.console.cases import actions, close
from keywright.console.review.stale_drafts import left_typed

urlpatterns = [
    path("cases/<number:number>/claim/", actions.claim, name="claim"),
    path("cases/<number:number>/release/", actions.release, name="release"),
    path("cases/<number:number>/hand-over/", actions.hand_over, name="hand-over"),
    path("cases/<number:number>/escalate/", actions.escalate, name="escalate"),
    path("cases/<number:number>/park/", actions.park, name="park"),
    path("cases/<number:number>/unpark/", actions.unpark, name="unpark"),
    path("cases/<number:number>/comment/", actions.comment, name="comment"),
    path("cases/<number:number>/undo/", actions.undo_decision, name="undo"),
    path("cases/<number:number>/typed/", left_typed, name="left-typed"),
    path("cases/<number:number>/refuse/", close.refuse, name="refuse"),
    path("cases/<number:number>/send-back/", close.send_back, name="send-back"),
    path("cases/<number:number>/letter/", close.letter, name="letter"),
    path("cases/<number:number>/split/", close.split, name="split"),
    path("decided/", actions.decided, name="decided"),
    path("absences/", actions.away, name="absences"),
    path("absences/<number:absence>/end/", actions.back, name="absence-end"),
]
