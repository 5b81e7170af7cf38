"""Reads what is filled into the fields of a PDF form, and where each stands on its page."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pypdf
import pypdfium2 as pdfium
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, TextStringObject

from extractors.engines.pdf.appearances import Place, shown_texts
from extractors.engines.pdf.text_layer import Frame
from keywright.model.reading import Box, Control

TEXT, CHECK, RADIO, CHOICE, SIGNATURE, BUTTON = "text", "check", "radio", "choice", "signature", "button"
FAULTS = (
    PyPdfError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    RecursionError,
    NotImplementedError,
    OverflowError,
    zlib.error,
)
_RADIO, _PUSH = 1 << 15, 1 << 16  # ISO 32000-2, table 229
_PASSWORD, _COMBO = 1 << 13, 1 << 17  # tables 231 and 233
_DEEPEST = 32
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Filled:
    """A form's fields, and whether it is one of the XFA forms that only Adobe's own reader shows.

    ``dynamic``: its pages are made by a program while it is shown; ``unread``: it holds filled-in
    values in its XFA part that its fields do not have.
    """

    controls: tuple[Control, ...]
    dynamic: bool = False
    unread: bool = False


@dataclass(frozen=True, slots=True)
class _Field:
    """A field on its way down from the root: what it has of its own and what it inherits."""

    node: DictionaryObject
    name: str
    kind: str
    flags: int
    value: Any


@dataclass(frozen=True, slots=True)
class _Shown:
    """A control, and the place where its own appearance is drawn; None where there is none to compare it with."""

    control: Control
    place: Place | None = None


def read_form(content: bytes, frames: list[Frame]) -> Filled:
    """Return the fields of a form; ``frames`` say how each page is held.

    Raises one of FAULTS if pypdf cannot make sense of the file.
    """
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        reader.decrypt("")
    form = _dict(reader.root_object.get("/AcroForm"))
    places = _Places(reader, frames)
    controls: list[_Shown] = []
    for field in _fields(form):
        controls += _controls(field, places)
        if len(controls) > _MOST:
            break
    told = _compared_with_the_page(controls, content, redrawn=bool(form.get("/NeedAppearances", False)))
    xfa = "/XFA" in form
    needed = bool(reader.root_object.get("/NeedsRendering", False))
    blank = not any(control.value for control in told)
    unread = xfa and blank and _xfa_holds_values(form)
    return Filled(told, dynamic=xfa and (needed or not told), unread=unread)


def _compared_with_the_page(controls: list[_Shown], content: bytes, *, redrawn: bool) -> tuple[Control, ...]:
    """Say of each control what the page shows in its place, where that is something else.

    ``redrawn``: programs that show the form draw its values anew (NeedAppearances, ISO 32000-2, table 224), so that a
    field that is filled in and draws nothing yet is no contradiction.
    """
    try:
        shown = shown_texts(content, {entry.place for entry in controls if entry.place})
    except pdfium.PdfiumError:
        shown = {}
    return tuple(_with_drawn(entry, shown, redrawn) for entry in controls)


def _with_drawn(entry: _Shown, shown: dict[Place, str], redrawn: bool) -> Control:
    drawn = shown.get(entry.place) if entry.place else None
    if drawn is None or (redrawn and not drawn) or _folded(drawn) == _folded(entry.control.value):
        return entry.control
    return replace(entry.control, drawn=drawn)


def _folded(text: str) -> str:
    return "".join(text.split())


def _dict(thing: Any) -> DictionaryObject:
    found = thing.get_object() if isinstance(thing, IndirectObject) else thing
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _list(thing: Any) -> list[Any]:
    found = thing.get_object() if isinstance(thing, IndirectObject) else thing
    return list(found) if isinstance(found, ArrayObject) else []


def _fields(form: DictionaryObject) -> Iterator[_Field]:
    """Yield the terminal fields. What a field does not say, its parents say for it."""
    root = _Field(DictionaryObject(), "", "", 0, None)
    waiting = [(_dict(child), root, 0) for child in reversed(_list(form.get("/Fields")))]
    seen: set[int] = set()
    while waiting:
        node, parent, depth = waiting.pop()
        if id(node) in seen or depth > _DEEPEST:
            continue
        seen.add(id(node))
        field = _inheriting(node, parent)
        kids = [_dict(kid) for kid in _list(node.get("/Kids"))]
        named = [kid for kid in kids if "/T" in kid]
        if named or (kids and not field.kind):
            waiting += [(kid, field, depth + 1) for kid in reversed(kids)]
        elif field.kind:
            yield field


def _inheriting(node: DictionaryObject, parent: _Field) -> _Field:
    own = _text(node.get("/T")) if "/T" in node else ""
    name = f"{parent.name}.{own}" if parent.name and own else own or parent.name
    value = node.get("/V")
    if isinstance(value, IndirectObject):
        value = value.get_object()
    return _Field(
        node,
        name,
        str(node.get("/FT", parent.kind)),
        int(node.get("/Ff", parent.flags)),
        parent.value if value is None else value,
    )


def _controls(field: _Field, places: _Places) -> Iterator[_Shown]:
    """Yield the field's control; of radio buttons and of boxes that share a name, one for each place."""
    widgets = [_dict(kid) for kid in _list(field.node.get("/Kids"))] or [field.node]
    if field.kind != "/Btn":
        kind = {"/Tx": TEXT, "/Ch": CHOICE, "/Sig": SIGNATURE}.get(field.kind, TEXT)
        value = _signed(field.value) if kind == SIGNATURE else _said(field, kind)
        drawn_in = places.drawn_in(widgets[0]) if _draws_its_value(field) else None
        yield _Shown(Control(field.name, value, kind, places.of(widgets[0])), drawn_in)
        return
    if field.flags & _PUSH:
        return
    if field.flags & _RADIO:
        yield _Shown(_radio(field, widgets, places))
        return
    for widget in widgets:
        yield _Shown(_box(field, widget, len(widgets), places))


