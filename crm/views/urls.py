"""Pages of the house itself: display choices, the key list, the components on show."""

from django.urls import path

from crm.views import gallery, keys, notices, preferences

urlpatterns = [
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/display/", preferences.display, name="display"),
    path("help/keys/", keys.keys, name="keys"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_all, name="notices-read"),
    path("notices/<int:notice_id>/", notices.notice, name="notice"),
    path("gallery/", gallery.gallery, name="gallery"),
]
