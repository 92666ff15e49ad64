from django.urls import path

from accounts.views import (
    calendar,
    cases,
    consents,
    custom,
    customer,
    customers,
    follow_ups,
    lists,
    log,
    saved_views,
    search,
)
from crm.custom_fields import CustomField

urlpatterns = [
    path("search/", search.search, name="search"),
    path("customers/", lists.show, {"key": "customers"}, name="customers"),
    path("lists/contacts/", lists.show, {"key": "contacts"}, name="list-contacts"),
    path("lists/activities/", lists.show, {"key": "activities"}, name="list-activities"),
    path("lists/needs/", lists.show, {"key": "needs"}, name="list-needs"),
    path("lists/cases/", lists.show, {"key": "cases"}, name="list-cases"),
    path("lists/contracts/", lists.show, {"key": "subscriptions"}, name="list-subscriptions"),
    path("lists/<slug:list_key>/export/", lists.export, name="list-export"),
    path("lists/<slug:list_key>/views/", saved_views.keep, name="saved-view-new"),
    path("views/<int:view_id>/", saved_views.edit, name="saved-view"),
    path("customers/new/", customers.new_customer, name="new-customer"),
    path("customers/<int:account_id>/", customer.customer, name="customer"),
    path("log/", log.choose, name="log-choose"),
    path("customers/<int:account_id>/log/", log.log, name="log"),
    path("follow-ups/", follow_ups.follow_ups, name="follow-ups"),
    path("customers/<int:account_id>/follow-ups/new/", follow_ups.new, name="new-follow-up"),
    path("follow-ups/<int:follow_up_id>/", follow_ups.edit, name="follow-up-edit"),
    path("follow-ups/<int:follow_up_id>/move/", follow_ups.move, name="follow-up-move"),
    path("follow-ups/<int:follow_up_id>/done/", follow_ups.done, name="follow-up-done"),
    path("follow-ups/<int:follow_up_id>/reopen/", follow_ups.reopen, name="follow-up-reopen"),
    path("follow-ups/<int:follow_up_id>/back/", follow_ups.back, name="follow-up-back"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/feed/", calendar.renew, name="calendar-feed"),
    path("calendar/feed/off/", calendar.switch_off, name="calendar-feed-off"),
    path("calendar/<str:token>.ics", calendar.feed, name="calendar-ics"),
    path("customers/<int:account_id>/needs/", customer.write_need, name="need"),
    path("customers/<int:account_id>/cases/", cases.new, name="case"),
    path("needs/<int:need_id>/solved/", customer.solve_need, name="need-solved"),
    path("nps/<int:response_id>/heard/", customer.close_loop, name="nps-heard"),
    path("customers/<int:account_id>/consents/", consents.consents, name="consents"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<int:case_id>/", cases.case, name="case-page"),
    path("cases/<int:case_id>/assign/", cases.assign, name="case-assign"),
    path("cases/<int:case_id>/back/", cases.back, name="case-back"),
    path("cases/<int:case_id>/solved/", cases.solved, name="case-solved"),
    path("cases/<int:case_id>/reported/", cases.reported, name="case-reported"),
    *(
        path(f"custom/{on}/<int:row_id>/", custom.custom_values, {"on": on}, name=f"{on}-custom")
        for on in CustomField.On.values
    ),
]
