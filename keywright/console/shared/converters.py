"""URL path converters for hashes and case numbers."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class HashConverter(StringConverter):
    """A SHA-256 in lower-case hexadecimal."""

    regex = "[0-9a-f]{64}"


class CaseNumberConverter(StringConverter):
    """A case number that fits into the database."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:  # type: ignore[override]  # a converter may return what it likes
        """Return the number."""
        return int(value)


register_converter(HashConverter, "hash")
register_converter(CaseNumberConverter, "number")
