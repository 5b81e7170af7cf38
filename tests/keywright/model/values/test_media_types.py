"""A file is what its bytes say, whatever its name."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import tracemalloc
import zipfile

import pytest

from keywright.model.values.media_types import media_type


def _zip(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr(name, "x")
    return buffer.getvalue()


_OUTLOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "__properties_version1.0".encode("utf-16-le")
_ODT = "application/vnd.oasis.opendocument.text"


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
        (b"<!-- made by the seller's program -->\n<?xml version='1.0'?><Invoice/>", "application/xml"),
        (b"<?xml version='1.0'?>\n<!-- copied from <html> --><?go on?><ubl:Invoice xmlns:ubl='x'/>", "application/xml"),
        (b"<!--" + b" long" * 1000 + b"--><Invoice/>", "application/xml"),
        (b"<!DOCTYPE x [<!ENTITY e 'f'>]><Invoice/>", "application/xml"),
        (b"<p:Invoice xmlns:p='x'/>", "application/xml"),
        ("<Invoice/>".encode("utf-16-le"), "application/xml"),
        (b"<!-- saved from the web --><!DOCTYPE html><p>", "text/html"),
        (b"<!DOCTYPE HTML><p>", "text/html"),
        (b"  <html lang=en>", "text/html"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "text/html"),
        (b"Dear Sirs", "text/plain"),
        (b"\x00\x01\x02\x03", "application/octet-stream"),
        (b"{\\rtf1", "application/rtf"),
        (b"From: a@example.com\r\nSubject: your bill\r\n\r\nDear all", "message/rfc822"),
        (b"Received: from x\n\tby y\nDate: today\nTo: ap@example.com\n\nDear all", "message/rfc822"),
        (b"Invoice: 7\nDate: today\nTotal: 5.00\n", "text/plain"),
        (_OUTLOOK, "application/vnd.ms-outlook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "application/x-ole-storage"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic"),
        (b"\0\0\0\x1cftypmsf1\0\0\0\0mif1heic", "image/heic"),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1miaf", "image/avif"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "application/octet-stream"),
        (b"0\x80\x06\t*\x86H\x86\xf7\r\x01\x07\x02\xa0\x80", "application/pkcs7-mime"),
        (b"\x78\x9f\x3e\x22\x01\x00", "application/ms-tnef"),
        (b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.text", _ODT),
        (b"PK\x03\x04 and then nothing", "application/zip"),
        (_zip("notes.txt"), "application/zip"),
        (_zip("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (_zip("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
def test_the_bytes_tell_the_media_type(content: bytes, kind: str) -> None:
    assert media_type(content) == kind


def test_a_zip_file_that_lists_a_million_files_is_known_without_a_list_of_them() -> None:
    entry = struct.pack("<4s24xHHH12x", b"PK\1\2", 5, 0, 0) + b"a.txt"
    directory = entry * 1_000_000
    end = struct.pack("<4s4xHHIIH", b"PK\5\6", 0xFFFF, 0xFFFF, len(directory), 4, 0)
    content = b"PK\3\4" + directory + end
    tracemalloc.start()
    assert media_type(content) == "application/zip"
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("head", [b"<!---->" * 5000, b"<?x?>" * 5000, b"<!--" * 9000, b" " * 60_000, b"<!" * 30_000])
def test_a_head_made_to_be_tried_in_every_way_is_tried_in_one(head: bytes) -> None:
    program = (
        "import sys; from keywright.model.values.media_types import media_type; "
        "print(media_type(sys.stdin.buffer.read()))"
    )
    result = subprocess.run([sys.executable, "-c", program], input=head, capture_output=True, timeout=60, check=True)
    assert result.stdout
