from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Customers"

    def ready(self) -> None:
        from accounts.queries import portfolio, timeline
        from accounts.views import custom
        from crm import slots

        timeline.register()
        custom.register()
        slots.navigation.fill(
            "customers",
            slots.NavigationItem(
                label=_("Customers"),
                url_name="customers",
                icon="building-2",
                key="g c",
                count=portfolio.number_in_sight,
                on_phone=True,
            ),
            order=20,
        )
        slots.navigation.fill(
            "log",
            slots.NavigationItem(
                label=pgettext_lazy("navigation", "Log"),
                url_name="log-choose",
                icon="plus",
                roles=frozenset({"rep", "manager"}),
                on_phone=True,
            ),
            order=25,
        )
