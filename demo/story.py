"""The campaigns of the last weeks: planned and launched by the product's own actions, answered by the simulation.

Audience, guard, holdout and suggestions are the engine's. What reps and customers then did is drawn: reps by
their engagement, customers by their hidden truth. Nobody acts for the named customers: those wait for the reader.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Account, UpgradePath
from campaigns.actions import campaigns, copies, feedback, launches, playbook, remarks, revising, segments, themes
from campaigns.actions import evidence as figures
from campaigns.measure.power import ArmName, draw_holdout
from campaigns.models import Campaign, CampaignRevision, Feedback, Offer, Receipt, Segment, Theme
from campaigns.queries import evidence
from campaigns.queries import launches as audiences
from crm import notices
from crm.jobs import OutboxItem
from crm.notices import Notice
from crm.people import User
from demo import cast, plans
from demo import catalogue as sold
from demo.load import References, moment
from demo.plans import PlanText
from demo.takeup import Field

State = CampaignRevision.State
NEWEST_LAUNCH = 18


class Story:
    """`on(age)` does what happened that many days before the last day, after that day's scores are known."""

    def __init__(self, *, as_of: date, stage: str, known: References, field: Field) -> None:
        self.as_of, self.stage, self.known, self.field = as_of, stage, known, field
        self.planner, self.approver = known.of(cast.INOUE.name), known.of(cast.ADMIN.name)
        self.headroom: Campaign | None = None

    def on(self, age: int) -> None:
        events = {73: self._pilot, 45: self._end_of_pilot, 18: self._second, 11: self._devices, 4: self._spring}
        if age in events:
            events[age]()
        if age == 0:
            self._today()

    # ------------------------------------------------------------------ what happened when

    def _pilot(self) -> None:
        revision = self._draft(plans.HEADROOM, plans.PILOT)
        self.headroom = revision.campaign
        self._launch(revision, plans.PILOT)
        self.field.read(revision, within=20, unread=())
        self.field.take_up(revision, days=28, eagerness=0.45)

    def _end_of_pilot(self) -> None:
        revision = self._revision(1)
        reason = "メールだけでは伝わらず、伺ってからの提案に手応えがありました。"
        campaigns.end(revision=revision, reason=reason, by=self.planner, at=self._at(45, 18))

        for play in plans.PLAYS:
            fields = {"kind": play.kind, "trigger": play.trigger, "family": None, "reaction": ""}
            words = dict(zip(("title_ja", "title_en", "body_ja", "body_en"), (*play.title, *play.body), strict=True))
            playbook.write(fields=fields | words, by=self.planner, at=self._at(40, 11))
        for segment in plans.SEGMENTS:
            words = dict(
                zip(("name_ja", "name_en", "about_ja", "about_en"), (*segment.name, *segment.about), strict=True)
            )
            segments.create(conditions=segment.conditions, by=self.planner, at=self._at(40, 15), **words)

    def _second(self) -> None:
        checkup = self._draft(plans.CHECKUP, plans.FITTING)
        self._launch(checkup, plans.FITTING)
        self.field.read(checkup, within=16, unread=())
        self.field.take_up(checkup, days=plans.FITTING.launched, eagerness=0.5)
        if self.stage in ("check", "act"):
            revision = self._next(plans.SECOND, age=25)
            self._launch(revision, plans.SECOND)
            self.field.read(revision, within=12, unread=cast.SLOW_READERS)
            self.field.take_up(revision, days=NEWEST_LAUNCH, eagerness=1.0)
            self._voices(revision)

    def _devices(self) -> None:
        revision = self._draft(plans.ROOMS, plans.DEVICES)
        self._launch(revision, plans.DEVICES)
        self.field.read(revision, within=8, unread=())
        self.field.take_up(revision, days=plans.DEVICES.launched, eagerness=0.7)

    def _spring(self) -> None:
        revision = self._draft(plans.SEATS, plans.SPRING)
        self._launch(revision, plans.SPRING)
        self.field.read(revision, within=3, unread=(cast.MISAKI.name, *cast.SLOW_READERS))
        checkup = CampaignRevision.objects.select_related("campaign").get(campaign__name_ja=plans.CHECKUP[0])
        ja, en = plans.TEMPLATE
        copies.copy(revision=checkup, name_ja=ja, name_en=en, as_template=True, by=self.planner, at=self._at(4, 16))

    def _today(self) -> None:
        if self.stage in ("plan", "do"):
            plan = replace(plans.SECOND, launched=0, ends=-25)
            revision = self._with_evidence(self._next(plan, age=5))
            if self.stage == "do":
                self._launch(revision, plan)
            return
        third = self._with_evidence(self._next(plans.THIRD, age=1))
        ja, en = plans.THIRD_CHANGES
        CampaignRevision.objects.filter(pk=third.pk).update(change_note_ja=ja, change_note_en=en)
        third.refresh_from_db()
        self._credit(third)
        if self.stage == "act":
            self._launch(third, plans.THIRD)
            return
        remarks.write(revision=third, **plans.REMARK, by=self.known.of(cast.ADMIN.name), at=self._at(0))

    def _with_evidence(self, revision: CampaignRevision) -> CampaignRevision:
        """The why stands on the figures of the day, as far as there are any."""
        figures.keep(on=self.as_of)
        known = evidence.now()
        said = sorted((figure for figure in known.values() if figure.code == "THEME"), key=lambda figure: -figure.value)
        keys = [*(key for key in plans.EVIDENCE if key in known), *(figure.key for figure in said[:1])]
        return self._saved(revision, "aim", {"evidence": keys})

    # ------------------------------------------------------------------ through the product's actions

    def _at(self, age: int, hour: int = 9) -> datetime:
        return moment(self.as_of, days=age, hour=hour)

    def _revision(self, number: int) -> CampaignRevision:
        return CampaignRevision.objects.select_related("campaign", "path").get(campaign=self.headroom, number=number)

    def _draft(self, name: tuple[str, str], plan: PlanText) -> CampaignRevision:
        at = self._at(plan.launched + 7, 14)
        revision = campaigns.draft(name_ja=name[0], name_en=name[1], by=self.planner, at=at)
        return self._written(revision, plan)

    def _next(self, plan: PlanText, *, age: int) -> CampaignRevision:
        newest = self._revision(Campaign.objects.get(pk=self.headroom.pk).revisions.count()) if self.headroom else None
        assert newest is not None, "the pilot comes first"
        made = self._written(campaigns.revise(revision=newest, by=self.planner, at=self._at(age, 15)), plan)
        segment = Segment.objects.get(name_ja=plans.NEARLY_FULL.name[0])
        return segments.take_over(revision=made, segment=segment, version=made.version, by=self.planner)

    def _written(self, revision: CampaignRevision, plan: PlanText) -> CampaignRevision:
        """The planner fills in every step."""
        fields: dict[str, Any] = {
            **plan.fields,
            "path": UpgradePath.objects.get(key=plan.path),
            "starts_on": self.as_of - timedelta(days=plan.launched),
            "ends_on": self.as_of - timedelta(days=plan.ends),
            "offer": Offer.objects.get(code=sold.TRIAL_OFFER) if plan.has_trial else None,
        }
        for step in campaigns.STEPS:
            own = {name: fields[name] for name in campaigns.STEP_FIELDS[step] if name in fields}
            if own:
                revision = self._saved(revision, step, own)
        return revision

    def _saved(self, revision: CampaignRevision, step: str, fields: dict[str, Any]) -> CampaignRevision:
        return campaigns.save_step(
            revision=revision, step=step, fields=fields, version=revision.version, by=self.planner
        )

    def _approved(self, revision: CampaignRevision, plan: PlanText) -> CampaignRevision:
        """Asked for on the evening before, given in the morning; both have read what they were told."""
        asked = campaigns.ask_approval(revision=revision, by=self.planner, at=self._at(plan.launched + 1, 17))
        given = campaigns.approve(revision=asked, by=self.approver, at=self._at(plan.launched, 8))
        told = Notice.objects.filter(code__in=("campaign.approval_asked", "campaign.approved"))
        notices.read(told, at=self._at(plan.launched, 8))
        return given

    def _launch(self, revision: CampaignRevision, plan: PlanText) -> None:
        at = self._at(plan.launched)
        self._draw_so_that_the_story_is_told(revision, plan, at)
        launches.launch(revision=self._approved(revision, plan), by=self.planner, at=at)
        launches.complete(revision=revision, at=at)
        OutboxItem.objects.filter(key__startswith=f"launch:{revision.pk}:").update(done_at=at)
        revision.refresh_from_db()

    def _draw_so_that_the_story_is_told(self, revision: CampaignRevision, plan: PlanText, at: datetime) -> None:
        """The first seed of the draw that leaves none of the story's customers in the holdout."""
        wanted = set(Account.objects.filter(name__in=plan.treated).values_list("pk", flat=True))
        rows = audiences.frozen_audience(revision, as_of=at).reachable
        strata = [row.stratum for row in rows]
        for seed in range(1, 5000):
            arms = draw_holdout(strata, float(revision.holdout_share), seed)
            held = {row.account for row, arm in zip(rows, arms, strict=True) if arm is ArmName.HOLDOUT}
            if not held & wanted:
                break
        CampaignRevision.objects.filter(pk=revision.pk).update(seed=seed)
        revision.refresh_from_db()

    def _voices(self, revision: CampaignRevision) -> None:
        """What the field wrote about the second revision, gathered into themes by the planner."""
        for theme in plans.THEMES:
            notes = [self._note(revision, note) for note in theme.notes]
            at = self._at(3, 14)
            named = themes.name_theme(
                revision=revision, title_ja=theme.title[0], title_en=theme.title[1], notes=notes, by=self.planner, at=at
            )
            if theme.state != "to_decide":
                themes.answer(theme=named, state=theme.state, answer=theme.answer, by=self.planner, at=at)

    def _credit(self, revision: CampaignRevision) -> None:
        """The words of the field that the next revision follows."""
        followed = Theme.objects.filter(revision__campaign=revision.campaign_id, state=Theme.State.IN_REVISION)
        said = [[line.partition(":")[2].strip() for line in words.splitlines()] for words in plans.THIRD_CHANGES]
        for part, theme, ja, en in zip(("offer", "talk"), followed.order_by("pk"), *map(reversed, said), strict=True):
            revising.add_change(
                revision=revision,
                part=part,
                note_ja=ja,
                note_en=en,
                themes=[theme],
                by=self.planner,
                at=self._at(1, 16),
            )

    def _note(self, revision: CampaignRevision, note: plans.Note) -> Feedback:
        by: User = self.known.of(note.by)
        at = self._at(note.age, 17)
        Receipt.objects.filter(announcement__revision=revision, user=by, reacted_at__gt=at).update(reacted_at=at)
        return feedback.write(revision=revision, words=note.words, words_en=note.words_en, by=by, at=at)
