"""What a load balancer or systemd's watcher asks: does this copy answer, and is its database there?"""

from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 {"status": "ok"} when a table can be read, else 503 {"status": "unavailable"}."""
    try:
        with connection.cursor() as cursor:
            # A table, not SELECT 1: SQLite makes an empty database of a missing file and answers happily.
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            found = cursor.fetchone()
    except (Error, ImproperlyConfigured):
        found = None
    if found is None:
        return JsonResponse({"status": "unavailable"}, status=503)
    return JsonResponse({"status": "ok"})
