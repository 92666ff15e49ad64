"""One of every kind of thing, once in Aiko's sight and once out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from accounts.actions import calendar_feeds
from accounts.models import Account, BulkEdit, Consent, ImportBatch, ImportProblem, Merge, PrivacyRequest
from campaigns.models import CallRound, CallStep, CampaignRevision, Proposal, TrainingItem
from crm import digest
from crm.models import User
from crm.notices import Notice
from crm.saved_views import SavedView
from crm.webhooks import Delivery, Webhook
from crm.webhooks.signing import new_secret
from tests.accounts.actions.merging.worlds import pair_of
from tests.campaigns.worlds import ladder
from tests.factories import accounts as make
from tests.factories import campaigns as plan
from tests.factories.fields import FieldFactory


@dataclass
class Things:
    """Primary keys by the name of the thing."""

    keys: dict[str, Any] = field(default_factory=dict)

    def kwargs(self, thing: str, parameter: str) -> dict[str, Any]:
        return {parameter: self.keys[thing]} if thing else {}


def own_and_foreign(cast: SimpleNamespace) -> tuple[Things, Things]:
    """Aiko's are launched and addressed to her; of the others she sees neither the draft nor the announcement."""
    own, foreign = things_of(cast.aiko, "own"), things_of(cast.chie, "foreign")
    path = ladder()
    launched = plan.LaunchedFactory(path=path, campaign__owner=cast.daisuke)
    elsewhere = plan.LaunchedFactory(path=path, campaign__owner=cast.daisuke)
    draft = plan.RevisionFactory(path=path, campaign__owner=cast.daisuke)
    own.keys["import_batch"], foreign.keys["import_batch"] = import_batch(cast.emi), import_batch(cast.daisuke)
    own.keys |= campaign_things(launched, launched, cast.aiko)
    foreign.keys |= campaign_things(draft, elsewhere, cast.chie)
    return own, foreign


def campaign_things(revision: CampaignRevision, announced: CampaignRevision, rep: User) -> dict[str, Any]:
    announcement = plan.AnnouncementFactory(revision=announced)
    training = TrainingItem.objects.create(revision=announced, body_ja="読む")
    plan.ReceiptFactory(announcement=announcement, user=rep)
    return {
        "campaign": revision.campaign_id,
        "revision": revision.pk,
        "announcement": announcement.pk,
        "question": plan.QuestionFactory(announcement=announcement, by=rep, words=f"CANARY-{rep.pk}").pk,
        "feedback": plan.FeedbackFactory(revision=announced, by=rep, words=f"CANARY-{rep.pk}").pk,
        "theme": plan.ThemeFactory(revision=revision).pk,
        "play": plan.PlayFactory(by=rep, kind="story", state="proposed", title_ja=f"CANARY-{rep.pk}").pk,
        "training_item": training.pk,
        "change": plan.ChangeFactory(revision=revision, by=rep).pk,
        "segment": plan.SegmentFactory(name_ja=f"CANARY-{rep.pk}").pk,
        "template": plan.RevisionFactory(path=revision.path, campaign__is_template=True).campaign_id,
        "starter": "renewal-care",
        "remark": plan.RemarkFactory(revision=revision).pk,
    }


def things_of(owner: User, mark: str) -> Things:
    account = make.AccountFactory(owner=owner, name=f"CANARY-{mark}")
    made = {
        "account": account,
        "contact": make.ContactFactory(account=account),
        "subscription": make.SubscriptionFactory(account=account),
        "usage": make.UsageFactory(account=account),
        "activity": make.ActivityFactory(account=account),
        "need": make.NeedFactory(account=account),
        "case": make.CaseFactory(account=account),
        "nps": make.NpsFactory(account=account),
        "follow_up": make.FollowUpFactory(account=account),
        "file": make.FileFactory(account=account),
        "suggestion": plan.SuggestionFactory(account=account, path=ladder()),
        "proposal": proposal_of(account),
        "bulk_edit": BulkEdit.objects.create(
            by=owner,
            deed="add_tags",
            values={"tags": []},
            ids=[account.pk],
            state="done",
            expected=0,
            at=datetime(2026, 11, 20, tzinfo=UTC),
        ),
        **calls_of(owner, account),
        "saved_view": SavedView.objects.create(owner=owner, list_key="customers", name=f"CANARY-{mark}"),
        "notice": notice_to(owner),
        "consent": Consent.objects.create(
            account=account, channel="mail", is_granted=True, at=datetime(2026, 11, 20, tzinfo=UTC), source="form"
        ),
        "custom_field": FieldFactory(),
        "person": make.AccountFactory(owner=owner, kind="person"),
        "privacy_request": privacy_request(account),
        "pair": pair_of(account, make.AccountFactory(owner=owner, name=f"CANARY-{mark}-twin")),
        "merge": merge_of(account, owner),
        **webhook_of(owner, mark),
    }
    feed = calendar_feeds.renew(user=owner, at=datetime(2026, 11, 20, tzinfo=UTC))
    return Things(
        {
            "digest": digest.token_of(owner),
            "list": "customers",
            **{name: thing.pk for name, thing in made.items()},
            "feed": feed,
        }
    )


