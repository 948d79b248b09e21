"""Sectors are read by their names, in the reader's language."""

from __future__ import annotations

from django.utils import translation

from backcast.web.projects.sectors import sector_name


def test_a_known_sector_is_called_by_its_name():
    with translation.override("zh-hans"):
        assert sector_name("data_centre") == "数据中心"
    with translation.override("en"):
        assert sector_name("data_centre") == "data centres"


def test_an_unknown_sector_reads_as_it_was_written():
    with translation.override("zh-hans"):
        assert sector_name("低空经济") == "低空经济"
