"""Makes the small files, sound and broken, that the engines' tests read."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from itertools import pairwise

import pypdf
import pypdfium2 as pdfium
from PIL import Image
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4

LETTER = (
    (72, 80, "Harbour Paper Supply Ltd."),
    (72, 100, "12 Quay Street, Oakville"),
    (360, 100, "Invoice HP-20881"),
    (72, 140, "Copy paper white, 40 boxes"),
    (430, 140, "1 234,56"),
    (72, 160, "Envelopes with window"),
    (430, 160, "118.00"),
    (72, 200, "Please pay within thirty days of the date above."),
    (72, 220, "Thank you for your order and your continued trust."),
)


def words(text: str) -> Callable[[Canvas], None]:
    """Return a function that draws one line of text."""
    return lambda canvas: canvas.drawString(72, 700, text)


def pdf(*draw: Callable[[Canvas], None], size: tuple[float, float] = A4, password: str = "") -> bytes:
    """Return a PDF with a page for each function that draws one."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, encrypt=password or None)
    for page in draw:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def nothing(canvas: Canvas) -> None:
    """Draw nothing."""


def letter(canvas: Canvas) -> None:
    """Draw a short business letter; heights in LETTER are from the top."""
    canvas.setFont("Helvetica", 11)
    for x, top, text in LETTER:
        canvas.drawString(x, HEIGHT - top, text)


