"""How fast the search is with a million customers, beside the bare query on the index.

python bench/search.py --make 1000000     fill an empty, migrated database (some minutes)
python bench/search.py                    print the figures
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

TEAMS, REPS = 50, 500
OBJECTS = (
    "検査画像",
    "見積書",
    "出荷データ",
    "勤怠",
    "顧客名簿",
    "図面",
    "在庫",
    "請求書",
    "動画",
    "契約書",
    "日報",
    "予約",
)
WISHES = (
    "{}を拠点間で共有したい",
    "{}の入力に毎日一時間かかる",
    "{}をスマートフォンで見たい",
    "{}の保管期限を延ばしたい",
    "{}を承認する流れを短くしたい",
)
NOTES = (
    "{}様と電話。{}の件、来週までに資料をお送りする",
    "{}様を訪問。{}の運用は順調とのこと",
    "{}様よりお問い合わせ。{}の使い方をご案内した",
    "{}様と打ち合わせ。{}について前向き。上長に確認いただく",
)


def make(many: int) -> None:
    """Teams, reps, `many` customers, as many contacts, a third as many needs, twice as many activities."""
    from django.db import connection

    draw = Random(1)
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE)
        cursor.execute("SELECT id, team_id FROM crm_user WHERE role = 'rep' ORDER BY id")
        reps = cursor.fetchall()
        copy(cursor, "account", ACCOUNT, accounts(draw, reps, many))
        copy(cursor, "contact", CONTACT, contacts(draw, many))
        copy(cursor, "need", NEED, needs(draw, many))
        copy(cursor, "activity", ACTIVITY, activities(draw, reps, many))
        cursor.execute("ANALYZE")


PEOPLE = f"""
INSERT INTO crm_team (code, name_ja, name_en, path) VALUES ('all', '全社', 'All', 'all/');
INSERT INTO crm_team (code, name_ja, name_en, path, parent_id)
SELECT 'team' || n, n || '課', 'Team ' || n, 'all/team' || n || '/', (SELECT id FROM crm_team WHERE code = 'all')
  FROM generate_series(1, {TEAMS}) n;
INSERT INTO crm_user (email, name, name_en, reading, role, team_id, language, theme, has_single_keys, is_active,
                      joined_at, password)
SELECT role || n || '@example.jp', '担当 ' || n, 'Rep ' || n, '', role,
       CASE role WHEN 'rep' THEN (SELECT id FROM crm_team WHERE code = 'team' || (1 + n % {TEAMS})) END,
       'ja', 'system', true, true, now(), '!'
  FROM (SELECT 'rep', generate_series(1, {REPS}) UNION ALL SELECT 'admin', 1) AS people(role, n);
