"""Addresses of sign-in, of one's own account, and of the system and the security officer."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import path

from backcast.web.accounts.views import entrance, grants, own, users

app_name = "accounts"
urlpatterns = [
    path("sign-in/", entrance.SignIn.as_view(), name="sign-in"),
    path("sign-out/", account.logout, name="sign-out"),
    path("try-on/<slug:username>/", entrance.try_on, name="try-on"),
    path("link/<str:username>/<str:token>/", entrance.set_password, name="set-password"),
    path("me/", own.me, name="me"),
    path("me/password/", own.password, name="password"),
    path("me/tokens/new/", own.new_token, name="new-token"),
    path("me/tokens/<slug:code>/revoke/", own.revoke_token, name="revoke-token"),
    path("me/sessions/<slug:mark>/end/", own.end_session, name="end-session"),
    path("users/", users.users, name="users"),
    path("users/new/", users.new_user, name="new-user"),
    path("users/of/<str:username>/", users.user, name="user"),
    path("users/of/<str:username>/disable/", users.disable, name="disable"),
    path("users/of/<str:username>/enable/", users.enable, name="enable"),
    path("users/of/<str:username>/link/", users.link, name="link"),
    path("users/of/<str:username>/drop-second-factor/", users.drop_second_factor, name="drop-second-factor"),
    path("grants/", grants.overview, name="grants"),
    path("grants/of/<str:username>/", grants.of_user, name="grants-of"),
    path("grants/of/<str:username>/withdraw/", grants.withdraw, name="withdraw"),
]
