"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

from contract import metrics_port

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
metrics_port.serve()