INSERT INTO accounts_topic (code, name_ja, name_en) VALUES ('other', 'その他', 'Other')
"""
ACCOUNT = "id, kind, external_id, name, name_en, reading, matching_key, corporate_number, city, city_en, address, phone, domain, owner_id, team_id, version, created_at"
CONTACT = "id, account_id, name, name_en, reading, department, department_en, title, part, email, phone, wishes, wishes_en, version"
NEED = "account_id, topic_id, words, words_en, heard_on, solution, solution_en, version"
ACTIVITY = "account_id, by_id, kind, result, reaction, note, at, client_id, created_at"
NOW = "2026-11-24 10:00+09"


def copy(cursor, table: str, columns: str, rows: Iterable[tuple]) -> None:
    with cursor.copy(f"COPY accounts_{table} ({columns}) FROM STDIN") as stream:
        for row in rows:
            stream.write_row(row)
    cursor.execute(f"SELECT setval(pg_get_serial_sequence('accounts_{table}', 'id'), max(id)) FROM accounts_{table}")


def accounts(draw: Random, reps: list[tuple[int, int]], many: int) -> Iterator[tuple]:
    from demo.names import BUSINESSES, CITIES, FAMILY_NAMES, PLACES

    places = [place for region in PLACES.values() for place in region]
    cities = [city for region in CITIES.values() for city in region]
    for number in range(1, many + 1):
        place, family, business = draw.choice(places), draw.choice(FAMILY_NAMES), draw.choice(BUSINESSES)
        city, (owner, team) = draw.choice(cities), draw.choice(reps)
        words, reading, english = zip(place, family, business[:3], strict=True)
        bare = "".join(words)
        name = draw.choice(("株式会社{}", "{}株式会社", "{}㈱", "有限会社{}")).format(bare)
        phone = f"0{draw.randint(3, 99)}-{draw.randint(1000, 9999)}-{draw.randint(1000, 9999)}"
        domain = f"{english[0]}-{english[1]}{number}.example.jp".lower()
        yield (
            *(number, "company", f"C{number:07}", name, " ".join(english), "".join(reading), bare, "", *city, ""),
            *(phone, domain, owner, team, 1, NOW),
        )


def contacts(draw: Random, many: int) -> Iterator[tuple]:
    from demo.names import DEPARTMENTS, FAMILY_NAMES, GIVEN_NAMES

    for number in range(1, many + 1):
        words, reading, english = zip(draw.choice(FAMILY_NAMES), draw.choice(GIVEN_NAMES), strict=True)
        department = draw.choice(DEPARTMENTS)
        mail = f"{english[1]}.{english[0]}@c{number}.example.jp".lower()
        names = " ".join(words), " ".join(reversed(english)), " ".join(reading)
        yield number, draw.randint(1, many), *names, *department[:2], "", department[2], mail, "", "", "", 1


def needs(draw: Random, many: int) -> Iterator[tuple]:
    for _ in range(many // 3):
        yield draw.randint(1, many), 1, draw.choice(WISHES).format(draw.choice(OBJECTS)), "", "2026-10-01", "", "", 1


def activities(draw: Random, reps: list[tuple[int, int]], many: int) -> Iterator[tuple]:
    from demo.names import FAMILY_NAMES

    for _ in range(many * 2):
        note = draw.choice(NOTES).format(draw.choice(FAMILY_NAMES)[0], draw.choice(OBJECTS))
        client = UUID(int=draw.getrandbits(128))
        yield draw.randint(1, many), draw.choice(reps)[0], "call", "talked", "", note, NOW, client, NOW


# ------------------------------------------------------------------------------ figures

QUESTIONS = (
    ("rare", "琵琶望月"),
    ("rare reading", "びわもちづき"),
    ("rare Latin", "biwa mochi"),
    ("nothing", "存在しない社名"),
    ("two signs", "酒造"),
    ("two kana", "あお"),
    ("common", "サービス"),
    ("common place", "東京"),
    ("common Latin", "osaka"),
    ("legal form", "株式会社"),
    ("three kana", "むさし"),
    ("number", "03-12"),
    ("one kanji", "青"),
    ("one kana", "い"),
    ("one letter", "a"),
    ("two words", "大阪 サービス"),
    ("in notes", "資料"),
    ("a name", "佐藤"),
)
BARE = """
SELECT account_id FROM accounts_accountwords
 WHERE public.sodate_bigrams(words) @@ %s::tsquery AND seen_by && %s::bigint[] LIMIT 5
"""
BARE_OF_ALL = BARE.replace(" AND seen_by && %s::bigint[]", "")


def figures(rounds: int) -> None:
    """The middle of `rounds`, in milliseconds of the clock and of both processors' time.

    The time of the processors is what the program and its database connection used, whatever else the machine does.
    """
    from accounts.models import Account
    from crm.models import User

    admin = User.objects.filter(role="admin").first()
    rep = User.objects.filter(role="rep").exclude(team=None).first()
    print(f"{Account.objects.count():,} customers; the rep sees {Account.objects.visible_to(rep).count():,} of them.\n")
    print(
        "| question | reader | customers: clock | cpu | sql | all kinds: clock | cpu | sql | bare index: cpu | ratio |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for kind, text in QUESTIONS:
        for role, reader in (("administrator", admin), ("rep", rep)):
            show(kind, text, role, reader, rounds)


def show(kind: str, text: str, role: str, reader, rounds: int) -> None:
    from accounts.models.folding import asked
    from accounts.queries import search

    own = measured(lambda: search.customers(reader, text, 5), rounds)
    everything = measured(lambda: search.search(reader, text, 5), rounds)
    question = search.question(asked(text))
    bare = measured(lambda: by_hand(question, reader), rounds)
    print(
        f"| {text} ({kind}) | {role} | {own} | {everything} | {bare.cpu:.1f} | {own.cpu / bare.cpu:.1f} |", flush=True
    )


@dataclass(frozen=True)
class Measured:
    clock: float
    cpu: float
    statements: int

    def __str__(self) -> str:
        return f"{self.clock:.0f} | {self.cpu:.1f} | {self.statements}"


def by_hand(question: str, reader) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        if reader.sees_everything:
            cursor.execute(BARE_OF_ALL, [question])
        else:
            cursor.execute(BARE, [question, [reader.pk, -reader.team_id]])
        cursor.fetchall()


def measured(work, rounds: int) -> Measured:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        work()
    clock, cpu = [], []
    for _ in range(rounds):
        started, used = perf_counter(), processors()
        work()
        clock.append((perf_counter() - started) * 1000)
        cpu.append((processors() - used) * 1000)
    return Measured(median(clock), median(cpu), len(queries))


def processors() -> float:
    """Seconds that this process and the process behind its connection have run; the server is on this machine."""
    from django.db import connection

    backend = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text()
    return process_time() + int(backend.split()[0]) / 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--make", type=int, metavar="N")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    import django

    django.setup()
    if options.make:
        make(options.make)
    else:
        figures(options.rounds)


if __name__ == "__main__":
    main()
