"""A file is what its bytes say, whatever its name."""

from __future__ import annotations

import io
import zipfile

import pytest

from keywright.media_types import media_type


def _zip(name: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        packed.writestr(name, "x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "application/x-empty"),
        (b"%PDF-1.4\n", "application/pdf"),
        (b"\n\n junk from a mail gateway %PDF-1.7", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"II*\x00", "image/tiff"),
        (b"MM\x00*", "image/tiff"),
        (b'<?xml version="1.0"?><Invoice/>', "application/xml"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "application/xml"),
        ('<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16"), "application/xml"),
        (b"<rsm:CrossIndustryInvoice xmlns:rsm='x'/>", "application/xml"),
        (b"<!DOCTYPE HTML><p>", "text/html"),
        (b"  <html lang=en>", "text/html"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "text/html"),
        (b"Dear Sirs", "text/plain"),
        (b"\x00\x01\x02\x03", "application/octet-stream"),
        (b"{\\rtf1", "application/rtf"),
        (b"PK\x03\x04 and then nothing", "application/zip"),
        (_zip("notes.txt"), "application/zip"),
        (_zip("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (_zip("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
def test_the_bytes_tell_the_media_type(content: bytes, kind: str) -> None:
    assert media_type(content) == kind
