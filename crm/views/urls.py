"""Pages of the house itself: display choices, the key list, the components on show."""

from django.urls import path

from crm.views import digest, fields, gallery, keys, notices, organisation, preferences, webhooks

urlpatterns = [
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/display/", preferences.display, name="display"),
    path("help/keys/", keys.keys, name="keys"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_all, name="notices-read"),
    path("notices/<int:notice_id>/", notices.notice, name="notice"),
    path("settings/organisation/", organisation.organisation, name="organisation"),
    path("settings/fields/", fields.custom_fields, name="custom-fields"),
    path("settings/fields/new/", fields.new_field, name="new-custom-field"),
    path("settings/fields/<int:field_id>/", fields.edit_field, name="custom-field"),
    path("settings/fields/<int:field_id>/kind/", fields.change_kind, name="custom-field-kind"),
    path("settings/fields/<int:field_id>/move/", fields.move_field, name="custom-field-move"),
    path("settings/fields/<int:field_id>/archive/", fields.archive_field, name="custom-field-archive"),
    path("settings/fields/<int:field_id>/restore/", fields.restore_field, name="custom-field-restore"),
    path("digest/off/<str:token>/", digest.digest_off, name="digest-off"),
    path("settings/webhooks/", webhooks.webhooks, name="webhooks"),
    path("settings/webhooks/new/", webhooks.new_webhook, name="new-webhook"),
    path("settings/webhooks/<int:webhook_id>/", webhooks.webhook, name="webhook"),
    path("settings/webhooks/<int:webhook_id>/secret/", webhooks.rotate, name="webhook-rotate"),
    path("settings/webhooks/<int:webhook_id>/test/", webhooks.send_test, name="webhook-test"),
    path("settings/webhooks/<int:webhook_id>/remove/", webhooks.remove, name="webhook-remove"),
    path("settings/webhooks/deliveries/<int:delivery_id>/", webhooks.delivery, name="delivery"),
    path("settings/webhooks/deliveries/<int:delivery_id>/again/", webhooks.send_again, name="delivery-again"),
    path("gallery/", gallery.gallery, name="gallery"),
]
