"""The console as a WSGI application, for towns that run it under a web server of their own."""

from django.core.wsgi import get_wsgi_application

from keywright.console.site.request_limits import bounded_wsgi, bounds
from keywright.setup import open_records

open_records()
application = bounded_wsgi(get_wsgi_application(), bounds())
