"""Pictures of the running product, taken by a real browser.

    ./sodate up
    python -m bench.pictures http://127.0.0.1:8000

It starts nothing itself. By default the three pictures of the README are written to docs/pictures. `--all` writes
every screen in both languages, both themes, for the desk and the phone, to be looked through by eye. The logins are
those of the demo company unless others are given: `--login rep somebody@example.com secret`.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from demo.cast import PASSWORD, SHOWN

DESK, PHONE = (1440, 900), (390, 844)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
STRANGER = ""


@dataclass(frozen=True, slots=True)
class Shot:
    """`way` is an address and then patterns: of each page the first link that matches is followed."""

    name: str
    role: str
    way: tuple[str, ...]
    language: str = "ja"
    theme: str = "light"
    size: tuple[int, int] = DESK

    @property
    def file(self) -> str:
        parts = [self.name, self.language]
        parts += ["dark"] if self.theme == "dark" else []
        parts += ["phone"] if self.size == PHONE else []
        return "-".join(parts) + ".png"


CUSTOMER, LOG = r"/customers/\d+/$", r"/customers/\d+/log/"
REVISION, PLAN = r"/campaigns/revisions/\d+/$", r"/campaigns/revisions/\d+/plan/"
README = (
    Shot("today", "rep", ("/",)),
    Shot("customer", "rep", ("/customers/?q=青葉メディカル", CUSTOMER)),
    Shot("board", "planner", ("/campaigns/", REVISION), language="en"),
)
SCREENS = (
    *README,
    Shot("customers", "rep", ("/customers/",)),
    Shot("new-customer", "rep", ("/customers/new/",)),
    Shot("log", "rep", ("/customers/?q=青葉メディカル", CUSTOMER, LOG)),
    Shot("proposals", "rep", ("/proposals/",)),
    Shot("proposal", "rep", ("/proposals/", r"/proposals/\d+/$")),
    Shot("announcement", "rep", ("/announcements/",)),
    Shot("campaigns", "planner", ("/campaigns/",)),
    Shot("builder", "planner", ("/campaigns/", PLAN)),
    Shot("today-manager", "manager", ("/",)),
    Shot("preferences", "rep", ("/preferences/",)),
    Shot("keys", "rep", ("/help/keys/",)),
    Shot("components", "rep", ("/gallery/",)),
    Shot("sign-in", STRANGER, ("/signin/login/",)),
    Shot("not-found", "rep", ("/customers/999999999/",)),
)


def every(screens: Iterable[Shot]) -> Iterator[Shot]:
    """Each screen in each language, theme and size."""
    for shot, language, theme, size in product(screens, ("ja", "en"), ("light", "dark"), (DESK, PHONE)):
        yield replace(shot, language=language, theme=theme, size=size)


class Photographer:
    """One signed-in profile a role and size, the phone with touch; language and theme are set for each picture."""

    def __init__(self, browser: Browser, address: str, logins: dict[str, tuple[str, str]], scale: float) -> None:
        self.browser, self.address, self.logins, self.scale = browser, address, logins, scale
        self.contexts: dict[tuple[str, tuple[int, int]], BrowserContext] = {}

    def take(self, shot: Shot, folder: Path, *, whole: bool) -> Path:
        """`whole` shows the page to its end, else the first view of it."""
        page = self._context(shot.role, shot.size).new_page()
        self._dress(page, shot)
        self._walk(page, shot)
        file = folder / shot.file
        page.screenshot(path=file, full_page=whole, animations="disabled", caret="hide")
        page.close()
        return file

    def _context(self, role: str, size: tuple[int, int]) -> BrowserContext:
        if (role, size) not in self.contexts:
            context = self.browser.new_context(
                base_url=self.address,
                viewport={"width": size[0], "height": size[1]},
                has_touch=size == PHONE,
                is_mobile=size == PHONE,
                device_scale_factor=self.scale,
                reduced_motion="reduce",
                locale="ja-JP",
            )
            self.contexts[role, size] = context
            if role != STRANGER:
                self._sign_in(context.new_page(), *self.logins[role])
        return self.contexts[role, size]

    def _sign_in(self, page: Page, user: str, password: str) -> None:
        page.goto("/signin/login/")
        page.fill("[name=login]", user)
        page.fill("[name=password]", password)
        page.click("form[action$='/login/'] [type=submit]")
        page.wait_for_url(lambda url: "/signin/" not in url)
        page.close()

    def _dress(self, page: Page, shot: Shot) -> None:
        """The language is a cookie; the theme is put in place, so that nobody's settings are changed."""
        name = "django_language"
        page.context.add_cookies([{"name": name, "value": shot.language, "url": self.address}])
        script = f"""new MutationObserver((_, watch) => {{
          if (!document.documentElement) return;
          document.documentElement.dataset.theme = "{shot.theme}"; watch.disconnect();
        }}).observe(document, {{childList: true, subtree: true}})"""
        page.add_init_script(script)

    def _walk(self, page: Page, shot: Shot) -> None:
        address, *patterns = shot.way
        page.goto(address)
        for pattern in patterns:
            page.goto(first_link(page, pattern))
        page.evaluate("document.fonts.ready")
        page.wait_for_load_state("networkidle")


def first_link(page: Page, pattern: str) -> str:
    links: list[str] = page.eval_on_selector_all(".frame a[href]", "(all) => all.map((a) => a.href)")
    found = [link for link in links if re.search(pattern, link)]
    if not found:
        raise LookupError(f"{page.url} has no link to {pattern}")
    return found[0]


def chromium() -> str:
    named = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not named:
        raise SystemExit("There is no Chromium. Install it, or name it in CHROMIUM.")
    return named


def main() -> None:
    asked = arguments()
    logins = {person.role: (person.email, PASSWORD) for person in SHOWN}
    logins |= {role: (user, password) for role, user, password in asked.login}
    asked.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *root])
        photographer = Photographer(browser, asked.address, logins, asked.scale)
        for shot in every(SCREENS) if asked.all else README:
            tell(photographer, shot, asked.out, whole=asked.all)
        browser.close()


def tell(photographer: Photographer, shot: Shot, folder: Path, *, whole: bool) -> None:
    try:
        file = photographer.take(shot, folder, whole=whole)
    except LookupError as nothing:
        print(f"{shot.file}: not taken, {nothing}")
    else:
        print(f"{file}: {file.stat().st_size // 1024} KB")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.pictures", description=__doc__.splitlines()[0])
    parser.add_argument("address", help="of the running server, such as http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--all", action="store_true", help="every screen, not only those of the README")
    parser.add_argument("--scale", type=float, default=1.0, help="pixels of the picture for one of the page")
    parser.add_argument("--login", nargs=3, action="append", default=[], metavar=("ROLE", "USER", "PASSWORD"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
