"""An import in a real browser, from a file of another system with mistakes in it to the way back."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Account
from crm.jobs import OutboxItem

ROWS = (
    ("取引先コード", "会社名", "区分", "取引開始日", "FAX"),
    ("C-20001", "新潟はじめ合同会社", "法人", "R8.4.1", ""),
    ("C-10482", "越後酒造株式会社", "法人", "2026/04/01", "025-000-0000"),
    ("C-10391", "三陸海運株式会社", "法人", "2026/02/30", ""),
    ("C-10455", "", "法人", "2025/03/31", ""),
    ("C-10512", "浜松テキスタイル株式会社", "法じん", "2024/01/31", ""),
)
FILE = {
    "name": "顧客一覧.csv",
    "mimeType": "text/csv",
    "buffer": "\r\n".join(",".join(row) for row in ROWS).encode("cp932"),
}


@pytest.fixture
def checked(world: SimpleNamespace, page_of: Callable[..., Page]) -> Page:
    """The file as far as the page with its mistakes, read in Japanese by the manager."""
    page = page_of(world.emi)
    page.goto(reverse("imports"))
    page.locator("input[type=file]").set_input_files(FILE)
    page.get_by_role("button", name="ファイルを読む").click()
    page.wait_for_url("**/columns/")
    page.locator("[form=mapping]").click()
    page.wait_for_url("**/check/")
    return page


def as_stored() -> list[tuple[object, ...]]:
    columns = ("pk", "external_id", "name", "kind", "customer_since", "owner_id", "team_id", "matching_key")
    return list(Account.objects.order_by("pk").values_list(*columns))


def tabs(page: Page) -> list[str]:
    return [" ".join(text.split()) for text in page.locator(".import-counts .segmented a").all_text_contents()]


def counts(page: Page) -> list[str]:
    return page.locator(".import-counts dd").all_inner_texts()


def test_columns_of_a_shift_jis_file_are_guessed_and_may_be_changed(
    world: SimpleNamespace, page_of: Callable[..., Page]
):
    page = page_of(world.emi)
    page.goto(reverse("imports"))
    page.locator("input[type=file]").set_input_files(FILE)
    page.get_by_role("button", name="ファイルを読む").click()

    expect(page.locator(".import-file")).to_contain_text("Shift_JIS")
    chosen = page.locator(".import-mapping tbody select").evaluate_all("(all) => all.map((one) => one.value)")
    assert chosen == ["external_id", "name", "kind", "customer_since", ""]
    expect(page.locator(".import-mapping tbody tr").nth(3)).to_contain_text("R8.4.1")

    page.get_by_label("会社名").select_option("")
    page.locator("[form=mapping]").click()
    expect(page.locator("[role=alert]")).to_contain_text("顧客名")


def test_mistakes_are_mended_where_they_stand_the_good_part_goes_in_and_all_is_taken_back(
    checked: Page, work_off: Callable[[], None]
):
    before = as_stored()
    rows = checked.locator(".import-row")
    expect(rows).to_have_count(3)
    assert tabs(checked) == ["直す 3", "更新 1", "新規 1", "すべて 5"]

    checked.locator("[name=cell-name]").fill("米沢織物株式会社")
    checked.locator("[name=cell-name]").press("Enter")
    expect(rows).to_have_count(2)
    checked.get_by_role("button", name="2026/02/28 にする").click()
    expect(rows).to_have_count(1)
    assert tabs(checked) == ["直す 1", "更新 1", "新規 3", "すべて 5"]
    assert as_stored() == before

    checked.get_by_role("button", name="エラーを除いて").click()
    checked.wait_for_load_state()
    work_off()
    checked.reload()
    expect(checked.locator("h2.import-title")).to_have_text("取り込みが終わりました")
    assert counts(checked) == ["3", "1", "0", "1"]
    after = {code: (name, since.isoformat()) for _, code, name, _, since, *_ in as_stored() if code}
    assert after["C-10391"] == ("三陸海運株式会社", "2026-02-28")
    assert after["C-10455"][0] == "米沢織物株式会社"
    assert after["C-20001"][1] == "2026-04-01"
    assert "C-10512" not in after

    checked.get_by_role("button", name="取り込みを取り消す").click()
    expect(checked.locator(".import-counts")).to_contain_text("3")
    work_off()
    assert not OutboxItem.objects.filter(task="accounts.undo_import").exists()
    assert as_stored() == before


def test_a_row_is_left_out_with_one_click(checked: Page):
    checked.locator(".import-why").last.get_by_role("button", name="この行を飛ばす").click()

    expect(checked.locator(".import-row")).to_have_count(2)
    expect(checked.locator("h2.import-title")).to_contain_text("2行を直すと")
