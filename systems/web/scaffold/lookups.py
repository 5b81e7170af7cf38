"""Writes the part of a skeleton that looks a record up: its list, the search, what is walked, the record's page."""

from __future__ import annotations

from systems.web.scaffold.drawing import Drawing, listed_as


def is_findable(drawn: Drawing) -> bool:
    """Say whether enough was seen to look a record up: its page, what makes it one, and a list that finds nothing."""
    return bool(drawn.record and listed_as(drawn) and drawn.empty)


def walk_text(drawn: Drawing) -> str:
    if not drawn.find:
        return ""
    opens = f"        yield self._session.open({drawn.find!r}, SEARCH)\n"
    if not is_findable(drawn):
        return opens
    return f'''{opens}        screen = self._session.search(self._search(), {drawn.find_button!r}, LISTING, LIST)
        yield screen
        first = next(iter(table_on(screen.frame, LISTING.columns).rows), None)
        if first is not None:
            path = {_record_path(drawn, f"first[{drawn.number_at}]")}
            with self._session.window(path, RECORD) as screen:
                yield screen

    def nothing_found(self) -> tuple[str, str]:
        """Search for a record that does not exist; return the list's name, and what the list then shows."""
        screen = self._session.search(self._search(NOTHING), {drawn.find_button!r}, LISTING, LIST)
        return LISTING.name, shown_when_empty(screen, LISTING)
'''


def _record_path(drawn: Drawing, number: str) -> str:
    return "f" + repr(drawn.record.replace("{number}", "{" + number + "}"))


def find_text(drawn: Drawing) -> str:
    if not is_findable(drawn):
        return """    def _find(self, record: Record) -> Receipt | None:
        raise Stop("Write in _find how a record is looked up, and what the list shows when nothing is found: see "
                   "docs/add-a-target-system.md.")
"""
    fills = "\n".join(f"        screen.select({label!r}, {option!r})" for label, option in drawn.find_open)
    box, by = _text_to_search(drawn)
    lines = ", lines_shown(record)" if drawn.line else ""
    return f'''    def _search(self, text: str = "") -> Screen:
        """Fill in the search so that no record is filtered out."""
        screen = self._session.open({drawn.find!r}, SEARCH)
        screen.text({box!r}, text)
{fills}
        return screen

    def _find(self, record: Record) -> Receipt | None:
        rows = self._session.rows_found(self._search({by}), {drawn.find_button!r}, LISTING, LIST)
        wanted = self.identity(record)
        number = only(self.name, [row[{drawn.number_at}] for row in rows if self._listed(row) == wanted])
        if number is None:
            return None
        path = {_record_path(drawn, "number")}
        return self._session.receipt(path, number, RECORD, shown(record){lines})
'''


def _text_to_search(drawn: Drawing) -> tuple[str, str]:
    """Return the box of the search and the text for it: a value that the list shows, or the first box, left empty."""
    for at, field in listed_as(drawn).items():
        for box in drawn.find_boxes:
            if field.type == "str" and box in (field.place, drawn.columns[at]):
                return box, f"record.{field.name}"
    return drawn.find_boxes[0], ""


def listing_lines(drawn: Drawing) -> list[str]:
    """Return the declaration of the list, where it was seen what it shows when nothing is found."""
    if not (drawn.empty and is_findable(drawn)):
        return []
    counts = f", counts={drawn.counts!r}" if drawn.counts else ""
    sign = f"{type(drawn.empty).__name__}({drawn.empty.text!r})"
    name = f"{drawn.list_heading}: list"
    return [
        "# The list, and what it shows when nothing was found.",
        f"LISTING = Listing(name={name!r}, columns={drawn.columns!r}, empty={sign}{counts})",
    ]
