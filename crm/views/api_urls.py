from django.urls import path
from rest_framework.routers import SimpleRouter

from crm.views.fields_api import CustomFieldViewSet
from crm.views.me_api import MeView
from crm.views.notices_api import NoticeViewSet
from crm.views.organisation_api import OrganisationView
from crm.views.webhooks_api import DeliveryViewSet, WebhookViewSet

router = SimpleRouter()
router.register("custom-fields", CustomFieldViewSet, "api-custom-field")
router.register("notices", NoticeViewSet, "api-notice")
router.register("webhooks", WebhookViewSet, "api-webhook")
router.register("deliveries", DeliveryViewSet, "api-delivery")

urlpatterns = [
    path("me/", MeView.as_view(), name="api-me"),
    path("organisation/", OrganisationView.as_view(), name="api-organisation"),
    *router.urls,
]
