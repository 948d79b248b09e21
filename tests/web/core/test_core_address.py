"""Behind proxies the address is the browser's, and nobody makes one up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from backcast.web.core.middleware import address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, "2001:db8::7", "2001:db8::7"),
        (1, "somebody", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_the_address_is_what_our_own_proxy_saw(settings, proxies, forwarded, expected):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, proxies=proxies)
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded})
    address(lambda _: HttpResponse())(request)
    assert request.META["REMOTE_ADDR"] == expected
