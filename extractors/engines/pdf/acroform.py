"""Reads the values of the fields of a PDF form, and where each field is on its page."""

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

from extractors.engines.pdf.appearances import Place, drawn_texts_of
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
class FormFields:
    """A form's fields, and whether it is an XFA form that only Adobe's own reader shows.

    ``dynamic``: a program builds its pages while it is shown; ``unread``: its XFA part holds values that its fields do
    not have.
    """

    controls: tuple[Control, ...]
    dynamic: bool = False
    unread: bool = False


@dataclass(frozen=True, slots=True)
class _Field:
    """A field on the way down from the root, with its own and its inherited properties."""

    node: DictionaryObject
    name: str
    kind: str
    flags: int
    value: Any


@dataclass(frozen=True, slots=True)
class _PlacedControl:
    """A control, and the place where its own appearance is drawn; None if there is no appearance to compare it with."""

    control: Control
    place: Place | None = None


def read_form(content: bytes, frames: list[Frame]) -> FormFields:
    """Return the fields of a form; ``frames`` say how each page is turned.

    Raises one of FAULTS if pypdf cannot read the file.
    """
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        reader.decrypt("")
    form = _dict(reader.root_object.get("/AcroForm"))
    places = _Places(reader, frames)
    controls: list[_PlacedControl] = []
    for field in _fields(form):
        controls += _controls(field, places)
        if len(controls) > _MOST:
            break
    compared = _compared_with_the_page(controls, content, redrawn=bool(form.get("/NeedAppearances", False)))
    xfa = "/XFA" in form
    needed = bool(reader.root_object.get("/NeedsRendering", False))
    blank = not any(control.value for control in compared)
    unread = xfa and blank and _xfa_holds_values(form)
    return FormFields(compared, dynamic=xfa and (needed or not compared), unread=unread)


def _compared_with_the_page(controls: list[_PlacedControl], content: bytes, *, redrawn: bool) -> tuple[Control, ...]:
    """Add to each control the text that the page shows in its place, if that differs from its value.

    ``redrawn``: programs that show the form draw its values again (NeedAppearances, ISO 32000-2, table 224), so that a
    field with a value and an empty appearance is no contradiction.
    """
    try:
        drawn_texts = drawn_texts_of(content, {entry.place for entry in controls if entry.place})
    except pdfium.PdfiumError:
        drawn_texts = {}
    return tuple(_with_drawn(entry, drawn_texts, redrawn) for entry in controls)


def _with_drawn(entry: _PlacedControl, drawn_texts: dict[Place, str], redrawn: bool) -> Control:
    drawn = drawn_texts.get(entry.place) if entry.place else None
    if drawn is None or (redrawn and not drawn) or _folded(drawn) == _folded(entry.control.value):
        return entry.control
    return replace(entry.control, drawn=drawn)


def _folded(text: str) -> str:
    return "".join(text.split())


def _dict(value: Any) -> DictionaryObject:
    resolved = value.get_object() if isinstance(value, IndirectObject) else value
    return resolved if isinstance(resolved, DictionaryObject) else DictionaryObject()


def _list(value: Any) -> list[Any]:
    resolved = value.get_object() if isinstance(value, IndirectObject) else value
    return list(resolved) if isinstance(resolved, ArrayObject) else []


def _fields(form: DictionaryObject) -> Iterator[_Field]:
    """Yield the terminal fields; a property that a field does not have is inherited from its parents."""
    root = _Field(DictionaryObject(), "", "", 0, None)
    waiting = [(_dict(child), root, 0) for child in reversed(_list(form.get("/Fields")))]
    visited: set[int] = set()
    while waiting:
        node, parent, depth = waiting.pop()
        if id(node) in visited or depth > _DEEPEST:
            continue
        visited.add(id(node))
        field = _inheriting(node, parent)
        kids = [_dict(kid) for kid in _list(node.get("/Kids"))]
        named_kids = [kid for kid in kids if "/T" in kid]
        if named_kids or (kids and not field.kind):
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


