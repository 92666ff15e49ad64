"""What pages complain about while a test drives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Error, Page, Request, Response

LEFT_BEHIND = "net::ERR_ABORTED"
"""What Chromium says of a request that a navigation or the end of the test has overtaken."""

ANSWERS = {409, 422}
"""A clash or a form to be mended is said in words on the page; it is no fault of the page."""


@dataclass
class Watch:
    """Console errors (a breach of the Content-Security-Policy is one), uncaught exceptions, failed and foreign calls."""

    problems: list[str] = field(default_factory=list)

    def attend(self, page: Page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", self._on_exception)
        page.on("requestfailed", self._on_failed)
        page.on("request", self._on_request)
        page.on("response", self._on_response)

    def expected(self) -> list[str]:
        """Hand over what was found so far, so that it does not fail the test."""
        found, self.problems = self.problems, []
        return found

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(f"console: {message.text} ({message.location.get('url')})")

    def _on_exception(self, error: Error) -> None:
        self.problems.append(f"exception: {error.stack or error.message}")

    def _on_failed(self, request: Request) -> None:
        if request.failure != LEFT_BEHIND:
            self.problems.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in ANSWERS:
            self.problems.append(f"status {response.status}: {response.request.method} {response.url}")

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.hostname != "127.0.0.1":
            self.problems.append(f"foreign: {request.url}")