def picture(content: bytes, dpi: int = 200, turned: float = 0) -> Image.Image:
    """Return a grey picture of a PDF's first page, turned clockwise by so many degrees."""
    page = pdfium.PdfDocument(content)[0]
    picture: Image.Image = page.render(scale=dpi / 72).to_pil().convert("L")
    return picture.rotate(-turned, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def scan(*pictures: Image.Image, dpi: int = 200) -> bytes:
    """Return a PDF of pictures, as a scanner makes it."""
    buffer = io.BytesIO()
    pictures[0].save(buffer, "PDF", resolution=dpi, save_all=True, append_images=pictures[1:])
    return buffer.getvalue()


def image_file(picture: Image.Image, kind: str, dpi: int = 200, *more: Image.Image) -> bytes:
    """Return a picture file; a TIFF may have more pages."""
    buffer = io.BytesIO()
    if more:
        picture.save(buffer, kind, dpi=(dpi, dpi), save_all=True, append_images=more)
    else:
        picture.save(buffer, kind, dpi=(dpi, dpi))
    return buffer.getvalue()


def changed(content: bytes, change: Callable[[pypdf.PdfWriter], None]) -> bytes:
    """Return the PDF after something was done to it."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    change(writer)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def rotated(content: bytes, degrees: int) -> bytes:
    """Return the PDF with its pages marked to be shown turned clockwise."""

    def turn(writer: pypdf.PdfWriter) -> None:
        for page in writer.pages:
            page.rotate(degrees)

    return changed(content, turn)


def with_files(content: bytes, **files: bytes) -> bytes:
    """Return the PDF with files inside; ``__`` in a name stands for a dot, ``_`` for a dash."""

    def attach(writer: pypdf.PdfWriter) -> None:
        for name, data in files.items():
            writer.add_attachment(name.replace("__", ".").replace("_", "-"), data)

    return changed(content, attach)


def with_hidden_text(content: bytes, text: str) -> bytes:
    """Return the PDF with lines of text drawn invisibly (text render mode 3) over its first page."""
    lines = "".join(f"1 0 0 1 72 {700 - 20 * index} Tm ({line}) Tj " for index, line in enumerate(text.split("\n")))
    hidden = f"q BT 3 Tr /Fx 11 Tf {lines} ET Q".encode("latin-1")
    return with_drawing(content, hidden)


def with_layers(
    draw: Callable[[Canvas], None], *, in_a_group: bool = False, **layers: Callable[[Canvas], None]
) -> bytes:
    """Return a PDF page with layers by name, over what is always drawn; those whose names begin with "off" are off.

    Each is marked content, or with ``in_a_group`` a group of drawings (form XObject) that is in the layer as a whole.
    """

    def draw_all(canvas: Canvas) -> None:
        for name, draw_layer in layers.items():
            if in_a_group:
                canvas.beginForm(name)
                draw_layer(canvas)
                canvas.endForm()
        draw(canvas)
        for name, draw_layer in layers.items():
            if in_a_group:
                canvas.doForm(name)
                continue
            canvas.addLiteral(f"/OC /{name} BDC")
            draw_layer(canvas)
            canvas.addLiteral("EMC")

    def declare(writer: pypdf.PdfWriter) -> None:
        groups = {}
        for name in layers:
            group = _names(Type="/OCG")
            group[NameObject("/Name")] = TextStringObject(name)
            groups[name] = writer._add_object(group)
        resources = writer.pages[0]["/Resources"].get_object()
        assert isinstance(resources, DictionaryObject)
        resources[NameObject("/Properties")] = DictionaryObject(
            {NameObject(f"/{name}"): groups[name] for name in layers}
        )
        forms = resources.get("/XObject", DictionaryObject()).get_object()
        assert isinstance(forms, DictionaryObject)
        for key, form in forms.items():
            name = next(name for name in layers if key.endswith(name))
            form.get_object()[NameObject("/OC")] = groups[name]
        off = ArrayObject(groups[name] for name in layers if name.startswith("off"))
        writer.root_object[NameObject("/OCProperties")] = DictionaryObject(
            {
                NameObject("/OCGs"): ArrayObject(groups.values()),
                NameObject("/D"): DictionaryObject({NameObject("/OFF"): off}),
            }
        )

    return changed(pdf(draw_all), declare)


def with_swapped_digits(content: bytes, digit: str, drawn_as: str) -> bytes:
    """Return the PDF with fonts that exchange two digits in its text layer; the page looks the same."""
    return with_digits_called(content, {digit: drawn_as, drawn_as: digit})


def with_digits_called(content: bytes, names: dict[str, str]) -> bytes:
    """Return the PDF with fonts that name some digits as others in its text layer; the page looks the same."""
    called = b" ".join(b"<%02X> <%04X>" % (ord(digit), ord(name)) for digit, name in names.items())
    ranges = _around(sorted(map(ord, names)))
    rest = b" ".join(b"<%02X> <%02X> <%04X>" % (first, last, first) for first, last in ranges)
    return with_meanings(
        content,
        b"%d beginbfchar %b endbfchar %d beginbfrange %b endbfrange" % (len(names), called, len(ranges), rest),
    )


def with_digits_drawn_otherwise(content: bytes, digit: str, drawn_as: str, *rows: str) -> bytes:
    """Return the PDF with rows in a font of drawings (Type 3), in which of two digits each is drawn as the other."""
    names = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    drawn = {**{digit: digit for digit in "0123456789"}, digit: drawn_as, drawn_as: digit}

    def draw(writer: pypdf.PdfWriter) -> None:
        fonts = _fonts(writer.pages[0])
        plain = writer._add_object(_names(Type="/Font", Subtype="/Type1", BaseFont="/Helvetica"))
        glyphs = DictionaryObject()
        for digit, name in enumerate(names):
            stream = pypdf.generic.DecodedStreamObject()
            stream.set_data(f"556 0 d0 BT /Plain 1000 Tf ({drawn[str(digit)]}) Tj ET".encode())
            glyphs[NameObject(f"/{name}")] = writer._add_object(stream)
        font = _names(Type="/Font", Subtype="/Type3")
        numbers = {"FontBBox": (0, -200, 600, 800), "Widths": (556,) * 10}
        font.update(
            {NameObject(f"/{name}"): ArrayObject(map(NumberObject, widths)) for name, widths in numbers.items()}
        )
        font[NameObject("/FontMatrix")] = ArrayObject(map(FloatObject, (0.001, 0, 0, 0.001, 0, 0)))
        font[NameObject("/FirstChar")], font[NameObject("/LastChar")] = NumberObject(48), NumberObject(57)
        differences = ArrayObject([NumberObject(48), *(NameObject(f"/{name}") for name in names)])
        font[NameObject("/Encoding")] = DictionaryObject({NameObject("/Differences"): differences})
        font[NameObject("/CharProcs")] = glyphs
        font[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/Plain"): plain})}
        )
        fonts[NameObject("/Drawn")] = writer._add_object(font)

    lines = "".join(f"1 0 0 1 72 {560 - 24 * place} Tm ({row}) Tj " for place, row in enumerate(rows))
    return with_drawing(changed(content, draw), f"q BT /Drawn 12 Tf {lines} ET Q".encode())


def _around(codes: list[int]) -> list[tuple[int, int]]:
    """Return the ranges of printable ASCII without these codes."""
    edges = [0x1F, *codes, 0x7F]
    return [(first + 1, last - 1) for first, last in pairwise(edges) if first + 1 <= last - 1]


def with_private_glyphs(content: bytes) -> bytes:
    """Return the PDF with fonts that map every letter to a character of private use."""
    return with_meanings(content, b"1 beginbfrange <21> <FF> <E021> endbfrange")


def with_meanings(content: bytes, mapping: bytes) -> bytes:
    """Return the PDF with a map from its fonts' codes to Unicode, in the words of a ToUnicode map."""
    whole = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def "
        b"1 begincodespacerange <00> <FF> endcodespacerange %b endcmap end end" % mapping
    )

    def map_anew(writer: pypdf.PdfWriter) -> None:
        stream = pypdf.generic.DecodedStreamObject()
        stream.set_data(whole)
        fonts = _fonts(writer.pages[0])
        for font in fonts.values():
            font.get_object()[NameObject("/ToUnicode")] = writer._add_object(stream)

    return changed(content, map_anew)