def _controls(field: _Field, places: _Places) -> Iterator[_PlacedControl]:
    """Yield the field's control; of radio buttons and of boxes that share a name, one for each place."""
    widgets = [_dict(kid) for kid in _list(field.node.get("/Kids"))] or [field.node]
    if field.kind != "/Btn":
        kind = {"/Tx": TEXT, "/Ch": CHOICE, "/Sig": SIGNATURE}.get(field.kind, TEXT)
        value = _signed(field.value) if kind == SIGNATURE else _chosen_text(field, kind)
        drawn_in = places.drawn_in(widgets[0]) if _draws_its_value(field) else None
        yield _PlacedControl(Control(field.name, value, kind, places.of(widgets[0])), drawn_in)
        return
    if field.flags & _PUSH:
        return
    if field.flags & _RADIO:
        yield _PlacedControl(_radio(field, widgets, places))
        return
    for widget in widgets:
        yield _PlacedControl(_box(field, widget, len(widgets), places))


def _draws_its_value(field: _Field) -> bool:
    """Return whether the field draws its value; a list shows all options, a password dots, a signature a picture."""
    if field.kind == "/Ch":
        return bool(field.flags & _COMBO)
    return field.kind == "/Tx" and not field.flags & _PASSWORD


def _box(field: _Field, widget: DictionaryObject, of: int, places: _Places) -> Control:
    """Return one tick box; ``drawn`` is its state on the page where its value says the opposite."""
    state, drawn = _state(field, widget, of), _name(str(widget.get("/AS", "")))
    control = Control(field.name, state, CHECK, places.of(widget))
    if of > 1 or not drawn or field.value is None:
        return control
    is_drawn_on, value = drawn != "Off", _name(_text(field.value))
    if is_drawn_on and value == "Off":
        return replace(control, value="", drawn=drawn)
    return replace(control, drawn="") if state and not is_drawn_on else control


def _chosen_text(field: _Field, kind: str) -> str:
    """Return the text of a text or choice field, as a PDF reader shows it."""
    value = field.value
    chosen = [_text(option) for option in (value if isinstance(value, ArrayObject) else [value])]
    if kind == CHOICE:
        labels = dict(_options(field.node))
        chosen = [labels.get(option, option) for option in chosen]
    return "\n".join(option for option in chosen if option)


def _options(node: DictionaryObject) -> Iterator[tuple[str, str]]:
    """Yield the name of each option in the file, and the text that it shows."""
    for option in _list(node.get("/Opt")):
        pair = _list(option)
        if len(pair) == 2:
            yield _text(pair[0]), _text(pair[1])


def _radio(field: _Field, widgets: list[DictionaryObject], places: _Places) -> Control:
    """Return the group as one control: its value is the on-state of the pressed button, its box is that button's."""
    for index, widget in enumerate(widgets):
        state = _state(field, widget, len(widgets))
        if state:
            return Control(field.name, _option_of(field, index, state), RADIO, places.of(widget))
    return Control(field.name, "", RADIO, places.of(widgets[0]))


def _option_of(field: _Field, index: int, state: str) -> str:
    """Return the button's export value: it is in /Opt if the on-states are only numbers."""
    options = [_text(option) for option in _list(field.node.get("/Opt"))]
    return options[index] if index < len(options) and state.isdigit() else state


def _state(field: _Field, widget: DictionaryObject, of: int) -> str:
    """Return the on-state of a box if it is ticked, or ``""``.

    The drawn state (/AS) counts; without it the value (/V) does, which many writers give as a name, some as a string,
    and some as "Yes" for a state of another name.
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
    """Return a PDF name as text: without its slash, and with ``#20`` and similar codes resolved."""
    plain = name.removeprefix("/")
    return re.sub("#([0-9A-Fa-f]{2})", lambda code: chr(int(code[1], 16)), plain)


def _states(widget: DictionaryObject) -> list[str]:
    return list(_dict(_dict(widget.get("/AP")).get("/N")))


def _signed(value: Any) -> str:
    """Return who signed, if the signature names the person."""
    signature = _dict(value)
    return _text(signature.get("/Name")) or ("signed" if signature else "")


def _text(value: Any) -> str:
    resolved = value.get_object() if isinstance(value, IndirectObject) else value
    if resolved is None:
        return ""
    if isinstance(resolved, (bytes, bytearray)):
        return resolved.decode("utf-8", "replace")
    if isinstance(resolved, (str, TextStringObject, int, float)):
        return str(resolved).replace("\r\n", "\n").replace("\r", "\n").strip()
    data = getattr(resolved, "get_data", None)  # long texts may be stored in a stream
    return data().decode("utf-8", "replace").strip() if data else ""


def _xfa_holds_values(form: DictionaryObject) -> bool:
    """Return whether the datasets of the XFA part hold any text."""
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
    """The places of widgets: the page, and the box on the upright page."""

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
        """Return the widget's box; None if it is not on a page."""
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
