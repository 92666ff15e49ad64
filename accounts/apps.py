from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Customers"

    def ready(self) -> None:
        from accounts import phrases
        from accounts.actions.merging.strategies import STRATEGIES
        from accounts.models import AccountFigures, AccountWords, DuplicatePair, ScoreSnapshot
        from accounts.queries import follow_ups, lists, morning, portfolio, timeline
        from accounts.views import calendar, custom
        from crm import slots

        timeline.register()
        lists.register_all()
        custom.register()
        slots.merge_strategies.fill("accounts", STRATEGIES)
        slots.worked_out.fill("words", (AccountWords, "account"))
        slots.worked_out.fill("figures", (AccountFigures, "account"))
        slots.worked_out.fill("scores", (ScoreSnapshot, "account"))
        slots.worked_out.fill("duplicates", (DuplicatePair, "first"))
        slots.worked_out.fill("duplicates-second", (DuplicatePair, "second"))
        slots.navigation.fill(
            "customers",
            slots.NavigationItem(
                label=_("Customers"),
                url_name="customers",
                icon="building-2",
                key="g c",
                count=portfolio.own_tally,
                on_phone=True,
            ),
            order=20,
        )
        slots.navigation.fill(
            "duplicates",
            slots.NavigationItem(
                label=_("Duplicates"), url_name="duplicates", icon="merge", section=_("Looking after data")
            ),
            order=72,
        )
        slots.navigation.fill(
            "log",
            slots.NavigationItem(
                label=pgettext_lazy("navigation", "Log"),
                url_name="log-choose",
                icon="plus",
                key="l",
                roles=frozenset({"rep", "manager"}),
                on_phone=True,
            ),
            order=25,
        )
        slots.navigation.fill(
            "follow-ups",
            slots.NavigationItem(
                label=_("Follow-ups"),
                url_name="follow-ups",
                icon="circle-check",
                key="g f",
                count=follow_ups.due_tally,
            ),
            order=27,
        )
        slots.navigation.fill(
            "cases", slots.NavigationItem(label=_("Cases"), url_name="cases", icon="shield-alert"), order=35
        )
        slots.navigation.fill(
            "privacy",
            slots.NavigationItem(
                label=_("Personal data"),
                url_name="privacy",
                icon="id-card",
                section=_("Looking after data"),
                roles=frozenset({"admin"}),
            ),
            order=74,
        )
        slots.navigation.fill(
            "imports",
            slots.NavigationItem(
                label=_("Data import"),
                url_name="imports",
                icon="upload",
                section=_("Looking after data"),
                roles=frozenset({"manager", "planner", "admin"}),
            ),
            order=70,
        )
        slots.notice_groups.fill("customers", _("Customers: follow-ups and cases"), order=10)
        slots.notice_kinds.fill("import.done", slots.NoticeKind("upload", phrases.import_done, "data"))
        slots.notice_kinds.fill("import.failed", slots.NoticeKind("upload", phrases.import_failed, "data"))
        slots.notice_kinds.fill(
            "follow_up.due", slots.NoticeKind("clock", phrases.follow_up_due, "customers", in_mail=False)
        )
        slots.notice_kinds.fill("case.overdue", slots.NoticeKind("shield-alert", phrases.case_overdue, "customers"))
        slots.notice_kinds.fill("case.assigned", slots.NoticeKind("shield-alert", phrases.case_assigned, "customers"))
        slots.notice_kinds.fill("cases.assigned", slots.NoticeKind("shield-alert", phrases.cases_assigned, "customers"))
        slots.mail_parts.fill("follow-ups", morning.follow_ups, order=10)
        slots.webhook_kinds.fill("case.opened", _("A case was opened"), order=50)
        slots.webhook_kinds.fill("customer.merged", _("Two customers were merged"), order=50)
        slots.preference_parts.fill("calendar", calendar.preference_part)
        slots.commands.fill(
            "new-customer", slots.NavigationItem(label=_("Add customer"), url_name="new-customer", icon="plus")
        )
        slots.commands.fill(
            "log", slots.NavigationItem(label=_("Log activity"), url_name="log-choose", icon="phone", key="l")
        )
