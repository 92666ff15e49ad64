from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

FOOT = "foot"
"""The section of the menu that stands below all others."""


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = "Sodate CRM"

    def ready(self) -> None:
        from crm import notices, signin, slots, tasks  # noqa: F401 (tasks' names must be known wherever work is enqueued)

        signin.listen()
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
        slots.navigation.fill(
            "custom-fields",
            slots.NavigationItem(
                label=_("Custom fields"),
                url_name="custom-fields",
                icon="sliders-horizontal",
                section=_("Administration"),
                roles=frozenset({"admin"}),
            ),
            order=80,
        )
