"""The console as a WSGI application, for towns that run it under a web server of their own."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keywright.django_settings")

application = get_wsgi_application()
