"""The apps' own urls under one roof; the API of all of them under /api/v1/."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from crm.health import health
from crm.views.tokens import TokenView

urlpatterns = [
    path("health/", health, name="health"),
    path("signin/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/v1/token/", TokenView.as_view(), name="api-token"),
    path("api/v1/", include("crm.views.api_urls")),
    path("api/v1/", include("accounts.api.urls")),
    path("api/v1/", include("campaigns.api.urls")),
    path("", include("crm.views.urls")),
    path("", include("accounts.urls")),
    path("", include("campaigns.urls")),
]

handler400 = "crm.views.errors.bad_request"
handler403 = "crm.views.errors.forbidden"
handler404 = "crm.views.errors.not_found"
handler500 = "crm.views.errors.server_error"
