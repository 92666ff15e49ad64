from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Customers"

    def ready(self) -> None:
        from accounts.queries import portfolio, timeline
        from crm import slots

        timeline.register()
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
