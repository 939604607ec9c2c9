"""The application object that granian serves: `crossings.wsgi:application`."""

import os

from crossings.runtime.failures import problems_in_one_sentence
from crossings.runtime.workers import end_with_master

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crossings.settings")

end_with_master()

with problems_in_one_sentence():
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
