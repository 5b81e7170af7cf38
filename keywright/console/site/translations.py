"""The console's texts in other languages: which there are, and making a catalogue of a list.

The lists of a language are ``django.po`` and, for what is found about documents, ``findings.po`` in
``locale/LANGUAGE/LC_MESSAGES``, written by hand. What Django reads is the catalogue beside them, ``django.mo``. After
a change of a list: ``python -m keywright.console.site.translations``.
"""

from __future__ import annotations

import ast
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
LANGUAGES = ("fr",)
OFFICE = HERE.parent
CHECKOUT = OFFICE.parent
FINDING_ROOMS = tuple(CHECKOUT / room for room in ("keywright", "extractors", "systems", "tasks", "bots"))
PLURAL = "\x00"  # between the singular and the plural of a text, as catalogues have it

_CALLS = {"_": 1, "gettext": 1, "gettext_noop": 1, "gettext_lazy": 1, "ngettext": 2}
_MAGIC, _REVISION = 0x950412DE, 0  # GNU gettext manual, "The Format of GNU MO Files"


def po_path(language: str) -> Path:
    """Return where the list of the office's own texts in a language is."""
    return HERE / "locale" / language / "LC_MESSAGES" / "django.po"


def translations_of(language: str) -> dict[str, str]:
    """Return the translations of all lists of a language. Raises ValueError for a text that stands in two lists."""
    office, findings = (read_po(path.read_text("utf-8")) for path in sorted(po_path(language).parent.glob("*.po")))
    if twice := sorted(text for text in findings if text and text in office):
        raise ValueError(f"These texts stand in two lists: {twice}")
    return {**findings, **office}


def read_po(text: str) -> dict[str, str]:
    """Return the translations of a list; plural forms are joined by a zero character, as in a catalogue.

    Raises ValueError for a line that is not of a list.
    """
    translations: dict[str, str] = {}
    entry: dict[str, str] = {}
    part = ""
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if not line.strip() and entry:
            translations.update([_translation(entry)])
            entry, part = {}, ""
        elif match := re.fullmatch(r'(msgid|msgid_plural|msgstr|msgstr\[\d\])?\s*(".*")', line):
            part = match[1] or part
            entry[part] = entry.get(part, "") + str(ast.literal_eval(match[2]))
        elif line.strip() and not line.startswith("#"):
            raise ValueError(f"Line {number} is not one of a list of texts: {line}")
    return translations


def _translation(entry: dict[str, str]) -> tuple[str, str]:
    text = PLURAL.join(entry[part] for part in ("msgid", "msgid_plural") if part in entry)
    return text, PLURAL.join(entry[part] for part in sorted(entry) if part.startswith("msgstr"))


def make_mo(translations: dict[str, str]) -> bytes:
    """Return the catalogue of a list in the format of GNU gettext, without untranslated texts."""
    texts = sorted(
        (text.encode(), translation.encode()) for text, translation in translations.items() if translation.strip(PLURAL)
    )
    head, row = 7 * 4, 8
    place = head + 2 * row * len(texts)
    tables, strings = [b"", b""], b""
    for column in (0, 1):
        for pair in texts:
            tables[column] += struct.pack("<II", len(pair[column]), place + len(strings))
            strings += pair[column] + b"\x00"
    start = struct.pack("<7I", _MAGIC, _REVISION, len(texts), head, head + row * len(texts), 0, place)
    return start + tables[0] + tables[1] + strings


def texts() -> set[str]:
    """Return every text of keywright's modules and templates that is marked for translation."""
    modules = (text for path in sorted(OFFICE.rglob("*.py")) for text in _of_module(path))
    pages = (text for path in sorted(OFFICE.rglob("templates/**/*.html")) for text in _of_page(path))
    return {*modules, *pages}


def finding_templates() -> set[str]:
    """Return the template of every message that is made in the code: what is found about documents and records."""
    return {
        str(call.args[0].value)
        for room in FINDING_ROOMS
        for path in sorted(room.rglob("*.py"))
        for call in message_calls(path)
        if isinstance(call.args[0], ast.Constant)
    }


def message_calls(path: Path) -> Iterator[ast.Call]:
    """Yield each place at which a module makes a message."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Message":
            yield node


def _of_module(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
            parts = node.args[: _CALLS[node.func.id]]
            if all(isinstance(part, ast.Constant) for part in parts):
                yield PLURAL.join(ast.literal_eval(part) for part in parts)


def _of_page(path: Path) -> Iterator[str]:
    page = path.read_text(encoding="utf-8")
    for _quote, text in re.findall(r"""{% translate (["'])(.*?)\1 %}""", page):
        yield text.replace("%", "%%")  # as Django looks it up
    for block in re.findall(r"{% blocktranslate.*?%}(.*?){% endblocktranslate %}", page):
        yield re.sub(r"{{ (\w+) }}", r"%(\1)s", block.replace("%", "%%")).replace(
            "{% plural %}".replace("%", "%%"), PLURAL
        )


def main() -> int:
    """Write the catalogue of each language, and report texts without a translation."""
    status = 0
    for language in LANGUAGES:
        path, translations = po_path(language), translations_of(language)
        path.with_suffix(".mo").write_bytes(make_mo(translations))
        missing = sorted(text for text in texts() | finding_templates() if not translations.get(text))
        for text in missing:
            print(f"{path}: no translation of {text!r}", file=sys.stderr)
        status = 1 if missing else status
    return status


if __name__ == "__main__":
    sys.exit(main())
