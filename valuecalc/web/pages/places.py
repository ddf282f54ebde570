"""Where a case stands, and so the addresses of its explanations, scenarios and downloads.

A case of the library has addresses of its own, so its numbers are links. A case that was sent
in is kept nowhere: its page holds the text in a form, and its numbers are buttons that send the
form on. A case that is shared has addresses behind its link; with the customer's own numbers, which
are kept nowhere, it is sent on as well. Templates need not know which one they show.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Protocol

from flask import url_for

EXPECTED = "expected"
_FIGURE = "-figure-"
"""Stands for a figure in an address; no case has that number."""


class Place(Protocol):
    """The addresses of what belongs to a case, in the scenario that is shown."""

    @property
    def scenario(self) -> str:
        """The id of the scenario."""

    @property
    def document(self) -> str | None:
        """The text that goes with each request, or None where links do."""

    def show(self, scenario: str) -> str:
        """The page of the case in a scenario."""

    def explain(self, figure: str) -> str:
        """How a figure came about."""

    def download(self, kind: str) -> str:
        """A file of the case: `xlsx`, `docx`, `pdf`, …"""


class InsightPlace(Place, Protocol):
    """The addresses of a case that has pages of what it depends on."""

    def insight(self, page: str, **query: Any) -> str:
        """The page `certainty`, `sensitivity`, `alternatives` or `point`, which takes a `figure`.

        The scenario is the one shown, unless `query` names another.
        """


@dataclass(frozen=True)
class LibraryPlace:
    """A straw-man of the library."""

    slug: str
    scenario: str = EXPECTED
    document: ClassVar[None] = None

    def show(self, scenario: str) -> str:
        """The page of the straw-man in a scenario."""
        return url_for("case.show", slug=self.slug, scenario=_unless_expected(scenario))

    def explain(self, figure: str) -> str:
        """The page that explains a figure."""
        scenario = _unless_expected(self.scenario)
        return url_for("case.explain", slug=self.slug, figure=figure, scenario=scenario)

    def download(self, kind: str) -> str:
        """The address of the file."""
        scenario = _unless_expected(self.scenario)
        return url_for(
            "case.download", slug=self.slug, stem=self.slug, kind=kind, scenario=scenario
        )

    def insight(self, page: str, **query: Any) -> str:
        """A page of what the case depends on: see `InsightPlace`."""
        return _insight("case_insights", page, self.scenario, slug=self.slug, **query)


@dataclass(frozen=True)
class PostedPlace:
    """A case that was sent in with the request; `document` is its text."""

    document: str
    scenario: str = EXPECTED

    def show(self, scenario: str) -> str:
        """Where the form is sent to be shown in a scenario."""
        return url_for("calculate.show", scenario=_unless_expected(scenario))

    def explain(self, figure: str) -> str:
        """Where the form is sent to have a figure explained."""
        scenario = _unless_expected(self.scenario)
        return url_for("calculate.explain", figure=figure, scenario=scenario)

    def download(self, kind: str) -> str:
        """Where the form is sent to get the file."""
        scenario = _unless_expected(self.scenario)
        return url_for("calculate.download", kind=kind, scenario=scenario)


@dataclass(frozen=True)
class SharedPlace:
    """A case behind the link of a customer."""

    secret: str
    scenario: str = EXPECTED
    document: ClassVar[None] = None

    def show(self, scenario: str) -> str:
        """The page of the link in a scenario."""
        return url_for("shared.show", secret=self.secret, scenario=_unless_expected(scenario))

    def explain(self, figure: str) -> str:
        """The page that explains a figure."""
        scenario = _unless_expected(self.scenario)
        return url_for("shared.explain", secret=self.secret, figure=figure, scenario=scenario)

    def download(self, kind: str) -> str:
        """The address of the file."""
        scenario = _unless_expected(self.scenario)
        return url_for("shared.download", secret=self.secret, kind=kind, scenario=scenario)

    def insight(self, page: str, **query: Any) -> str:
        """A page of what the case depends on: see `InsightPlace`."""
        return _insight("shared_insights", page, self.scenario, secret=self.secret, **query)


@dataclass(frozen=True)
class PreviewPlace:
    """A shared case with the customer's numbers put in; `document` holds what was typed."""

    secret: str
    document: str
    scenario: str = EXPECTED

    def show(self, scenario: str) -> str:
        """Where the numbers are sent to be seen in a scenario."""
        return url_for("shared.preview", secret=self.secret, scenario=_unless_expected(scenario))

    def explain(self, figure: str) -> str:
        """Where the numbers are sent to have a figure explained."""
        scenario = _unless_expected(self.scenario)
        return url_for(
            "shared.explain_preview", secret=self.secret, figure=figure, scenario=scenario
        )

    def download(self, kind: str) -> str:
        """The address of the file, which always holds what was shared."""
        return SharedPlace(self.secret, self.scenario).download(kind)