def _draws_its_value(field: _Field) -> bool:
    """Tell if the field draws what it holds: a list shows all its options, a password dots, a signature a picture."""
    if field.kind == "/Ch":
        return bool(field.flags & _COMBO)
    return field.kind == "/Tx" and not field.flags & _PASSWORD


def _box(field: _Field, widget: DictionaryObject, of: int, places: _Places) -> Control:
    """Return one tick box; ``drawn`` is its state on the page where its value says the opposite."""
    state, drawn = _state(field, widget, of), _name(str(widget.get("/AS", "")))
    control = Control(field.name, state, CHECK, places.of(widget))
    if of > 1 or not drawn or field.value is None:
        return control
    shown, value = drawn != "Off", _name(_text(field.value))
    if shown and value == "Off":
        return replace(control, value="", drawn=drawn)
    return replace(control, drawn="") if state and not shown else control


def _said(field: _Field, kind: str) -> str:
    """Return the text of a text or choice field, as a reader shows it."""
    value = field.value
    chosen = [_text(one) for one in (value if isinstance(value, ArrayObject) else [value])]
    if kind == CHOICE:
        shown = dict(_options(field.node))
        chosen = [shown.get(one, one) for one in chosen]
    return "\n".join(one for one in chosen if one)


def _options(node: DictionaryObject) -> Iterator[tuple[str, str]]:
    """Yield what each option is called in the file, and what it shows."""
    for option in _list(node.get("/Opt")):
        pair = _list(option)
        if len(pair) == 2:
            yield _text(pair[0]), _text(pair[1])


def _radio(field: _Field, widgets: list[DictionaryObject], places: _Places) -> Control:
    """Return the group as one control: its value is the on-state of the pressed button, its box that button's."""
    for index, widget in enumerate(widgets):
        state = _state(field, widget, len(widgets))
        if state:
            return Control(field.name, _option_of(field, index, state), RADIO, places.of(widget))
    return Control(field.name, "", RADIO, places.of(widgets[0]))


def _option_of(field: _Field, index: int, state: str) -> str:
    """Return the button's export value: /Opt has it where the on-states are but numbers."""
    options = [_text(option) for option in _list(field.node.get("/Opt"))]
    return options[index] if index < len(options) and state.isdigit() else state


