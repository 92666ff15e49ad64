"""Pages of the house itself: display choices, the key list, the components on show."""

from django.urls import path

from crm.views import fields, gallery, keys, notices, preferences

urlpatterns = [
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/display/", preferences.display, name="display"),
    path("help/keys/", keys.keys, name="keys"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_all, name="notices-read"),
    path("notices/<int:notice_id>/", notices.notice, name="notice"),
    path("settings/fields/", fields.custom_fields, name="custom-fields"),
    path("settings/fields/new/", fields.new_field, name="new-custom-field"),
    path("settings/fields/<int:field_id>/", fields.edit_field, name="custom-field"),
    path("settings/fields/<int:field_id>/kind/", fields.change_kind, name="custom-field-kind"),
    path("settings/fields/<int:field_id>/move/", fields.move_field, name="custom-field-move"),
    path("settings/fields/<int:field_id>/archive/", fields.archive_field, name="custom-field-archive"),
    path("settings/fields/<int:field_id>/restore/", fields.restore_field, name="custom-field-restore"),
    path("gallery/", gallery.gallery, name="gallery"),
]
