"""Check any workbook against the rules for models that others have to believe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from valuecalc.documents.lint.report import Finding, NotJudged, Report
from valuecalc.documents.lint.rules import RULES, Rule
from valuecalc.loading import later

if TYPE_CHECKING:
    from valuecalc.documents.lint import upload
else:
    upload = later("valuecalc.documents.lint.upload")

__all__ = ["RULES", "Finding", "NotJudged", "Report", "Rule", "as_document", "lint"]


def lint(content: bytes) -> Report:
    """The report about a workbook. Raises `FileRefused` for one that is not safe or not whole."""
    return upload.lint(content)


def as_document(report: Report) -> dict[str, Any]:
    """A report with the rules that it is about, for JSON."""
    rules = [
        {
            "number": each.number,
            "title": each.title,
            "sources": each.sources,
            "looks_at": each.looks_at,
            "remedy": each.remedy,
            "findings": sum(finding.rule == each.number for finding in report.findings),
        }
        for each in RULES
    ]
    return {"summary": summary(report), "rules": rules} | report.document()


def summary(report: Report) -> str:
    """One line: `1,404 formulas, 11 sheets: 3 findings in 2 rules`."""
    holds = f"{_count(report.formulas, 'formula')}, {_count(report.sheets, 'sheet')}"
    found = len(report.findings) + report.left_out
    if not found:
        return f"{holds}: no findings"
    return f"{holds}: {_count(found, 'finding')} in {_count(len(report.rules_broken), 'rule')}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
