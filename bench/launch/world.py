"""A company of which everybody may be addressed: two plans, one step between them, two hundred reps."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from accounts.actions import figures
from accounts.models import (
    Account,
    AccountFigures,
    AccountWords,
    Activity,
    CurrentScores,
    Meter,
    Need,
    NpsResponse,
    Order,
    OrderLine,
    Price,
    Product,
    ProductFamily,
    ProductLimit,
    ScoreRun,
    ScoreSnapshot,
    Subscription,
    Tier,
    Topic,
    Touch,
    UpgradePath,
    UsageReading,
)
from accounts.queries.facts import day_of
from campaigns.actions import guarding
from campaigns.models import Campaign, CampaignRevision, Variant
from crm.models import Team, User
from crm.organisation import Organisation
from demo.bulk import without_indexes
from demo.load import figures_later

REPS, TEAMS = 200, 20

CUSTOMERS = """
    INSERT INTO accounts_account (kind, name, name_en, reading, matching_key, corporate_number, city, city_en, address,
                                  phone, domain, version, created_at, custom, owner_id, team_id)
    SELECT 'company', '客' || n, 'Customer ' || n, 'きゃく' || n, '客' || n, '', '', '', '', '', '', 1, %(at)s, '{}',
           u.id, u.team_id
    FROM generate_series(1, %(customers)s) n
    JOIN (SELECT id, team_id, row_number() OVER (ORDER BY id) - 1 AS place FROM crm_user WHERE role = 'rep') u
      ON u.place = n %% (SELECT count(*) FROM crm_user WHERE role = 'rep')"""

ROWS = (
    """INSERT INTO accounts_subscription (seats, monthly_amount, starts_on, renews_on, is_auto_renewed, end_reason,
                                          version, account_id, product_id, custom)
       SELECT 80, 96000, %(on)s::date - 700, %(on)s::date + 200, true, '', 1, id, %(plan)s, '{}' FROM accounts_account""",
    """INSERT INTO accounts_need (words, words_en, heard_on, solution, solution_en, version, account_id, topic_id, custom)
       SELECT '共有したい', 'Share', %(on)s::date - 10, '', '', 1, id, %(topic)s, '{}' FROM accounts_account""",
    """INSERT INTO accounts_npsresponse (score, comment, comment_en, answered_at, account_id)
       SELECT 9, '', '', %(at)s - interval '20 days', id FROM accounts_account""",
    """INSERT INTO accounts_usagereading (read_on, value, allowance, account_id, meter_id)
       SELECT %(on)s::date - 7 * week, 740 - 10 * week, 800, id, %(meter)s
       FROM accounts_account, generate_series(0, 12) week""",
    """INSERT INTO accounts_activity (kind, result, reaction, note, at, client_id, created_at, account_id, by_id, custom,
                                      version)
       SELECT 'call', 'talked', CASE month WHEN 3 THEN 'positive' ELSE '' END, '近況を伺う',
              %(at)s - month * interval '60 days', gen_random_uuid(), %(at)s, id, owner_id, '{}', 1
       FROM accounts_account, generate_series(2, 6) month""",
    """INSERT INTO accounts_touch (kind, at, is_offer, counts, source, account_id)
       SELECT 'call', %(at)s - month * interval '60 days', false, true, 'log:' || id || ':' || month, id
       FROM accounts_account, generate_series(2, 6) month""",
    """INSERT INTO accounts_order (ordered_at, currency, account_id)
       SELECT %(at)s - month * interval '90 days', 'JPY', id FROM accounts_account, generate_series(1, 3) month""",
    """INSERT INTO accounts_orderline (line_number, quantity, amount, discount, order_id, product_id)
       SELECT line, 1, 3000, 0, id, %(good)s FROM accounts_order, generate_series(1, 3) line""",
    """INSERT INTO accounts_scoresnapshot (as_of, ltv_sources, loyalty, loyalty_parts, health, health_parts, stage,
                                           yearly_value, margin_rate, expected_years, account_id, run_id)
       SELECT %(on)s, '{}', 70, '{}', 84, '{}', (ARRAY['sprout', 'leaf', 'tree'])[1 + id %% 3], 1152000, 0.62, 4.2,
              id, %(run)s
       FROM accounts_account""",
)
"""About as many rows a customer as the demo company has."""

FILLED = (
    *(
        Account,
        AccountFigures,
        AccountWords,
        Activity,
        Need,
        NpsResponse,
        Order,
        OrderLine,
        ScoreSnapshot,
        Subscription,
        Touch,
    ),
    UsageReading,
)


def make(*, customers: int, at: datetime) -> CampaignRevision:
    """Fill an empty database; the complete draft that addresses everybody."""
    on = day_of(at).on
    Organisation.objects.update_or_create(
        pk=1, defaults={"name_ja": "試験", "control_share": 0, "campaigns_need_second_person": False}
    )
    planner = _people()
    path, ids = _catalogue(on)
    run = ScoreRun.objects.create(as_of=on, started_at=at, finished_at=at, rules_version="bench")
    CurrentScores.objects.update_or_create(pk=1, defaults={"run": run, "switched_at": at})
    values = {**ids, "at": at, "on": on, "customers": customers, "run": run.pk}
    _customers(values)
    return draft(path, planner, on, at)


@transaction.atomic
def _customers(values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with without_indexes(FILLED), figures_later(), connection.cursor() as cursor:
        for statement in (CUSTOMERS, *ROWS):
            cursor.execute(statement, values)
    figures.renew()


def settle(at: datetime) -> None:
    """What the night does: statistics, and the guard worked out ahead."""
    with connection.cursor() as cursor:
        for table in FILLED:
            cursor.execute(f"VACUUM ANALYZE {table._meta.db_table}")
    guarding.renew_all(at=at)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE campaigns_guardstate")


def draft(path: UpgradePath, planner: User, on: date, at: datetime) -> CampaignRevision:
    campaign = Campaign.objects.create(name_ja="容量ゆとり施策", name_en="Headroom", owner=planner, created_at=at)
    revision = CampaignRevision.objects.create(
        campaign=campaign,
        number=1,
        why_ja="上限で作業が止まったお客様は不満になります。",
        customer_benefit_ja="上限を気にせず共有できます。",
        rep_benefit_ja="更新の前に困りごとを伺えます。",
        steps_ja="伺う\nお見せする",
        audience=[{"field": "tier", "op": "in", "value": ["groupware:1"]}],
        path=path,
        holdout_share="0.20",
        ends_on=on + timedelta(days=60),
        created_at=at,
    )
    for letter in "AB":
        Variant.objects.create(revision=revision, letter=letter, opening_ja=f"切り出し方{letter}")
    return revision


def _people() -> User:
    teams = [Team.objects.create(code=f"t{n}", name_ja=f"第{n}課", path=f"/t{n}/") for n in range(TEAMS)]
    User.objects.bulk_create(
        User(email=f"rep-{n}@example.com", name=f"担当{n}", role="rep", team=teams[n % TEAMS]) for n in range(REPS)
    )
    return User.objects.create(email="planner@example.com", name="企画", role="planner")


def _catalogue(on: date) -> tuple[UpgradePath, dict[str, int]]:
    family = ProductFamily.objects.create(code="groupware", name_ja="グループウェア", name_en="Groupware")
    meter = Meter.objects.create(code="storage", name_ja="容量", name_en="Storage", unit="GB")
    topic = Topic.objects.create(code="storage", name_ja="容量", name_en="Storage")
    plans = [_plan(family, meter, rank, on) for rank in (1, 2)]
    goods = ProductFamily.objects.create(code="supplies", name_ja="消耗品", name_en="Supplies")
    good = Product.objects.create(code="paper", name_ja="用紙", name_en="Paper", family=goods, kind="good")
    path = UpgradePath.objects.create(
        key="1-to-2",
        kind="upgrade",
        from_product=plans[0],
        to_product=plans[1],
        benefit_ja="容量の上限を気にせず共有できます。",
        benefit_en="Share without watching the quota.",
    )
    path.topics.add(topic)
    return path, {"plan": plans[0].pk, "meter": meter.pk, "topic": topic.pk, "good": good.pk}


def _plan(family: ProductFamily, meter: Meter, rank: int, on: date) -> Product:
    tier = Tier.objects.create(family=family, rank=rank, name_ja=f"段{rank}", name_en=f"Tier {rank}")
    plan = Product.objects.create(
        code=f"plan-{rank}", name_ja=f"プラン{rank}", name_en=f"Plan {rank}", family=family, tier=tier, kind="plan"
    )
    Price.objects.create(product=plan, amount=600 + 600 * rank, is_per_seat=True, valid_from=on - timedelta(days=900))
    ProductLimit.objects.create(product=plan, meter=meter, amount=10 * 3 ** (rank - 1), is_per_seat=True)
    return plan
