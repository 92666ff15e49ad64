"""Three hundred files that nobody should trust, out of one seed, and what becomes of each.

As a program it plays them all through upload, check and import, each on the database as it was found and left so, even
when the run is broken off, and prints what happened and how much memory it took:
`python -m tests.accounts.imports.hostile MAIL`, against the database of DATABASE_URL, as the person of that address.
"""

from __future__ import annotations

import json
import os
import random
import struct
import subprocess
import sys
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

SEED = 20261124
EACH = int(os.environ.get("HOSTILE_EACH", "12"))
HEAD = "取引先コード,会社名,従業員数,取引開始日\n"
NAMES = ["青葉", "若葉", "三陸", "北斗", "東雲", "大和", "日進", "丸山", "光洋", "千歳"]
DAMAGED, ROWS_WRONG = "refused", "rows refused"

Rows = list[tuple[str, str]]
Outcome = str | Rows


@dataclass(frozen=True)
class Hostile:
    """`outcome` is that the file is refused, that rows are (and nothing goes in), or what must stand there exactly."""

    kind: str
    number: int
    path: Path
    outcome: Outcome


def write(folder: Path) -> None:
    """The files and what should become of each; in a process of its own, whose memory is not measured."""
    outcomes = []
    for kind, make in KINDS.items():
        for number in range(EACH):
            content, outcome = make(random.Random(f"{SEED}{kind}{number}"), f"{kind}{number}")
            (folder / f"{kind}{number}").write_bytes(content)
            outcomes.append((kind, number, outcome))
    (folder / "outcomes.json").write_text(json.dumps(outcomes), encoding="utf-8")


def files(folder: Path) -> Iterator[Hostile]:
    subprocess.run([sys.executable, "-m", __spec__.name, "write", str(folder)], check=True)
    for kind, number, outcome in json.loads((folder / "outcomes.json").read_text(encoding="utf-8")):
        rows = outcome if isinstance(outcome, str) else [(code, name) for code, name in outcome]
        yield Hostile(kind, number, folder / f"{kind}{number}", rows)


def rows_of(chance: random.Random, mark: str, count: int = 0) -> Rows:
    return [
        (f"{mark}-{at}", f"{chance.choice(NAMES)}{chance.randrange(999)}")
        for at in range(count or chance.randint(2, 30))
    ]


def lines(rows: Rows, *, rest: str = "5,2026-01-31") -> str:
    return HEAD + "".join(f"{code},{name},{rest}\n" for code, name in rows)


def broken_at(chance: random.Random, content: bytes, piece: bytes) -> bytes:
    """With a piece somewhere in the second half."""
    at = content.index(b"\n", chance.randrange(len(HEAD.encode()), len(content) - 2))
    return content[:at] + piece + content[at:]


# -- Text ------------------------------------------------------------------------------------------