def _fonts(page: pypdf.PageObject) -> DictionaryObject:
    resources = page.setdefault(NameObject("/Resources"), DictionaryObject()).get_object()
    assert isinstance(resources, DictionaryObject)
    fonts = resources.setdefault(NameObject("/Font"), DictionaryObject()).get_object()
    assert isinstance(fonts, DictionaryObject)
    return fonts


def with_drawing(content: bytes, operators: bytes) -> bytes:
    """Return the PDF with more drawn on its first page; ``/Fx`` is Helvetica."""

    def draw(writer: pypdf.PdfWriter) -> None:
        page = writer.pages[0]
        fonts = _fonts(page)
        fonts[NameObject("/Fx")] = _names(Type="/Font", Subtype="/Type1", BaseFont="/Helvetica")
        stream = pypdf.generic.DecodedStreamObject()
        stream.set_data(operators)
        old = page["/Contents"].get_object() if "/Contents" in page else ArrayObject()
        drawn = old if isinstance(old, ArrayObject) else ArrayObject([page.raw_get("/Contents")])
        page[NameObject("/Contents")] = ArrayObject([*drawn, writer._add_object(stream)])

    return changed(content, draw)


def with_fields(content: bytes, *fields: DictionaryObject, xfa: bytes = b"", dynamic: bool = False) -> bytes:
    """Return the PDF with a form; each field stands on the first page, as do the kids of a field."""

    def add(writer: pypdf.PdfWriter) -> None:
        notes = ArrayObject()
        roots = ArrayObject()
        for field in fields:
            reference = writer._add_object(field)
            roots.append(reference)
            kids = field.get("/Kids")
            if kids is None:
                notes.append(reference)
            else:
                for index, kid in enumerate(kids):
                    kid[NameObject("/Parent")] = reference
                    kids[index] = writer._add_object(kid)
                    notes.append(kids[index])
        form = DictionaryObject({NameObject("/Fields"): roots})
        if xfa:
            stream = pypdf.generic.DecodedStreamObject()
            stream.set_data(xfa)
            form[NameObject("/XFA")] = ArrayObject([TextStringObject("datasets"), writer._add_object(stream)])
        root = writer.root_object
        root[NameObject("/AcroForm")] = writer._add_object(form)
        if dynamic:
            root[NameObject("/NeedsRendering")] = BooleanObject(True)
        writer.pages[0][NameObject("/Annots")] = notes

    return changed(content, add)


def field(
    name: str = "", kind: str = "", at: tuple[int, int, int, int] | None = None, **more: object
) -> DictionaryObject:
    """Return a field or a widget; ``at`` is left, bottom, right, top; ``more`` are further entries."""
    made = _names(Type="/Annot", Subtype="/Widget") if at else DictionaryObject()
    if name:
        made[NameObject("/T")] = TextStringObject(name)
    if kind:
        made[NameObject("/FT")] = NameObject(kind)
    if at:
        made[NameObject("/Rect")] = ArrayObject([NumberObject(edge) for edge in at])
    for key, value in more.items():
        made[NameObject(f"/{key}")] = _object(value)
    return made


def states(on: str) -> DictionaryObject:
    """Return the appearances of a tick box whose on-state is called so."""
    looks = DictionaryObject({NameObject(f"/{on}"): DictionaryObject(), NameObject("/Off"): DictionaryObject()})
    return DictionaryObject({NameObject("/N"): looks})


def _object(value: object) -> pypdf.generic.PdfObject:
    if isinstance(value, pypdf.generic.PdfObject):
        return value
    if isinstance(value, int):
        return NumberObject(value)
    if isinstance(value, list):
        return ArrayObject([_object(value_in_list) for value_in_list in value])
    text = str(value)
    return NameObject(text) if text.startswith("/") else TextStringObject(text)


def _names(**entries: str) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): NameObject(name) for key, name in entries.items()})


def bomb(megabytes: int) -> bytes:
    """Return a PDF of a few kilobytes whose page is that long when it is unpacked."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 1_000_000) for _ in range(megabytes)) + packer.flush()
    return raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed),
    )


def many_pages(count: int) -> bytes:
    """Return a PDF with so many empty pages."""
    kids = b" ".join(b"%d 0 R" % (3 + index) for index in range(count))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>"
    return raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%b] >>" % (count, kids),
        *[page] * count,
    )


def raw_pdf(*objects: bytes) -> bytes:
    """Return a PDF of these objects, numbered from 1; the first is its catalogue."""
    content = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(content + b"startxref\n%d\n%%%%EOF\n" % start)


CII = b"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100">
 <rsm:ExchangedDocument><ram:ID>RE-4711</ram:ID></rsm:ExchangedDocument>
</rsm:CrossIndustryInvoice>"""
ZUGFERD_1 = CII.replace(b"CrossIndustryInvoice", b"CrossIndustryDocument")
UBL = b"""<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><cbc:ID>U-17</cbc:ID></Invoice>"""
