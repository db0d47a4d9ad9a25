# SPDX-License-Identifier: GPL-2.0-only
"""The pictures of the page on stability are those of the data."""

from pathlib import Path

import pytest

from . import draw, search

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.mark.parametrize("name", draw.pictures())
def test_a_picture_is_up_to_date(name: str) -> None:
    assert (DOCS / "images" / name).read_text(encoding="utf-8") == draw.pictures()[name]


def test_the_page_shows_every_smallest_witness() -> None:
    page = (DOCS / "stability.md").read_text(encoding="utf-8")
    shown = {name for name in draw.pictures() if f"images/{name}" in page}
    assert set(draw.pictures()) - shown == {"stability-several-mild.svg"}


def test_the_milder_witness_is_described() -> None:
    mild = search.from_data(search.witnesses()["several-mild"])
    costs = ", ".join(str(cost) for _, cost in sorted(mild.costs.items()))
    page = " ".join((DOCS / "stability.md").read_text(encoding="utf-8").split())
    assert f"with n = 1 and n = 2 it takes costs {costs} and one fee of {max(mild.fees)}" in page
    assert {str(one) for one in mild.weights} == {"1/1", "2/1"}


def test_a_folder_that_is_not_there_gets_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert draw.main(["nowhere"]) == 2
    assert capsys.readouterr().err == "expected one folder that exists; got nowhere\n"


def test_pictures_are_written(tmp_path: Path) -> None:
    assert draw.main([str(tmp_path)]) == 0
    assert {one.name for one in tmp_path.iterdir()} == set(draw.pictures())


def test_the_search_prints_what_it_finds(capsys: pytest.CaptureFixture[str]) -> None:
    assert search.main(["several", "--total", "5"]) == 0
    assert '"links": [[0, 1, 1], [0, 2, 4], [1, 3, 1], [2, 3, 1]]' in capsys.readouterr().out
    assert search.main(["none", "--routers", "2", "--total", "2"]) == 1
    assert "none among" in capsys.readouterr().out
