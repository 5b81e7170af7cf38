"""The console's addresses."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.views.i18n import set_language

from keywright.console import case_list, decide, files, queue, receipts, review, sign_in, story, vendor_pages


class HashConverter(StringConverter):
    """A SHA-256 in lower-case hexadecimal."""

    regex = "[0-9a-f]{64}"


class CaseNumberConverter(StringConverter):
    """A case's number, none longer than the database can hold."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:  # type: ignore[override]  # a converter may return what it likes
        """Return the number."""
        return int(value)


register_converter(HashConverter, "hash")
register_converter(CaseNumberConverter, "number")

urlpatterns = [
    path("", queue.queue, name="queue"),
    path("next/", queue.next_case, name="next"),
    path("cases/", case_list.cases, name="cases"),
    path("cases/<number:number>/", story.case, name="case"),
    path("cases/<number:number>/review/", review.review, name="review"),
    path("cases/<number:number>/decide/", decide.decide, name="decide"),
    path("cases/<number:number>/again/", story.send_again, name="send-again"),
    path("cases/<number:number>/document/", files.document, name="document"),
    path("cases/<number:number>/receipt.<str:language>.<str:kind>", receipts.receipt, name="receipt"),
    path("pictures/<hash:sha256>/", files.picture, name="picture"),
    path("master/", vendor_pages.site.urls),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("language/", set_language, name="set_language"),
]
