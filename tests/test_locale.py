"""The catalogues hold every sentence of the code, and say it with the same values."""

import gettext
import re
import string
import tokenize
from io import BytesIO
from itertools import pairwise

import pytest
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

import catalogs
from backcast.language import LANGUAGES, LOCALE, Message, Name, language, tr

EACH_DOMAIN = pytest.mark.parametrize("domain", catalogs.DOMAINS)
EACH_LANGUAGE = pytest.mark.parametrize("code", LANGUAGES)


def _catalog(domain, code):
    return read_po(BytesIO(catalogs.path_of(domain, code).read_bytes()), locale=code)


def _sentences(domain, code):
    """Every form of every sentence with its translation."""
    return {
        english: translated
        for message in _catalog(domain, code)
        if message.id
        for english, translated in _pairs(message)
    }


def _pairs(message):
    if isinstance(message.id, str):
        return [(message.id, message.string)]
    if len(message.string) == 1:  # Chinese says one and many alike, as many
        return [(message.id[1], message.string[0])]
    return list(zip(message.id, message.string, strict=True))


def _keys(domain, code):
    ids = [message for message in _catalog(domain, code) if message.id]
    return {(message.context, message.id) for message in ids}


def _placeholders(sentence):
    """The values of a sentence: {braces} of Python, %(names)s of templates."""
    percents = re.findall(r"%\(\w+\)[sd]", sentence)
    braces = [
        f"{name}{'!' + conversion if conversion else ''}:{spec}"
        for _, name, spec, conversion in string.Formatter().parse(sentence)
        if name is not None
    ]
    return sorted(percents + braces)


@EACH_DOMAIN
@EACH_LANGUAGE
def test_catalogues_hold_just_the_sentences_of_the_code(domain, code):
    gathered = set(catalogs.gather(domain))
    held = _keys(domain, code)
    assert gathered - held == set(), "Run make catalogs."
    assert held - gathered == set(), "Run make catalogs."


@EACH_DOMAIN
@EACH_LANGUAGE
def test_gathering_again_changes_nothing(domain, code):
    catalog = catalogs.update(domain, code, catalogs.gather(domain), {})
    assert catalogs.as_text(catalog) == catalogs.path_of(domain, code).read_bytes(), "Run make catalogs."


@EACH_DOMAIN
def test_every_sentence_is_translated(domain):
    assert [sentence for sentence, chinese in _sentences(domain, "zh_Hans").items() if not chinese] == []


@EACH_DOMAIN
def test_english_says_what_the_code_says(domain):
    assert {sentence: english for sentence, english in _sentences(domain, "en").items() if english != sentence} == {}


@EACH_DOMAIN
def test_translations_have_the_same_placeholders(domain):
    pairs = _sentences(domain, "zh_Hans").items()
    assert {s: zh for s, zh in pairs if _placeholders(s) != _placeholders(zh)} == {}


@EACH_DOMAIN
def test_chinese_sentences_are_chinese(domain):
    """A sentence of several English words has Chinese characters in its translation."""
    left = [
        sentence
        for sentence, chinese in _sentences(domain, "zh_Hans").items()
        if len(re.findall(r"[a-z]{3,}", re.sub(r"\{[^}]*\}|%\(\w+\)s|`[^`]*`", "", sentence))) >= 3
        and not re.search(r"[\u4e00-\u9fff]", chinese)
    ]
    assert left == []


@EACH_DOMAIN
def test_what_is_a_sentence_in_english_is_one_in_chinese(domain):
    pairs = _sentences(domain, "zh_Hans").items()
    assert [s for s, zh in pairs if s.endswith(".") and not zh.endswith("。")] == []


@EACH_DOMAIN
@EACH_LANGUAGE
def test_the_compiled_catalogue_is_that_of_the_text(domain, code):
    compiled = BytesIO()
    write_mo(compiled, _catalog(domain, code))
    kept = BytesIO(catalogs.path_of(domain, code).with_suffix(".mo").read_bytes())
    assert _compiled(kept) == _compiled(BytesIO(compiled.getvalue()))


def _compiled(file):
    """What a compiled catalogue holds, however many forms each sentence has."""
    return [(message.context, message.id, message.string) for message in read_mo(file) if message.id]


def test_sentences_of_templates_are_gathered_also_from_attributes_of_components(tmp_path, monkeypatch):
    folder = tmp_path / "web" / "app" / "templates"
    folder.mkdir(parents=True)
    (folder / "page.html").write_text(
        """{% load i18n %}
        <c-card title="{% translate "A title" %}">
    {% blocktranslate trimmed with name=x count n=rows %}
        One row of {{ name }}
    {% plural %}{{ n }} rows of {{ name }}{% endblocktranslate %}</c-card>
    {% translate "May" context "month" %}{{ _("A value")|upper }}{# {% translate "No" %} #}""",
        encoding="utf-8",
    )
    monkeypatch.setattr(catalogs, "CODE", tmp_path)
    monkeypatch.setattr(catalogs, "WEB", tmp_path / "web")
    assert set(catalogs.gather("django")) == {
        (None, "A title"),
        (None, ("One row of %(name)s", "%(n)s rows of %(name)s")),
        ("month", "May"),
        (None, "A value"),
    }


def test_a_plural_takes_one_translation_in_chinese_and_two_in_english(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogs, "LOCALE", tmp_path)
    found = {(None, ("One row", "%(n)s rows")): ["page.html"]}
    given = {"One row": "%(n)s行"}
    chinese = catalogs.update("django", "zh_Hans", found, given)
    assert [message.string for message in chinese if message.id] == [("%(n)s行",)]
    english = catalogs.update("django", "en", found, {})
    assert [message.string for message in english if message.id] == [("One row", "%(n)s rows")]
    catalogs.write(chinese, "django", "zh_Hans")
    again = catalogs.update("django", "zh_Hans", found, {})
    assert [message.string for message in again if message.id] == [("%(n)s行",)]


def test_no_sentence_hides_in_an_f_string():
    """The gatherer does not look into f-strings, so a sentence marked there would never be translated."""
    marked = re.compile(rf"\b(?:{'|'.join(catalogs.TR | catalogs.GETTEXT)})\(")
    hidden = []
    for path in (catalogs.ROOT / "src" / "backcast").rglob("*.py"):
        with path.open("rb") as file:
            tokens = list(tokenize.tokenize(file.readline))
        hidden += [
            f"{path.name}, line {token.start[0]}"
            for token in tokens
            if token.type == tokenize.STRING and re.match(r"[rR]?[fF]", token.string) and marked.search(token.string)
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


def test_gettext_finds_all_catalogues():
    for code in LANGUAGES:
        assert all(gettext.find(domain, LOCALE, [code]) for domain in catalogs.DOMAINS)


@EACH_DOMAIN
def test_sentences_are_sorted_so_that_a_change_is_easy_to_see(domain):
    told = [catalogs.first(message.id) for message in _catalog(domain, "zh_Hans") if message.id]
    assert all(earlier <= later for earlier, later in pairwise(told))
