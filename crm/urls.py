"""The apps' own urls under one roof; the API of all of them under /api/v1/."""

from django.contrib import admin
from django.urls import include, path

from crm.health import health

urlpatterns = [
    path("health/", health, name="health"),
    path("signin/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("accounts.api.urls")),
    path("api/v1/", include("campaigns.api.urls")),
    path("", include("accounts.urls")),
    path("", include("campaigns.urls")),
]
