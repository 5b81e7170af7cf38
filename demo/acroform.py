"""Turns the places on a printed form into AcroForm fields, filled and drawn, without a viewer's help."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth

from demo.permit_form import Blank

SEVERAL_LINES = 1 << 12
PRINTED = 4
KINDS = {"text": "/Tx", "tick": "/Btn", "signature": "/Sig"}


def with_fields(pdf: bytes, blanks: Iterable[Blank], values: Mapping[str, str]) -> bytes:
    """The PDF with a field at every blank, holding the value of its name (a box: its on-state)."""
    return _Fields(pdf).filled(blanks, values)


@dataclass(frozen=True, slots=True)
class _Parent:
    """A part of a name that several fields share."""

    itself: IndirectObject
    kids: ArrayObject


class _Fields:
    def __init__(self, pdf: bytes) -> None:
        self._writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf)))
        self._fonts = _named(
            Helv=self._writer._add_object(
                _named(Type="/Font", Subtype="/Type1", BaseFont="/Helvetica", Encoding="/WinAnsiEncoding")
            ),
            ZaDb=self._writer._add_object(_named(Type="/Font", Subtype="/Type1", BaseFont="/ZapfDingbats")),
        )
        self._parents: dict[str, _Parent] = {}
        self._roots = ArrayObject()

    def filled(self, blanks: Iterable[Blank], values: Mapping[str, str]) -> bytes:
        for blank in blanks:
            widget = self._widget(blank, values.get(blank.name, ""))
            self._hang(blank.name, widget, self._lay_on_page(blank.page, widget))
        form = _named(Fields=self._roots, DR=_named(Font=self._fonts), SigFlags=NumberObject(1))
        form[NameObject("/DA")] = TextStringObject("/Helv 0 Tf 0 g")
        self._writer.root_object[NameObject("/AcroForm")] = form
        buffer = BytesIO()
        self._writer.write(buffer)
        return buffer.getvalue()

    def _hang(self, name: str, widget: DictionaryObject, reference: IndirectObject) -> None:
        """Put a field under its parents: a full stop in a name parts it, so the provincial names make a tree."""
        *parents, own = name.split(".")
        widget[NameObject("/T")] = TextStringObject(own)
        if not parents:
            self._roots.append(reference)
            return
        above = self._parent(".".join(parents))
        widget[NameObject("/Parent")] = above.itself
        above.kids.append(reference)

    def _parent(self, path: str) -> _Parent:
        if path not in self._parents:
            *higher, own = path.split(".")
            kids = ArrayObject()
            node = _named(T=TextStringObject(own), Kids=kids)
            self._parents[path] = _Parent(self._writer._add_object(node), kids)
            if higher:
                above = self._parent(".".join(higher))
                node[NameObject("/Parent")] = above.itself
                above.kids.append(self._parents[path].itself)
            else:
                self._roots.append(self._parents[path].itself)
        return self._parents[path]

    def _widget(self, blank: Blank, value: str) -> DictionaryObject:
        widget = _named(Type="/Annot", Subtype="/Widget", FT=KINDS[blank.kind], F=NumberObject(PRINTED))
        widget[NameObject("/Rect")] = ArrayObject(FloatObject(edge) for edge in blank.rect)
        widget[NameObject("/TU")] = TextStringObject(blank.name)
        if blank.kind == "tick":
            self._tick(widget, blank, ticked=value == blank.on)
        elif blank.kind == "text":
            self._text(widget, blank, value)
        return widget

    def _lay_on_page(self, number: int, widget: DictionaryObject) -> IndirectObject:
        page = self._writer.pages[number]
        if page.indirect_reference is not None:
            widget[NameObject("/P")] = page.indirect_reference
        reference = self._writer._add_object(widget)
        annotations = page.setdefault(NameObject("/Annots"), ArrayObject())
        annotations.append(reference)
        return reference

    def _tick(self, widget: DictionaryObject, blank: Blank, *, ticked: bool) -> None:
        side = blank.rect[2] - blank.rect[0]
        mark = f"q BT /ZaDb {side * 0.8:.1f} Tf 0 g {side * 0.16:.1f} {side * 0.22:.1f} Td (4) Tj ET Q"
        on = NameObject(f"/{blank.on}")
        looks = DictionaryObject({on: self._look(blank, mark), NameObject("/Off"): self._look(blank, "")})
        widget[NameObject("/AP")] = _named(N=looks)
        widget[NameObject("/AS")] = on if ticked else NameObject("/Off")
        widget[NameObject("/DA")] = TextStringObject("/ZaDb 0 Tf 0 g")
        if ticked:
            widget[NameObject("/V")] = on

    def _text(self, widget: DictionaryObject, blank: Blank, value: str) -> None:
        widget[NameObject("/DA")] = TextStringObject("/Helv 0 Tf 0 g")
        if blank.several_lines:
            widget[NameObject("/Ff")] = NumberObject(SEVERAL_LINES)
        if value:
            widget[NameObject("/V")] = TextStringObject(value)
            widget[NameObject("/AP")] = _named(N=self._look(blank, _typed(blank, value)))

    def _look(self, blank: Blank, drawing: str) -> PdfObject:
        """What a viewer draws at a field: an appearance stream as wide and high as the field."""
        stream = DecodedStreamObject()
        stream.set_data(drawing.encode("cp1252"))
        wide, high = blank.rect[2] - blank.rect[0], blank.rect[3] - blank.rect[1]
        stream.update(_named(Type="/XObject", Subtype="/Form", Resources=_named(Font=self._fonts)))
        stream[NameObject("/BBox")] = ArrayObject(FloatObject(edge) for edge in (0, 0, wide, high))
        return self._writer._add_object(stream)


def _typed(blank: Blank, value: str) -> str:
    wide, high = blank.rect[2] - blank.rect[0], blank.rect[3] - blank.rect[1]
    size, lines, top = 9.0, [value], (high - 6.5) / 2
    if blank.several_lines:
        lines, top = simpleSplit(value, "Helvetica", size, wide - 4), high - 11
    else:
        size = min(size, size * (wide - 4) / stringWidth(value, "Helvetica", size))
    content = " T* ".join(f"({_escaped(line)}) Tj" for line in lines)
    return f"/Tx BMC q BT /Helv {size:.2f} Tf 0 g 11 TL 2 {top:.2f} Td {content} ET Q EMC"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _named(**entries: PdfObject | str) -> DictionaryObject:
    return DictionaryObject(
        {
            NameObject(f"/{key}"): NameObject(value)
            if isinstance(value, str) and not isinstance(value, PdfObject)
            else value
            for key, value in entries.items()
        }
    )
