"""Both catalogues hold every sentence of the code, and say it with the same values."""

import gettext
import re
import string
import tokenize
from io import BytesIO
from itertools import pairwise

import pytest
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

import catalogs
from backcast.language import LANGUAGES, LOCALE, Message, Name, language, tr

FOLDERS = {code: LOCALE / code / "LC_MESSAGES" for code in LANGUAGES}


def _catalog(code):
    return read_po(BytesIO((FOLDERS[code] / "backcast.po").read_bytes()), locale=code)


def _sentences(code):
    return {message.id: message.string for message in _catalog(code) if message.id}


def _placeholders(sentence):
    return sorted(
        f"{name}{'!' + conversion if conversion else ''}:{spec}"
        for _, name, spec, conversion in string.Formatter().parse(sentence)
        if name is not None
    )


@pytest.mark.parametrize("code", LANGUAGES)
def test_catalogues_hold_just_the_sentences_of_the_code(code):
    gathered = set(catalogs.gather())
    held = set(_sentences(code))
    assert gathered - held == set(), "Run make catalogs."
    assert held - gathered == set(), "Run make catalogs."


@pytest.mark.parametrize("code", LANGUAGES)
def test_gathering_again_changes_nothing(code):
    path = FOLDERS[code] / "backcast.po"
    catalog = catalogs.update(path, code, catalogs.gather(), {})
    catalog.creation_date = catalog.revision_date = catalogs.datetime(2026, 1, 1, tzinfo=catalogs.UTC)
    written = BytesIO()
    write_po(written, catalog, width=110, include_lineno=False, sort_output=True)
    assert written.getvalue() == path.read_bytes(), "Run make catalogs."


def test_every_sentence_is_translated():
    assert [sentence for sentence, chinese in _sentences("zh_Hans").items() if not chinese] == []


def test_english_says_what_the_code_says():
    assert {sentence: english for sentence, english in _sentences("en").items() if english != sentence} == {}


def test_translations_have_the_same_placeholders():
    wrong = {s: zh for s, zh in _sentences("zh_Hans").items() if _placeholders(s) != _placeholders(zh)}
    assert wrong == {}


def test_chinese_sentences_are_chinese():
    """A sentence of several English words has Chinese characters in its translation."""
    left = [
        sentence
        for sentence, chinese in _sentences("zh_Hans").items()
        if len(re.findall(r"[a-z]{3,}", re.sub(r"\{[^}]*\}|`[^`]*`", "", sentence))) >= 3
        and not re.search(r"[\u4e00-\u9fff]", chinese)
    ]
    assert left == []


def test_what_is_a_sentence_in_english_is_one_in_chinese():
    wrong = [s for s, zh in _sentences("zh_Hans").items() if s.endswith(".") and not zh.endswith("。")]
    assert wrong == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_compiled_catalogue_is_that_of_the_text(code):
    compiled = BytesIO()
    write_mo(compiled, _catalog(code))
    told = {message.id: message.string for message in read_mo(BytesIO(compiled.getvalue())) if message.id}
    kept = read_mo(BytesIO((FOLDERS[code] / "backcast.mo").read_bytes()))
    assert {message.id: message.string for message in kept if message.id} == told


def test_no_sentence_hides_in_an_f_string():
    """The gatherer does not look into f-strings, so a sentence marked there would never be translated."""
    hidden = []
    for path in (catalogs.ROOT / "src" / "backcast").rglob("*.py"):
        with path.open("rb") as file:
            tokens = list(tokenize.tokenize(file.readline))
        hidden += [
            f"{path.name}, line {token.start[0]}"
            for token in tokens
            if token.type == tokenize.STRING
            and re.match(r"[rR]?[fF]", token.string)
            and re.search(r"\btr\(", token.string)
        ]
    assert hidden == []


def test_a_sentence_is_read_in_the_language_asked_for():
    message = tr("There is no file or folder “{path}”. Check how it is spelled.", path="x")
    assert message.read("en") == "There is no file or folder “x”. Check how it is spelled."
    assert message.read("zh_Hans") == "找不到文件或文件夹“x”。请核对名称。"
    with pytest.raises(ValueError, match="zh_Hans and en, not “fr”"):
        message.read("fr")


def test_values_that_are_messages_or_names_are_read_in_the_same_language():
    message = Message("{indicator} {date}", (("indicator", Name("基站", "stations")), ("date", tr("row {row}", row=2))))
    assert message.read("en") == "stations row 2"
    assert message.read("zh_Hans") == "基站（第2行）"


def test_a_name_without_english_is_read_in_chinese():
    assert Name("基站").read("en") == "基站"


@pytest.mark.parametrize(
    ("variables", "spoken"),
    [
        ({"BACKCAST_LANGUAGE": "zh", "LANG": "en_US.UTF-8"}, "zh_Hans"),
        ({"BACKCAST_LANGUAGE": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh_Hans"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh_Hans"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_is_taken_from_the_environment(monkeypatch, variables, spoken):
    for name in ("BACKCAST_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language() == spoken


def test_gettext_finds_both_catalogues():
    for code in LANGUAGES:
        assert gettext.find("backcast", LOCALE, [code])


def test_sentences_are_sorted_so_that_a_change_is_easy_to_see():
    told = [message.id for message in _catalog("zh_Hans") if message.id]
    assert all(first <= second for first, second in pairwise(told))
