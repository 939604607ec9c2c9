"""What a load balancer or systemd's watcher asks: does this copy answer, and is its database there?"""

from __future__ import annotations

import shutil

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crossings.database.sqlite import replaced

#: With less free space than this, in bytes, a publication or a backup may fail at any moment.
LEAST_FREE = 50_000_000


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 {"status": "ok"} when a table can be read, else 503 {"status": "unavailable"}.

    200 {"status": "degraded"} while readers are served but the disk is all but full. With 503 and 200
    "degraded" a "reason" says what to do.
    """
    try:
        with connection.cursor() as cursor:
            # A table, not SELECT 1: SQLite makes an empty database of a missing file and answers happily.
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            found = cursor.fetchone()
    except (Error, ImproperlyConfigured):
        found = None
    if found is None:
        return JsonResponse({"status": "unavailable"}, status=503)
    if replaced(connection):
        reason = "The database file was deleted or replaced: restart the site."
        return JsonResponse({"status": "unavailable", "reason": reason}, status=503)
    if shutil.disk_usage(settings.DATA_DIR).free < LEAST_FREE:
        return JsonResponse({"status": "degraded", "reason": "The disk is full: free some space."})
    return JsonResponse({"status": "ok"})