def _state(field: _Field, widget: DictionaryObject, of: int) -> str:
    """Return the on-state of a box if it is ticked, or ``""``.

    What is drawn counts (/AS); a file that says nothing about that means its value (/V), which many
    writers give as a name, some as a string, and some as "Yes" for a state of another name.
    """
    states = [_name(state) for state in _states(widget) if state != "/Off"]
    drawn = _name(str(widget.get("/AS", "")))
    value = _name(_text(field.value))
    if drawn and drawn != "Off" and (not states or drawn in states):
        return drawn
    if value in ("", "Off"):
        return ""
    if value in states and not (drawn == "Off" and of > 1):
        return value
    if drawn == "Off" or of > 1:
        return ""
    return states[0] if states else value


def _name(name: str) -> str:
    """Return a PDF name as it reads: without its slash, ``#20`` and the like resolved."""
    plain = name.removeprefix("/")
    return re.sub("#([0-9A-Fa-f]{2})", lambda code: chr(int(code[1], 16)), plain)


def _states(widget: DictionaryObject) -> list[str]:
    return list(_dict(_dict(widget.get("/AP")).get("/N")))


def _signed(value: Any) -> str:
    """Return who signed, as far as the signature says in words."""
    signature = _dict(value)
    return _text(signature.get("/Name")) or ("signed" if signature else "")


def _text(value: Any) -> str:
    found = value.get_object() if isinstance(value, IndirectObject) else value
    if found is None:
        return ""
    if isinstance(found, (bytes, bytearray)):
        return found.decode("utf-8", "replace")
    if isinstance(found, (str, TextStringObject, int, float)):
        return str(found).replace("\r\n", "\n").replace("\r", "\n").strip()
    data = getattr(found, "get_data", None)  # long texts may be kept in a stream
    return data().decode("utf-8", "replace").strip() if data else ""


def _xfa_holds_values(form: DictionaryObject) -> bool:
    """Tell whether the XFA part's datasets hold any text."""
    parts = _list(form.get("/XFA"))
    for label, stream in zip(parts[::2], parts[1::2], strict=False):
        if str(label) == "datasets":
            data = stream.get_object().get_data()
            return bool(_between_tags(data))
    return False


def _between_tags(xml: bytes) -> bytes:
    text, inside = bytearray(), False
    for byte in xml[:5_000_000]:
        if byte in b"<>":
            inside = byte == ord("<")
        elif not inside:
            text.append(byte)
    return bytes(text).strip()


class _Places:
    """Where widgets stand: which page, and where on it as it is held."""

    def __init__(self, reader: pypdf.PdfReader, frames: list[Frame]) -> None:
        self._frames = frames
        self._page_of: dict[int, int] = {}
        for number, page in enumerate(reader.pages):
            reference = page.indirect_reference
            if reference is not None:
                self._page_of[reference.idnum] = number
            for note in _list(page.get("/Annots")):
                if isinstance(note, IndirectObject):
                    self._page_of.setdefault(-note.idnum, number)

    def of(self, widget: DictionaryObject) -> Box | None:
        """Return the widget's box, None if it is shown nowhere."""
        place = self._place(widget)
        return self._frames[place[0]].box(place[0] + 1, *place[1]) if place else None

    def drawn_in(self, widget: DictionaryObject) -> Place | None:
        """Return where the widget draws an appearance of its own; None if it has none."""
        return self._place(widget) if _dict(widget.get("/AP")).get("/N") is not None else None

    def _place(self, widget: DictionaryObject) -> Place | None:
        page = self._page(widget)
        corners = [float(edge) for edge in _list(widget.get("/Rect"))]
        if page is None or len(corners) != 4 or page >= len(self._frames):
            return None
        x1, y1, x2, y2 = corners
        if x1 == x2 or y1 == y2:
            return None
        return page, (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))

    def _page(self, widget: DictionaryObject) -> int | None:
        own = widget.indirect_reference
        if own is not None and -own.idnum in self._page_of:
            return self._page_of[-own.idnum]
        home = widget.raw_get("/P") if "/P" in widget else None
        if isinstance(home, IndirectObject):
            return self._page_of.get(home.idnum)
        return None
