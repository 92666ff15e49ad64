"""What follows from a revision: judgements on its figures, the changes of the next one, and thanks to those behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from campaigns import notices
from campaigns.actions.campaigns import NotPossible
from campaigns.models import CampaignRevision, Change, Judgement, Theme
from campaigns.queries import revising as queries
from crm import audit
from crm.people import User


class NothingSaid(ValueError):
    """A change without words."""


class OtherCampaign(ValueError):
    """A change is caused by what was said about an earlier revision of the same campaign."""


@transaction.atomic
def judge(
    *, revision: CampaignRevision, figure: str, decision: str, note: str = "", by: User, at: datetime
) -> Judgement:
    """Say what follows from a figure; saying it again takes the place of what was said before."""
    if revision.state not in CampaignRevision.PUBLIC_STATES:
        raise NotPossible(revision.state)
    said = {"decision": Judgement.Decision(decision), "note": note.strip(), "by": by, "at": at}
    made, _is_new = Judgement.objects.update_or_create(
        revision=revision, figure=Judgement.Figure(figure), defaults=said
    )
    audit.record(verb="figure.judged", subject=made, by=by, at=at, reason=made.note, figure=figure, decision=decision)
    return made


@transaction.atomic
def add_change(
    *,
    revision: CampaignRevision,
    part: str,
    note_ja: str,
    note_en: str = "",
    themes: Sequence[Theme] = (),
    by: User,
    at: datetime,
) -> Change:
    """What a draft will do otherwise, and the themes that are behind it. Raises NotPossible for what is no draft any more."""
    _write_on(revision, by)
    if not note_ja.strip():
        raise NothingSaid
    if any(theme.revision.campaign_id != revision.campaign_id for theme in themes):
        raise OtherCampaign
    change = Change.objects.create(
        revision=revision, part=Change.Part(part), note_ja=note_ja.strip(), note_en=note_en.strip(), by=by, at=at
    )
    change.themes.set(themes)
    audit.record(verb="change.added", subject=change, by=by, at=at, part=part, themes=len(themes))
    return change


@transaction.atomic
def drop_change(*, change: Change, by: User, at: datetime) -> None:
    _write_on(change.revision, by)
    audit.record(verb="change.dropped", subject=change, by=by, at=at, note=change.note_ja)
    change.delete()


def _write_on(revision: CampaignRevision, by: User) -> None:
    """Locked, so that nobody approves it meanwhile; what was approved or launched never changes."""
    locked = CampaignRevision.objects.select_for_update(no_key=True).get(pk=revision.pk)
    if not locked.is_editable:
        raise NotPossible(locked.state)
    CampaignRevision.objects.filter(pk=locked.pk).update(changed_by=by)


@transaction.atomic
def credit(*, revision: CampaignRevision, at: datetime) -> int:
    """Thank everybody whose words a launched revision took up; how many changes were told. Once for each change."""
    untold = Change.objects.select_for_update().filter(revision=revision, told_at=None)
    changes = list(untold.prefetch_related("themes").order_by("pk"))
    writers = queries.writers_of(changes)
    for writer, own in _by_writer(changes, writers).items():
        notes, english = ("・".join(change.note_ja for change in own), "; ".join(c.note_en or c.note_ja for c in own))
        notices.credited(revision, writer, own[0].themes.all()[0], notes, english, at)
    Change.objects.filter(pk__in=[change.pk for change in changes]).update(told_at=at)
    return len(changes)


def _by_writer(changes: Sequence[Change], writers: Mapping[int, Sequence[User]]) -> dict[User, list[Change]]:
    found: dict[User, list[Change]] = {}
    for change in changes:
        for writer in writers.get(change.pk, ()):
            found.setdefault(writer, []).append(change)
    return found
