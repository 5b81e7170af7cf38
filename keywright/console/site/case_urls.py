"""URLs of the actions on a waiting case."""

from django.urls import path

import keywright.console.shared.converters  # noqa: F401  # makes <number:…> known
from keywright.console.cases import actions, close
from keywright.console.review.stale_drafts import settle_earlier_entries

urlpatterns = [
    path("cases/<number:number>/claim/", actions.claim, name="claim"),
    path("cases/<number:number>/release/", actions.release, name="release"),
    path("cases/<number:number>/hand-over/", actions.hand_over, name="hand-over"),
    path("cases/<number:number>/escalate/", actions.escalate, name="escalate"),
    path("cases/<number:number>/park/", actions.park, name="park"),
    path("cases/<number:number>/unpark/", actions.unpark, name="unpark"),
    path("cases/<number:number>/comment/", actions.comment, name="comment"),
    path("cases/<number:number>/undo/", actions.undo_decision, name="undo"),
    path("cases/<number:number>/typed/", settle_earlier_entries, name="left-typed"),
    path("cases/<number:number>/refuse/", close.refuse, name="refuse"),
    path("cases/<number:number>/send-back/", close.send_back, name="send-back"),
    path("cases/<number:number>/letter/", close.letter, name="letter"),
    path("cases/<number:number>/split/", close.split, name="split"),
    path("decided/", actions.recent_decisions, name="decided"),
    path("absences/", actions.absences_page, name="absences"),
    path("absences/<number:absence>/end/", actions.end_absence, name="absence-end"),
]
