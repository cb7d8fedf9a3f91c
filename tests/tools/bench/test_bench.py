"""What the bench says of its measurements."""

from tools.bench.__main__ import line, page
from tools.bench.measure import EXTRA, WRAPPER, Measured


def measured(value: float) -> Measured:
    return Measured(what="preview prod", against="less", pairs=((3.0, 2.0), (1.0, 1.0), (2.0, 1.5)), value=value, unit="times", limit=2.0)


def test_a_result_says_whether_it_is_within_its_limit() -> None:
    assert line(measured(1.5)) == "ok    preview prod: 1.50 times (at most 2).  It took 2.00 s; less: 1.50 s"
    assert line(measured(2.1)).startswith("FAIL  preview prod: 2.10 times")


def test_the_page_has_a_row_a_measurement_and_says_where_it_was_made() -> None:
    text = page([measured(1.5), measured(1.25)])
    assert text.count("| preview prod | less | 2.00 s | 1.50 s |") == 2
    assert "3 pairs each" in text


def test_the_wrapper_is_a_program() -> None:
    compile(WRAPPER.format(entry="/x/__main__.py", extra=EXTRA), "wrapper", "exec")
