"""Receiving a file that somebody sends: on disk from the first byte, and no further than a limit. And giving it out."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpRequest

MOST_DRAINED = 4
"""Up to so many times the limit the rest is read and thrown away, so that the sender hears why it was refused."""


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Stops as soon as the limit is passed; `is_too_large` tells."""

    def __init__(self, request: HttpRequest, limit: int) -> None:
        super().__init__(request)
        self.limit = limit
        self.received = 0
        self.is_too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > self.limit:
            self.is_too_large = True
            self.file.close()
            raise StopUpload(connection_reset=self._is_hopeless)
        super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        return None if self.is_too_large else super().file_complete(file_size)

    @property
    def _is_hopeless(self) -> bool:
        announced = self.request.META.get("CONTENT_LENGTH", "") if self.request else ""
        return not announced.isdigit() or int(announced) > self.limit * MOST_DRAINED


def cap_uploads(request: HttpRequest, limit: int) -> CappedUploadHandler:
    """Before anything reads the body."""
    handler = CappedUploadHandler(request, limit)
    request.upload_handlers = [handler]
    return handler


SEALED = "sandbox; default-src 'none'"


def attachment(file: FieldFile, *, name: str, content_type: str) -> FileResponse:
    """To be saved, never to be opened on our pages, whatever it holds."""
    response = FileResponse(file.open("rb"), as_attachment=True, filename=name)
    response.headers["Content-Type"] = content_type
    response.headers["Content-Security-Policy"] = SEALED
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
