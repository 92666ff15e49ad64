"""The web application, for any WSGI server. It refuses to start on a half-migrated database."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
application = get_wsgi_application()

from crm.health import require_migrated  # noqa: E402 (models exist once Django is set up)

require_migrated()
