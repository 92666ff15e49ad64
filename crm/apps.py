from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

FOOT = "foot"
"""The section of the menu that stands below all others."""


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = "Sodate CRM"

    def ready(self) -> None:
        from crm import notices, signin, slots, tasks, webhooks  # noqa: F401 (tasks' names must be known wherever work is enqueued)

        signin.listen()
        slots.mail_parts.fill("notices", notices.mail_part, order=90)
        slots.notice_groups.fill("data", _("Data: imports and connections to other systems"), order=30)
        slots.notice_kinds.fill("webhook.off", slots.NoticeKind("link", webhooks.words.switched_off, "data"))
        slots.navigation.fill(
            "notices",
            slots.NavigationItem(
                label=_("Notices"),
                url_name="notices",
                icon="bell",
                section=FOOT,
                count=notices.unread_tally,
                is_badge=True,
            ),
            order=90,
        )
        slots.commands.fill(
            "preferences",
            slots.NavigationItem(label=_("Your settings"), url_name="preferences", icon="settings"),
            order=200,
        )
        slots.commands.fill(
            "keys", slots.NavigationItem(label=_("Keys and help"), url_name="keys", icon="keyboard", key="?"), order=210
        )
        slots.navigation.fill(
            "organisation",
            slots.NavigationItem(
                label=pgettext_lazy("settings", "Organisation"),
                url_name="organisation",
                icon="cog",
                section=_("Looking after data"),
                roles=frozenset({"admin"}),
            ),
            order=74,
        )
        slots.navigation.fill(
            "custom-fields",
            slots.NavigationItem(
                label=_("Custom fields"),
                url_name="custom-fields",
                icon="sliders-horizontal",
                section=_("Looking after data"),
                roles=frozenset({"admin"}),
            ),
            order=76,
        )
        slots.navigation.fill(
            "webhooks",
            slots.NavigationItem(
                label=_("Webhooks"),
                url_name="webhooks",
                icon="send",
                section=_("Looking after data"),
                roles=frozenset({"admin"}),
            ),
            order=78,
        )