def damaged_utf8(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    return broken_at(chance, lines(rows_of(chance, mark)).encode(), bytes([chance.choice([0xFF, 0xC0, 0xF8])])), DAMAGED


def mixed_encodings(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    rows = rows_of(chance, mark, 20)
    first, second = chance.sample(["utf-8", "cp932"], 2)
    return lines(rows[:10]).encode(first) + "".join(f"{c},{n}商事,5,\n" for c, n in rows[10:]).encode(second), DAMAGED


def nul(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    return broken_at(
        chance, lines(rows_of(chance, mark)).encode(), chance.choice([b"\0", b"\x1b[31m", b"\x07", b"\x7f"])
    ), DAMAGED


def bare_cr(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    return lines(rows_of(chance, mark)).replace("\n", "\r").encode(), DAMAGED


def unclosed_quote(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    return lines(
        rows_of(chance, mark)
    ).encode() + f'{mark}-z,"開いたまま,5,\n'.encode() + b"x,y,1,\n" * chance.randrange(20_000), DAMAGED


def ragged(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    return (lines(rows_of(chance, mark)) + f"{mark}-z,青葉{',x' * chance.choice([0, 5, 40])}\n").encode(), ROWS_WRONG


def ten_thousand_columns(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    wide = ",".join(f"列{at}" for at in range(10_000 + chance.randrange(5000)))
    return f"{HEAD.strip()},{wide}\n{mark},青葉\n".encode(), DAMAGED


def huge_cell(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    return (
        lines(rows_of(chance, mark)) + f'{mark}-z,"{"あ" * chance.randint(2_000_000, 5_000_000)}",5,\n'
    ).encode(), DAMAGED


def endless_line(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    return HEAD.encode() + b"x" * chance.randint(20_000_000, 40_000_000), DAMAGED


def formulas(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    rows = [
        (f"{mark}-{at}", f"{sign}cmd|'/C calc'!A{at}") for at, sign in enumerate(["=", "+", "-", "@", "＝", "\u3000="])
    ]
    return lines(rows).encode(), [(code, name.strip("\u3000")) for code, name in rows]


def unseen_marks(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    rows = rows_of(chance, mark)
    unseen = "\u200b\u202e\u2066\u200f\ufeff"
    return lines([(chance.choice(unseen) + c, n[:2] + chance.choice(unseen) + n[2:]) for c, n in rows]).encode(), rows


def twice_in_header(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    rows = rows_of(chance, mark)
    return ("取引先コード,会社名,会社名,会社名\n" + "".join(f"{c},{n},別{n},\n" for c, n in rows)).encode(), rows


def nothing(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    content = chance.choice([b"", b"\n\n\n", b"\xef\xbb\xbf", b" \r\n , , \r\n", b"\xff\xfe", b"\t\t\n"])
    return content, DAMAGED


def binary(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    start = chance.choice(
        [b"\x89PNG\r\n", b"%PDF-1.7\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x7fELF", b"GIF89a", b"\x1f\x8b"]
    )
    return start + chance.randbytes(chance.randint(2000, 200_000)), DAMAGED


def days_that_are_none(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    day = chance.choice(
        [
            "2027/02/30",
            "R8.13.1",
            "0000-00-00",
            "9999999/1/1",
            "令和999年1月1日",
            "infinity",
            "today",
            "12/31/26",
            "1/1",
        ]
    )
    return lines(rows_of(chance, mark), rest=f"5,{day}").encode(), ROWS_WRONG


def numbers_that_are_none(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    number = chance.choice(
        ["0x1F", "1_000", "1e99", "-5", "99999999999", "NaN", "Infinity", "１２a", "1.5", "9" * 400, "--1", "=1+1"]
    )
    return lines(rows_of(chance, mark), rest=f"{number},").encode(), ROWS_WRONG


def half_utf16(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    whole = lines(rows_of(chance, mark)).encode(chance.choice(["utf-16", "utf-16-le", "utf-16-be"]))
    return whole[: -chance.choice([1, 3])], DAMAGED


def tangled_quotes(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    rows = [
        (f"{mark}-{at}", chance.choice(['青葉 "本店"', "青葉, 大阪", "青葉\n第二", "'青葉'", "a;b|c"]))
        for at in range(9)
    ]
    quoted = [(code, '"{}"'.format(name.replace('"', '""'))) for code, name in rows]
    return lines(quoted).replace("\n", chance.choice(["\n", "\r\n"])).encode(), rows


# -- Workbooks -------------------------------------------------------------------------------------


def book(rows: Rows, *, sheet: str = "", **parts: Any) -> bytes:
    from tests.accounts.imports.support import sheet_of, workbook

    head = HEAD.strip().split(",")
    return workbook(
        {"顧客": sheet or sheet_of([head, *[[code, name, "5", "2026-01-31"] for code, name in rows]])}, **parts
    )


def zip_bomb(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    from tests.accounts.imports.support import SHEET

    filling = " " * chance.randint(100, 200) * 1_000_000
    return book([], sheet=SHEET.format(filling)), DAMAGED


def entity_bomb(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "haha"}">' for n in range(chance.randint(4, 12)))
    outside = '<!ENTITY x SYSTEM "file:///etc/passwd">'
    xml = f"<!DOCTYPE sst [{chance.choice([laughs, outside])}]><sst><si><t>青葉</t></si></sst>"
    return book(rows_of(chance, mark), **{"xl__sharedStrings.xml": xml}), DAMAGED


def truncated(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    whole = book(rows_of(chance, mark))
    return whole[: chance.randrange(30, len(whole) - 30)], DAMAGED


def with_macros(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    rows = rows_of(chance, mark)
    return book(
        rows, **{"xl__vbaProject.bin": chance.randbytes(5000), "xl__externalLinks__externalLink1.xml": "<x/>"}
    ), rows


def lying_directory(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    whole = book(rows_of(chance, mark))
    at = whole.rfind(b"PK\x05\x06")
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, 1 << 40, 1)
    many = whole[: at + 8] + struct.pack("<HH", 65_000, 65_000) + whole[at + 12 :]
    return chance.choice([whole[:at] + locator + whole[at:], many]), DAMAGED


def crooked_sheet(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    from tests.accounts.imports.support import SHEET

    odd = chance.choice([
        '<row r="9"/><row r="3"><c r="A3"><v>1</v></c></row>', '<row r="99999999"/><row r="2"/>' * 2,
        '<row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>', '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></row>', "<row><c t='inlineStr'><is><t>" + "x" * 3_000_000 + "</t></is></c></row>",
    ])  # fmt: skip
    return book([], sheet=SHEET.format(odd)), DAMAGED


def no_workbook(chance: random.Random, mark: str) -> tuple[bytes, Outcome]:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr(chance.choice(["a.txt", "word/document.xml", "../../etc/passwd"]), lines(rows_of(chance, mark)))
    return buffer.getvalue(), DAMAGED


Maker = Callable[[random.Random, str], tuple[bytes, Outcome]]
KINDS: dict[str, Maker] = {
    make.__name__: make
    for make in [
        damaged_utf8, mixed_encodings, nul, bare_cr, unclosed_quote, ragged, ten_thousand_columns, huge_cell, endless_line,
        formulas, unseen_marks, twice_in_header, nothing, binary, days_that_are_none, numbers_that_are_none, half_utf16,
        tangled_quotes, zip_bomb, entity_bomb, truncated, with_macros, lying_directory, crooked_sheet, no_workbook,
    ]
}  # fmt: skip


# -- Playing them ----------------------------------------------------------------------------------


def play(one: Hostile, by: Any) -> str:
    """What happened: refused, rows refused or imported; a sentence that begins with WRONG when it should not have."""
    from django.core.files import File

    from accounts.actions.imports import batches
    from accounts.actions.imports.files import Unreadable
    from accounts.models import Account, ImportChange
    from tests.accounts.imports.support import NOW, mapped, run

    before = Account.objects.count(), ImportChange.objects.count()
    try:
        with one.path.open("rb") as file:
            batch = mapped(batches.upload(file=File(file), file_name="hostile", layout="accounts", by=by, at=NOW))
    except (Unreadable, batches.MappingRefused):
        happened = DAMAGED
    else:
        happened = judged(batch, run)
    after = Account.objects.count(), ImportChange.objects.count()
    if happened != "imported":
        return happened if after == before and happened == one.outcome else f"WRONG: {happened}, {before} to {after}"
    if isinstance(one.outcome, str):
        return f"WRONG: imported, {before} to {after}"
    stored = dict(
        Account.objects.filter(external_id__in=[c for c, _ in one.outcome]).values_list("external_id", "name")
    )
    exact = {unicodedata.normalize("NFKC", code): name for code, name in one.outcome}
    return happened if stored == exact and after[0] - before[0] == len(exact) else f"WRONG: {stored} for {exact}"


def judged(batch: Any, run: Callable[..., Any]) -> str:
    from accounts.actions.imports import batches

    if batch.state == "uploaded":
        return DAMAGED
    try:
        run(batch)
    except batches.NotNow:
        return ROWS_WRONG
    return "imported" if batch.state == "done" else f"WRONG: {batch.state}"


def peak_kb() -> int:
    """Of this program alone: what getrusage answers begins with the size of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0])


def main(mail: str) -> None:
    from django.conf import settings
    from django.db import transaction

    from crm.people import User

    happened: Counter[str] = Counter()
    wrong: list[str] = []
    base = peak_kb()
    with TemporaryDirectory() as folder, TemporaryDirectory() as files_folder:
        settings.MEDIA_ROOT = folder
        by = User.objects.get(email=mail)
        for one in files(Path(files_folder)):
            try:
                with transaction.atomic():
                    outcome = play(one, by)
                    transaction.set_rollback(True)
            except Exception as crash:
                outcome = f"WRONG: crashed with {crash!r}"
            happened[outcome.split(":")[0]] += 1
            if outcome.startswith("WRONG"):
                wrong.append(f"{one.kind} {one.number}: {outcome}"[:300])
    peak = peak_kb()
    print(
        json.dumps(
            {
                "files": sum(happened.values()),
                **happened,
                "base_mb": base >> 10,
                "peak_mb": peak >> 10,
                "errors": wrong,
            },
            ensure_ascii=False,
        )
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    import django

    django.setup()
    if sys.argv[1] == "write":
        write(Path(sys.argv[2]))
    else:
        main(sys.argv[1])
