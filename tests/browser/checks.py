"""What holds on every screen; each check says in words what is wrong and where."""

from __future__ import annotations

from functools import cache
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from playwright.sync_api import Page

from crm.translations import catalogues, read_po

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
"""The only rules whose answer depends on the theme."""

WIDE_NODES = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const scrolls = (node) => /auto|scroll|hidden|clip/.test(getComputedStyle(node).overflowX);
  const isHeld = (node) => {
    for (let up = node.parentElement; up && up !== document.body; up = up.parentElement) if (scrolls(up)) return true;
    return false;
  };
  const named = (node) => node.tagName.toLowerCase() + (node.id ? "#" + node.id : "") +
    [...node.classList].map((name) => "." + name).join("");
  const wide = [...document.body.querySelectorAll("*")].filter(
    (node) => node.getBoundingClientRect().right > room + 1 && !isHeld(node));
  return [`page ${document.documentElement.scrollWidth} of ${room}`, ...wide.slice(0, 8).map(named)];
}"""

OWN_NAMES = {"Japanese", "English"}
"""Languages call themselves what they are called at home."""

PAINTED = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const isBusy = () => document.querySelector(".htmx-request") || document.fonts.status !== "loaded";
  const endMovement = () => document.getAnimations().forEach((each) => {
    if (Number.isFinite(each.effect.getComputedTiming().endTime)) each.finish();
  });
  await frame();
  for (let frames = 0; isBusy(); frames++) {
    if (frames > 600) throw new Error("The page is still busy");
    await frame();
  }
  endMovement();
  await frame();
  endMovement();
  await frame();
}"""
"""Requests and fonts are waited for, passing movements brought to their end."""

TEXTS = """(language) => {
  const found = [];
  const isOurs = (node) => node && node.closest("[lang]")?.lang === language && !node.closest("script, style, kbd");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.replace(/\\s+/g, " ").trim();
    if (text && isOurs(walker.currentNode.parentElement)) found.push(text);
  }
  for (const name of ["aria-label", "title", "placeholder", "alt", "aria-description"])
    for (const node of document.body.querySelectorAll(`[${name}]`)) if (isOurs(node)) found.push(node.getAttribute(name).trim());
  found.push(document.title.split(" · ")[0]);
  return found;
}"""


def settled(page: Page) -> None:
    """Nothing is loading any more and what was asked for is painted."""
    page.evaluate(PAINTED)


def check_axe(page: Page, *, within: str | None = None, only: list[str] | None = None) -> None:
    """No violation of WCAG 2.2 AA or of good practice on the page, or within a selector."""
    wanted = {"type": "rule", "values": only} if only else {"type": "tag", "values": RULES}
    context = {"include": [within]} if within else None
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"], "runOnly": wanted, "preload": False}
    found = page.evaluate("([within, options]) => axe.run(within ?? document, options)", [context, options])
    violations = found["violations"]
    assert not violations, f"{page.url}\n" + "\n".join(described(violation) for violation in violations)


def described(violation: dict[str, Any]) -> str:
    places = [f"    {' '.join(map(str, node['target']))}: {why(node)}" for node in violation["nodes"]]
    return "\n".join([f"  {violation['id']} ({violation['impact']}): {violation['help']}", *places[:12]])


def why(node: dict[str, Any]) -> str:
    messages = [check["message"] for kind in ("any", "all", "none") for check in node[kind]]
    return messages[0] if messages else ""


def check_no_sideways_scroll(page: Page) -> None:
    found = page.evaluate(WIDE_NODES)
    assert found == [], f"{page.url} scrolls sideways: {', '.join(found)}"


def check_head(page: Page, language: str) -> None:
    """The language it says it has, one main heading, a title of its own."""
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1, f"{page.url}: {page.locator('h1').all_inner_texts()}"
    assert page.title().split(" · ")[0].strip() not in ("", "Sodate CRM"), f"{page.url}: no title of its own"


def check_language(page: Page, language: str) -> None:
    """No text of the catalogue stands on the page in the other language; what people wrote stays as written."""
    foreign = english_texts() if language == "ja" else japanese_texts()
    found = sorted(set(page.evaluate(TEXTS, language)) & foreign)
    assert found == [], f"{page.url} in {language}: {found}"


@cache
def pairs() -> frozenset[tuple[str, str]]:
    """Every text with its translation, where the two differ and no figure is put in."""
    files = [file for file in catalogues(settings.LOCALE_PATHS) if "ja" in file.parts]
    messages = [message for file in files for message in read_po(file.read_text(encoding="utf-8"))]
    translated = [message for message in messages if message.is_translated and message.id not in OWN_NAMES]
    return frozenset((m.id.strip(), text.strip()) for m in translated for text in m.texts.values() if text != m.id)


def english_texts() -> frozenset[str]:
    return frozenset(english for english, _ in pairs()) - {japanese for _, japanese in pairs()}


def japanese_texts() -> frozenset[str]:
    return frozenset(japanese for _, japanese in pairs()) - {english for english, _ in pairs()}
