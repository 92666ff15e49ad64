"""Users, their roles, and teams as a tree."""

from __future__ import annotations

from typing import Any, ClassVar

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.bilingual import BilingualName, pick


class Role(models.TextChoices):
    REP = "rep", _("Rep")
    MANAGER = "manager", _("Manager")
    PLANNER = "planner", _("Planner")
    ADMIN = "admin", _("Administrator")


class TeamQuerySet(models.QuerySet["Team"]):
    def under(self, team: Team | None) -> TeamQuerySet:
        """The team itself and every team below it; none for somebody without a team."""
        return self.none() if team is None else self.filter(path__startswith=team.path)


@pghistory.track()
class Team(BilingualName):
    code = models.SlugField(max_length=40, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=255, unique=True, help_text="Codes from the root, each closed by a slash.")

    objects: ClassVar[models.Manager[Team]] = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(condition=models.Q(path__endswith="/"), name="team_path_is_closed"),
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="team_is_not_its_own_parent"),
        ]

    @staticmethod
    def path_for(code: str, parent: Team | None) -> str:
        return f"{parent.path if parent else ''}{code}/"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, **{"role": Role.ADMIN, **fields})


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


@pghistory.track(exclude=["password", "last_login", "digested_on"])
class User(AbstractBaseUser):
    """One of us. A person at a customer is a Contact."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    reading = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.REP)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="members")
    wants_digest = models.BooleanField(default=True, help_text="A mail in the morning with what is unread.")
    digested_on = models.DateField(null=True, blank=True, help_text="The last morning whose mail was sent.")
    bell_without = models.JSONField(default=list, blank=True, help_text="Groups of notices that the bell leaves out.")
    mail_without = models.JSONField(default=list, blank=True, help_text="Groups that the morning's mail leaves out.")
    language = models.CharField(max_length=5, choices=[("ja", _("Japanese")), ("en", _("English"))], default="ja")
    theme = models.CharField(max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    has_single_keys = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_is_known"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return pick(self.name, self.name_en)

    @property
    def family_name(self) -> str:
        """高橋 美咲 is called 高橋, Misaki Takahashi is called Takahashi."""
        if self.label == self.name:
            return self.name.split()[0]
        return self.name_en.split()[-1]

    @property
    def sees_everything(self) -> bool:
        return self.role in (Role.PLANNER, Role.ADMIN)

    @property
    def is_rep(self) -> bool:
        return self.role == Role.REP

    @property
    def is_manager(self) -> bool:
        return self.role == Role.MANAGER

    @property
    def is_planner(self) -> bool:
        return self.role == Role.PLANNER

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def plans_campaigns(self) -> bool:
        return self.role in (Role.PLANNER, Role.ADMIN)

    # Django's admin site asks these three; only administrators enter it.
    @property
    def is_staff(self) -> bool:
        return self.is_admin

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and self.is_admin

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_admin
