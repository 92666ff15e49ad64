from django.urls import path

from accounts.views import custom, customer, customers, log, search
from crm.custom_fields import CustomField

urlpatterns = [
    path("search/", search.search, name="search"),
    path("customers/", customers.customers, name="customers"),
    path("customers/new/", customers.new_customer, name="new-customer"),
    path("customers/<int:account_id>/", customer.customer, name="customer"),
    path("log/", log.choose, name="log-choose"),
    path("customers/<int:account_id>/log/", log.log, name="log"),
    path("customers/<int:account_id>/needs/", customer.write_need, name="need"),
    path("customers/<int:account_id>/cases/", customer.open_case, name="case"),
    path("needs/<int:need_id>/solved/", customer.solve_need, name="need-solved"),
    path("nps/<int:response_id>/heard/", customer.close_loop, name="nps-heard"),
    path("cases/<int:case_id>/solved/", customer.case_solved, name="case-solved"),
    path("cases/<int:case_id>/reported/", customer.case_reported, name="case-reported"),
    *(
        path(f"custom/{on}/<int:row_id>/", custom.custom_values, {"on": on}, name=f"{on}-custom")
        for on in CustomField.On.values
    ),
]
