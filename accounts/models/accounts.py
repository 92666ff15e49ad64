"""Customers, the people at them, and what those people allow us to do."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.bigrams import Bigrams, Blocks, Words
from crm.bilingual import BilingualName, pick
from crm.custom_fields import HasCustomFields
from crm.people import Team, User
from crm.sight import SightedQuerySet, ThroughAccount, of_teams


class Industry(BilingualName):
    code = models.SlugField(max_length=40, unique=True)


class Tag(models.Model):
    """A word that groups customers across everything else."""

    name = models.CharField(max_length=40, unique=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="a_tag_has_a_name")]

    def __str__(self) -> str:
        return self.name


class AccountQuerySet(SightedQuerySet):
    def companies(self) -> AccountQuerySet:
        return self.filter(kind=Account.Kind.COMPANY)

    def active(self) -> AccountQuerySet:
        return self.filter(closed_on=None)


END_OF_PHONE = Func(Func("phone", function="sodate_phone"), function="reverse")
"""The digits of a phone number from behind: people are asked for by a whole number or by its last digits."""


@pghistory.track()
class Account(HasCustomFields, models.Model):
    class Kind(models.TextChoices):
        COMPANY = "company", _("Company")
        PERSON = "person", _("Person")

    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.COMPANY)
    external_id = models.CharField(max_length=64, null=True, blank=True, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    reading = models.CharField(max_length=200, blank=True, help_text="Kana, for sorting and finding.")
    matching_key = models.CharField(max_length=200, db_index=True, help_text="See accounts.models.matching.")
    corporate_number = models.CharField(max_length=13, blank=True)
    industry = models.ForeignKey(Industry, null=True, blank=True, on_delete=models.PROTECT)
    employees = models.PositiveIntegerField(null=True, blank=True)
    city = models.CharField(max_length=120, blank=True)
    city_en = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    domain = models.CharField(max_length=120, blank=True)
    owner = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="portfolio", db_index=False
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts", db_index=False
    )
    customer_since = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True, help_text="The day the last contract ended.")
    margin_rate = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="accounts")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Account]] = AccountQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["team", "reading", "id"], name="account_team_reading"),
            models.Index(
                fields=["owner", "reading", "id"],
                include=["closed_on", "merged_into", "team"],
                name="account_of_owner",
            ),
            models.Index(fields=["reading", "id"], name="account_reading"),
            models.Index(fields=["id"], include=["closed_on", "merged_into", "owner", "team"], name="account_in_sight"),
            GinIndex(fields=["custom"], opclasses=["jsonb_path_ops"], name="account_custom"),
            models.Index(Func("reading", function="sodate_reading"), condition=~Q(reading=""), name="account_sound"),
            models.Index(Func("phone", function="sodate_phone"), condition=~Q(phone=""), name="account_phone"),
            models.Index(Func("domain", function="sodate_domain"), condition=~Q(domain=""), name="account_domain"),
            models.Index(fields=["id"], condition=Q(phone=""), name="account_without_phone"),
            models.Index(fields=["id"], condition=Q(domain=""), name="account_without_domain"),
            models.Index(END_OF_PHONE, condition=Q(kind="person") & ~Q(phone=""), name="person_end_of_phone"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["company", "person"]), name="account_kind_is_known"),
            models.CheckConstraint(condition=~Q(name=""), name="account_has_a_name"),
            models.CheckConstraint(
                condition=Q(corporate_number="") | Q(corporate_number__regex=r"^[0-9]{13}$"),
                name="corporate_number_has_13_digits",
            ),
            models.UniqueConstraint(
                fields=["corporate_number"], condition=~Q(corporate_number=""), name="corporate_number_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(margin_rate=None) | Q(margin_rate__gte=0, margin_rate__lte=1), name="margin_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @classmethod
    def sight_rule(cls, user: User) -> Q:
        return of_teams(user, team="team_id", owner="owner_id") & Q(merged_into=None)

    @property
    def label(self) -> str:
        return pick(self.name, self.name_en)

    @property
    def city_label(self) -> str:
        return pick(self.city, self.city_en)

    @property
    def is_company(self) -> bool:
        return self.kind == self.Kind.COMPANY


CONTACT_BIGRAMS = Bigrams(Words("name", "name_en", "reading", "department", "department_en", "email"))


@pghistory.track()
class Contact(HasCustomFields, ThroughAccount):
    class Part(models.TextChoices):
        DECIDER = "decider", _("Decision maker")
        CHAMPION = "champion", _("Champion")
        USER = "user", _("Everyday user")
        OTHER = "other", _("Other")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contacts")
    external_id = models.CharField(max_length=64, null=True, blank=True, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    reading = models.CharField(max_length=120, blank=True)
    department = models.CharField(max_length=120, blank=True)
    department_en = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=80, blank=True)
    part = models.CharField(max_length=10, choices=Part.choices, default=Part.OTHER)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    wishes = models.CharField(max_length=200, blank=True, help_text="Such as: calls in the morning.")
    wishes_en = models.CharField(max_length=200, blank=True)
    left_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[Contact]] = SightedQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(Blocks("id"), CONTACT_BIGRAMS, name="contact_grams"),
            models.Index(fields=["reading", "id"], name="contact_reading"),
            models.Index(END_OF_PHONE, condition=~Q(phone=""), name="contact_end_of_phone"),
        ]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="contact_has_a_name")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return pick(self.name, self.name_en)

    @property
    def department_label(self) -> str:
        return pick(self.department, self.department_en)

    @property
    def wishes_label(self) -> str:
        return pick(self.wishes, self.wishes_en)

    @property
    def family_name(self) -> str:
        if self.label == self.name:
            return self.name.split()[0]
        return self.name_en.split()[-1]


class Channel(models.TextChoices):
    SALES = "sales", _("All sales contact")
    PHONE = "phone", _("Phone")
    MAIL = "mail", _("Mail")
    VISIT = "visit", _("Visit")
    SURVEY = "survey", _("Survey")


class Consent(ThroughAccount):
    """What somebody allowed or refused, with its proof. Rows are only added; the newest one counts.

    Without a contact it speaks for the whole account.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="consents", db_index=False)
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.CASCADE, related_name="consents")
    channel = models.CharField(max_length=6, choices=Channel.choices)
    is_granted = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=40, help_text="Where it was said: call, form, mail, import.")
    proof = models.TextField(blank=True)

    objects: ClassVar[models.Manager[Consent]] = SightedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "contact", "channel", "-at"], name="consent_newest")]


class AccountFile(ThroughAccount):
    """A file on a customer. It lies outside the web root under a name of our own and is served as an attachment."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to="account-files/%Y/%m/", max_length=200)
    name = models.CharField(max_length=200, help_text="As its writer called it.")
    content_type = models.CharField(max_length=100, help_text="By content, not by name.")
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[AccountFile]] = SightedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "-at"], name="file_newest")]
