"""URLs of the console."""

from django.urls import path
from django.views.i18n import set_language

from keywright.console.cases import files, history, receipts
from keywright.console.cases import views as cases
from keywright.console.layouts import acts as layout_acts
from keywright.console.layouts import views as layouts
from keywright.console.ledger import views as ledger
from keywright.console.people import confirmations
from keywright.console.quality import views as quality
from keywright.console.queue import views as queue
from keywright.console.review import decide, live_check, reread
from keywright.console.review import views as review
from keywright.console.shared import appearance, notifications
from keywright.console.site import case_urls, sign_in_urls
from keywright.console.vendors import admin, search

urlpatterns = [
    path("", queue.queue, name="queue"),
    path("waiting/", queue.live, name="live"),
    path("next/", queue.next_case, name="next"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<number:number>/", history.case, name="case"),
    path("cases/<number:number>/review/", review.review, name="review"),
    path("cases/<number:number>/decide/", decide.decide, name="decide"),
    path("cases/<number:number>/check/", live_check.check, name="check"),
    path("cases/<number:number>/choices/", reread.choices, name="choices"),
    path("cases/<number:number>/place/", reread.place, name="place"),
    path("cases/<number:number>/words/<int:page>/", reread.words, name="words"),
    path("vendors/find/", search.vendors, name="find-vendors"),
    path("confirm/", confirmations.confirmations, name="confirmations"),
    path("confirm/people/<number:number>/", confirmations.confirm_person, name="confirm-person"),
    path("confirm/accounts/", confirmations.confirm_accounts, name="confirm-accounts"),
    path("confirm/withdrawn/", confirmations.withdraw_accounts, name="withdraw-accounts"),
    *case_urls.urlpatterns,
    path("cases/<number:number>/again/", history.send_again, name="send-again"),
    path("cases/<number:number>/document/", files.document, name="document"),
    path("cases/<number:number>/receipt.<str:language>.<str:kind>", receipts.receipt, name="receipt"),
    path("pictures/<hash:sha256>/", files.picture, name="picture"),
    path("master/", admin.site.urls),
    *sign_in_urls.urlpatterns,
    path("ledger/", ledger.ledger_page, name="ledger"),
    path("ledger/export/", ledger.export, name="ledger-export"),
    path("ledger/verify/", ledger.verify, name="ledger-verify"),
    path("ledger/offline_ledger.py", ledger.offline, name="ledger-offline"),
    path("layouts/", layouts.layouts, name="layouts"),
    path("layouts/import/", layout_acts.import_layout, name="layout-import"),
    path("layouts/<number:number>/", layouts.layout, name="layout"),
    path("layouts/<number:number>/roll-back/", layout_acts.roll_back, name="layout-roll-back"),
    path("layouts/<number:number>/ask-again/", layout_acts.ask_again, name="layout-ask-again"),
    path("layouts/<number:number>/export/", layout_acts.export, name="layout-export"),
    path("layouts/<number:number>/versions/<number:version>/use/", layout_acts.use_version, name="layout-version"),
    path("notices/", notifications.notifications_page, name="notices"),
    path("quality/", quality.quality, name="quality"),
    path("quality/next/", quality.next_sample, name="next-sample"),
    path("quality/<number:number>/", quality.sample, name="sample"),
    path("quality/<number:number>/truth/", quality.truth, name="sample-truth"),
    path("looks/", appearance.set_appearance, name="appearance"),
    path("language/", set_language, name="set_language"),
]
