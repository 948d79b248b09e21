import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backcast.interchange import read
from backcast.planbook.problem import PlanbookError

PIECES = st.sampled_from(
    [
        *(
            b"code",
            b"name",
            b"level",
            b"14",
            b"2025-06-30",
            b"PNS",
            b",",
            b";",
            b"\t",
            b'"',
            b"'",
            b"\n",
            b"\r",
            b"\r\n",
        ),
        *(
            b"\0",
            b"\xff",
            b"\x81",
            "山西".encode(),
            "山西".encode("gb18030"),
            b": ",
            b"- ",
            b"[",
            b"{",
            b"&a ",
            b"*a",
            b"#",
        ),
    ]
)
NOISE = st.lists(PIECES | st.binary(max_size=3), max_size=40).map(b"".join)
every = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(noise=NOISE)
@every
def test_any_bytes_are_read_as_csv_or_told_to_be_wrong(noise, read_table):
    for problem in read_table("regions", noise).check():
        assert problem.read("en")


@given(noise=NOISE)
@every
def test_any_bytes_are_read_as_a_plan_or_told_to_be_wrong(noise, tmp_path):
    (tmp_path / "plan.yaml").write_bytes(noise)
    for problem in read(tmp_path).check():
        assert problem.read("en")


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]
)
@given(noise=NOISE, place=st.floats(0, 1), length=st.integers(0, 40))
@settings(every, max_examples=25)
def test_a_workbook_with_any_damage_is_read_or_refused(part, noise, place, length, save, rewrite):
    def damage(data):
        start = int(place * len(data))
        return data[:start] + noise + data[start + length :]

    path = save([["code", "name", "level", "known_from"], ["14", "山西", "省", 45838.0], [None, "=1/0", 5, "PNS"]])
    rewrite(path, part, damage)
    try:
        problems = read(path).check()
    except PlanbookError as error:
        problems = list(error.problems)
    for problem in problems:
        assert problem.read("en")
