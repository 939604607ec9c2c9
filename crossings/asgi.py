"""The application object that granian serves: `crossings.asgi:application`."""

from crossings.wsgi import application as wsgi_application  # first: it brings Django up

from django.conf import settings  # isort: skip

from crossings.runtime.delivery import Delivery


def is_download(path: str) -> bool:
    """Whether the path is that of a file that is made, not of a page."""
    return path.startswith("/download/") and "." in path


application = Delivery(
    wsgi_application,
    threads=settings.THREADS,
    download_threads=settings.DOWNLOAD_THREADS,
    seconds=settings.CLIENT_SECONDS,
    behind_proxy=settings.BEHIND_PROXY,
    is_download=is_download,
)
