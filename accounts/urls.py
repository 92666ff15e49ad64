from django.urls import path

from accounts.views import customers

urlpatterns = [
    path("customers/", customers.customers, name="customers"),
    path("customers/new/", customers.new_customer, name="new-customer"),
]