def calls_of(owner: User, account: Account) -> dict[str, Any]:
    """A round with one call that has its result and one that waits."""
    at = datetime(2026, 11, 20, tzinfo=UTC)
    tour = CallRound.objects.create(by=owner, source="customers", total=2, number=2, started_at=at)
    done = make.AccountFactory(owner=owner, name=f"CANARY-{account.pk}-called")
    step = CallStep.objects.create(round=tour, number=1, account=done, outcome="skipped", at=at)
    CallStep.objects.create(round=tour, number=2, account=account)
    return {"call_round": tour, "call_step": step}


def webhook_of(owner: User, mark: str) -> dict[str, Any]:
    """With one event that failed once. Administrators see both, everybody else none."""
    at = datetime(2026, 11, 20, tzinfo=UTC)
    url = f"https://hooks.example.com/{mark}"
    hook = Webhook.objects.create(url=url, events=["case.opened"], secret=new_secret(), by=owner, created_at=at)
    failed = Delivery.objects.create(
        webhook=hook,
        event_id=uuid4(),
        kind="case.opened",
        payload={"type": "case.opened", "data": {"id": 7}},
        at=at,
        tries=1,
        tried_at=at,
        next_at=at + timedelta(seconds=5),
        status=500,
        problem="status",
        answer="Something went wrong",
    )
    return {"webhook": hook, "delivery": failed}


def merge_of(account: Account, by: User) -> Merge:
    """Of a customer that went up in this one before anything hung on it."""
    at = datetime(2026, 11, 20, tzinfo=UTC)
    return Merge.objects.create(
        account=account,
        gone=make.AccountFactory(owner=by, name=f"CANARY-{account.pk}-gone", merged_into=account),
        before={"changes": []},
        moved={"rows": {}, "added": {}, "newest": {}},
        at=at,
        by=by,
        undo_until=at + timedelta(days=30),
    )


def notice_to(user: User) -> Notice:
    figures = {
        "customer": "青葉",
        "customer_en": "",
        "text": "電話",
        "text_en": "",
        "due_on": "2026-11-20",
        "due_time": None,
    }
    at = datetime(2026, 11, 20, tzinfo=UTC)
    return Notice.objects.create(to=user, code="follow_up.due", key="one", at=at, figures=figures)


def privacy_request(account: Account) -> PrivacyRequest:
    return PrivacyRequest.objects.create(
        account=account,
        contact=account.contacts.get(),
        kind="access",
        received_on=date(2026, 11, 20),
        due_on=date(2026, 12, 4),
        by=account.owner,
    )


def proposal_of(account: Account) -> Proposal:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    suggestion = plan.SuggestionFactory(
        account=account, path=ladder(), state="accepted", decided_at=now, decided_by=account.owner
    )
    return Proposal.objects.create(account=account, suggestion=suggestion, owner=account.owner, created_at=now)


def import_batch(by: User) -> int:
    """Checked, with one row to mend. Whose it is alone decides who sees it; administrators see all."""
    batch = ImportBatch.objects.create(
        by=by,
        layout="accounts",
        file_name=f"CANARY-{by.pk}.csv",
        encoding="cp932",
        headers=["取引先コード", "会社名", "更新日"],
        mapping={"0": "external_id", "1": "name", "2": "customer_since"},
        options={
            "existing": "overwrite",
            "doubles": "new",
            "size": 100,
            "samples": ["C-10391", "三陸水産加工", "R8.12.31"],
            "reading": {
                "kind": "text",
                "encoding": "cp932",
                "mark": 0,
                "separator": ",",
                "sheets": [],
                "sheet": "",
                "header_row": 1,
            },
        },
        counts={"rows": 3, "created": 1, "updated": 1, "unchanged": 0, "refused": 1, "doubles": 1, "left_out": 0},
        state="checked",
        uploaded_at=datetime(2026, 11, 23, tzinfo=UTC),
    )
    cells = {"external_id": "C-10391", "name": "三陸水産加工", "customer_since": "2027/02/30"}
    figures = {"value": "2027/02/30"}
    ImportProblem.objects.create(
        batch=batch, line=17, column="customer_since", code="NOT_A_DAY", figures=figures, cells=cells
    )
    ImportProblem.objects.create(
        batch=batch, line=18, column="name", code="DOUBLE", figures={"account": 0}, cells=cells
    )
    return batch.pk
