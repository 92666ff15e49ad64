"""How fast customers come in from a file, on the path of the screen: upload, check, import and the way back.

    DATABASE_URL=postgres://… python -m bench.imports [--rows 100000] [--keep]

Every row is validated and compared with the customers that are there; each is written down for the way back. The
import runs as a worker runs it. Needs a database of its own; what it made is taken back at the end.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

HEAD = "取引先コード,会社名,フリガナ,法人番号,従業員数,市区町村,住所,電話番号,ドメイン,取引開始日,粗利率\n"
FIRST = [
    "青葉",
    "若葉",
    "三陸",
    "北斗",
    "東雲",
    "大和",
    "日進",
    "丸山",
    "光洋",
    "千歳",
    "桜",
    "富士",
    "旭",
    "栄",
    "共立",
    "中央",
    "第一",
    "新生",
    "協和",
    "昭和",
]
SECOND = [
    "製作所",
    "商事",
    "メディカル",
    "水産",
    "工業",
    "運輸",
    "電機",
    "食品",
    "建設",
    "印刷",
    "化学",
    "通商",
    "システム",
    "物産",
    "酒造",
]
CITIES = [
    "大阪市北区",
    "札幌市中央区",
    "仙台市青葉区",
    "名古屋市中区",
    "福岡市博多区",
    "金沢市",
    "広島市中区",
    "高松市",
]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    arguments = parsed()
    import django

    django.setup()
    with TemporaryDirectory() as folder:
        from django.conf import settings

        settings.MEDIA_ROOT = folder
        measure(Path(folder), arguments.rows, is_kept=arguments.keep)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--keep", action="store_true", help="Do not take the import back.")
    return parser.parse_args()


def write(path: Path, rows: int) -> None:
    chance = random.Random(7)
    with path.open("w", encoding="cp932", newline="") as file:
        file.write(HEAD)
        for number in range(rows):
            name = f"{chance.choice(FIRST)}{chance.choice(SECOND)}{number}"
            file.write(
                f"B{number:07},株式会社{name},アオバ{number % 977},{1_000_000_000_000 + number},{chance.randrange(5000)},"
                f"{chance.choice(CITIES)},梅田{number % 9}-{number % 97}-1,06-{number % 10_000:04}-{number % 9973:04},"
                f"c{number}.example.jp,R{number % 8 + 1}.{number % 12 + 1}.{number % 28 + 1},0.{number % 900:03}\r\n"
            )


def measure(folder: Path, rows: int, *, is_kept: bool) -> None:
    from django.core.files import File
    from django.utils import timezone

    from accounts.actions.imports import batches
    from accounts.models import Account
    from crm.people import User

    path = folder / "customers.csv"
    write(path, rows)
    by = User.objects.filter(role="admin").first() or User.objects.create_superuser(
        "bench@example.com", "x" * 20, name="計測"
    )
    print(f"{rows:,} rows, {path.stat().st_size / 1e6:.0f} MB in CP932, beside {Account.objects.count():,} customers")
    with path.open("rb") as file:
        batch = timed(
            "upload",
            rows,
            lambda: batches.upload(
                file=File(file), file_name="customers.csv", layout="accounts", by=by, at=timezone.now()
            ),
        )
    timed(
        "mapping",
        rows,
        lambda: batches.map_columns(
            batch=batch,
            mapping=batch.mapping,
            existing="overwrite",
            doubles="new",
            team=None,
            save_as="",
            by=by,
            at=timezone.now(),
        ),
    )
    timed("check", rows, lambda: batches.check(batch=batch, at=timezone.now()))
    print("   ", batch.counts)
    batches.start(batch=batch, with_refused=True, by=by, at=timezone.now())
    timed("import", rows, lambda: batches.run(batch=batch, at=timezone.now()))
    timed("words", rows, lambda: words(batch))
    if not is_kept:
        batches.undo(batch=batch, by=by, at=timezone.now())
        timed("undo", rows, lambda: batches.take_back(batch=batch, at=timezone.now()))
        print("   ", batch.counts["undo"])
    print(f"Peak memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def words(batch):
    """What the task does that follows the import, and lets the search find the new customers."""
    from accounts.actions.imports import batches
    from crm.jobs import OutboxItem

    for item in OutboxItem.objects.filter(key=f"import.words:{batch.pk}"):
        batches.write_words(**item.arguments)


def timed(name, rows, work):
    started, busy = perf_counter(), processor_time()
    answer = work()
    seconds, processor = perf_counter() - started, processor_time() - busy
    print(
        f"{name:8} {seconds:7.2f} s {rows / seconds:10,.0f} rows/s  processor {processor:7.2f} s"
        f" {rows / processor:10,.0f} rows/s",
        flush=True,
    )
    return answer


def processor_time():
    """Of this process and of its database process; what it would take with the machine to itself."""
    from django.db import connection

    connection.ensure_connection()
    schedule = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text(encoding="ascii")
    return process_time() + int(schedule.split()[0]) / 1e9


if __name__ == "__main__":
    main()
