from backcast.interchange import Reading, read

PLAN = "code: p\nname: 规划\nstarts: 2021-01-01\nends: 2025-12-31\n"
REGIONS = "code,name,level,parent\n14,山西,province,\n\n1401,太原,prefecture,41\n"
PROJECTS = "code,name,kind,lead_region,stage,planned_start\na,x,construction,1401,开工,PNS\nb,y,,1402,开工,\n"


def folder(tmp_path):
    (tmp_path / "plan.yaml").write_text(PLAN)
    (tmp_path / "regions.csv").write_text(REGIONS)
    (tmp_path / "projects.csv").write_text(PROJECTS)
    return tmp_path


def test_problems_of_cells_and_of_the_planbook_come_together_in_the_order_of_tables_and_rows(tmp_path):
    reading = read(folder(tmp_path))
    assert isinstance(reading, Reading)
    assert [(p.table, p.row, p.column) for p in reading.check()] == [
        ("regions", 4, "parent"),
        ("projects", 2, "planned_start"),
        ("projects", 3, "kind"),
        ("projects", 3, "lead_region"),
    ]
    assert [p.column for p in reading.problems] == ["planned_start"]


def test_errors_are_the_problems_that_keep_a_planbook_from_being_used(tmp_path):
    folder(tmp_path)
    (tmp_path / "notes.csv").write_text("a\n1\n")
    reading = read(tmp_path)
    assert len(reading.check()) == 5
    assert {problem.severity for problem in reading.errors} == {"error"}
    assert len(reading.errors) == 4


def test_a_required_cell_that_could_not_be_read_is_not_called_empty_too(read_table):
    reading = read_table("observations", "indicator,region,date,value\ni,14,2025-01-31,abc\n")
    messages = [p.message.read("en") for p in reading.check() if p.column == "value"]
    assert len(messages) == 1
    assert messages[0].startswith("“abc” is not a number.")


def test_a_row_is_kept_when_all_its_cells_are_bad(read_table):
    reading = read_table("returns", "project,period,actual_start\n,PNS,TBD\n")
    assert reading.planbook["returns"].height == 1
    assert [p.value for p in reading.problems] == ["PNS", "TBD"]