@dataclass(frozen=True)
class SavedPlace:
    """A case that is kept: in its newest version, or in the one of that number."""

    uid: str
    scenario: str = EXPECTED
    version: int | None = None
    document: ClassVar[None] = None

    def show(self, scenario: str) -> str:
        """The page of the case in a scenario."""
        return self._address("saved_case.show", _unless_expected(scenario))

    def explain(self, figure: str) -> str:
        """The page that explains a figure."""
        return self._address("saved_case.explain", _unless_expected(self.scenario), figure=figure)

    def download(self, kind: str) -> str:
        """The address of the file."""
        return self._address("saved_case.download", _unless_expected(self.scenario), kind=kind)

    def insight(self, page: str, **query: Any) -> str:
        """A page of what the case depends on: see `InsightPlace`."""
        own = {"uid": self.uid, "version": self.version}
        return _insight("saved_insights", page, self.scenario, **own, **query)

    def _address(self, endpoint: str, scenario: str | None, **parts: Any) -> str:
        return url_for(endpoint, uid=self.uid, scenario=scenario, version=self.version, **parts)


@dataclass(frozen=True)
class EditPlace:
    """A case in the editor: its numbers are explained as they stand in the form.

    The script puts what is typed into the form `case-form` before it is sent. Scenarios, files
    and what the case depends on are those of the version that is kept. With an `alternative`,
    its figures are explained instead of those of the case.
    """

    uid: str
    scenario: str = EXPECTED
    document: ClassVar[str] = ""
    alternative: str = ""

    def show(self, scenario: str) -> str:
        """The editor in a scenario."""
        return url_for("editor.show", uid=self.uid, scenario=_unless_expected(scenario))

    def explain(self, figure: str) -> str:
        """Where the form is sent to have a figure explained."""
        return figure.join(self._around_figure)

    @cached_property
    def _around_figure(self) -> tuple[str, str]:
        # An answer to a key names a hundred figures and more, and making an address takes as
        # long as writing a figure. Names of figures hold nothing that an address has to escape.
        shown = {"scenario": _unless_expected(self.scenario), "alternative": self.alternative}
        query: dict[str, Any] = {name: each for name, each in shown.items() if each}
        address = url_for("editor.explain", uid=self.uid, figure=_FIGURE, **query)
        before, _, after = address.partition(_FIGURE)
        return before, after

    def download(self, kind: str) -> str:
        """The address of the file, which holds what is kept."""
        return SavedPlace(self.uid, self.scenario).download(kind)

    def insight(self, page: str, **query: Any) -> str:
        """A page of what the kept case depends on: see `InsightPlace`."""
        return SavedPlace(self.uid, self.scenario).insight(page, **query)


def _insight(blueprint: str, page: str, shown: str, /, **query: Any) -> str:
    scenario = _unless_expected(query.pop("scenario", shown))
    return url_for(f"{blueprint}.{page}", scenario=scenario, **query)


def _unless_expected(scenario: str) -> str | None:
    """The scenario for an address; the expected one is not worth saying."""
    return None if scenario == EXPECTED else scenario
