"""What is known of a layout as sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from keywright.layouts.description import KnownField
from keywright.model.layout import LayoutState
from keywright.profiles.profile import Rule

VERSION_STATES = {
    "used": gettext_noop("in use"),
    "replaced": gettext_noop("replaced"),
    "held": gettext_noop("held"),
    "rolled-back": gettext_noop("rolled back"),
}


def version_state_in_words(state: str) -> str:
    """Return the label of a version's state."""
    return _(VERSION_STATES[state])


def place_in_words(rule: Rule) -> str:
    """Return where a rule of a profile looks for a value."""
    match rule:
        case ("right-of", words, *_rest):
            return _("right of “%(words)s”") % {"words": words}
        case ("under", words, *_rest):
            return _("under “%(words)s”") % {"words": words}
        case ("from-left" | "from-right", word, *_rest):
            return _("at its distance from “%(word)s”") % {"word": word}
        case ("left-at" | "right-at", page, *_rest):
            return _("at its place on page %(page)d") % {"page": page}
    return _("by its form")


def why_in_words(
    state: str, missing: int, untrusted: Sequence[KnownField], titles: Mapping[str, str], *, held: bool, needed: int
) -> list[str]:
    """Return why a layout has its state, and what has to be done until its documents are posted without a person."""
    if needed == 0:
        return [_("Layouts need no confirmation here: KEYWRIGHT_CONFIRMATIONS is 0.")]
    if state == LayoutState.UNKNOWN:
        return [_("Nobody has confirmed a document of this layout."), confirm_in_words(missing)]
    if state == LayoutState.TRUSTED:
        words = ngettext(
            "Each field was confirmed on %(n)d document in a row.",
            "Each field was confirmed on %(n)d documents in a row.",
            needed,
        )
        return [words % {"n": needed}]
    reasons = []
    if held:
        reasons.append(_("The latest version of its profile would lose a right value and waits for IT."))
    if untrusted:
        names = ", ".join(
            f"{titles.get(field.name, field.name)} ({field.in_a_row}/{field.needed})" for field in untrusted
        )
        reasons.append(_("Not confirmed often enough: %(fields)s.") % {"fields": names})
    return [*reasons, *([confirm_in_words(missing)] if missing else [])]


def confirm_in_words(missing: int) -> str:
    """Return how many documents have to be confirmed until the layout is trusted."""
    words = ngettext(
        "Confirm %(n)d more document without a correction, and documents like it are posted without you.",
        "Confirm %(n)d more documents without a correction, and documents like them are posted without you.",
        missing,
    )
    return words % {"n": missing}
