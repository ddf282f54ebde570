"""The reference case: 30 assumptions, 40 lines in 50 formulas, 60 monthly periods.

It is made of four parts of ten lines each (subscribers, faults, energy, service desk) that
hold what value cases hold: ramps of each shape, churn as a recurrence, price growth, one
`max`, haircuts, and units that convert. A part can be repeated under other names, so that the
same kind of case can be measured at any size.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from valuecalc.case.case import (
    Assumption,
    Benefit,
    Calculation,
    Case,
    Evidence,
    Grade,
    Investment,
    Line,
    Ramp,
    RampShape,
)
from valuecalc.case.timeline import Timeline

Computed = TypeVar("Computed", Calculation, Benefit, Investment)

MONTHS = 60
LINES_PER_PART = 10
PARTS = 4


@dataclass(frozen=True)
class Part:
    """Ten lines with the assumptions they rest on."""

    assumptions: tuple[Assumption, ...]
    calculations: tuple[Calculation, ...]
    benefits: tuple[Benefit, ...]
    investments: tuple[Investment, ...]


def case(months: int = MONTHS, lines: int = PARTS * LINES_PER_PART) -> Case:
    """The reference case, or one like it with another horizon and another number of lines."""
    parts = [_renamed(_PARTS[i % PARTS], i // PARTS) for i in range(lines // LINES_PER_PART)]
    return Case(
        title="Reference work",
        customer="Company A",
        timeline=Timeline(start=date(2027, 1, 1), months=months),
        assumptions=tuple(each for part in parts for each in part.assumptions),
        calculations=tuple(each for part in parts for each in part.calculations),
        benefits=tuple(each for part in parts for each in part.benefits),
        investments=tuple(each for part in parts for each in part.investments),
    )


def formulas(of: Case) -> int:
    """How many formulas a case has, those of growth and haircuts included."""
    return len(of.calculations) + sum(len(line.formulas) for line in of.lines)


def _assumption(
    id: str, value: float, low: float, high: float, unit: str, growth: float = 0.0
) -> Assumption:
    return Assumption(
        id=id,
        label=id.replace("_", " ").capitalize(),
        value=value,
        low=low,
        high=high,
        unit=unit,
        growth=growth,
        evidence=Evidence(grade=Grade.B, source="Reference work", owner="Head of operations"),
    )


def _calculation(id: str, formula: str) -> Calculation:
    return Calculation(id=id, label=id.replace("_", " ").capitalize(), formula=formula)


_SUBSCRIBERS = Part(
    assumptions=(
        _assumption("opening", 420_000, 400_000, 440_000, "subscriber"),
        _assumption("added", 6_000, 4_500, 7_500, "subscriber"),
        _assumption("churn", 0.018, 0.015, 0.022, "%"),
        _assumption("churn_cut", 0.12, 0.06, 0.18, "%"),
        _assumption("arpu_before", 22, 21, 23, "GBP/subscriber/month"),
        _assumption("arpu_after", 23.5, 22.5, 25, "GBP/subscriber/month"),
        _assumption("take_up", 0.25, 0.15, 0.35, "%"),
        _assumption("margin", 0.6, 0.5, 0.65, "%"),
    ),
    calculations=(
        _calculation("leaving", "churn * (1 - churn_cut)"),
        _calculation("active", "previous(active, opening) * (1 - churn) + added"),
        _calculation("retained", "previous(retained, opening) * (1 - leaving) + added"),
        _calculation("kept", "max(retained - active - 5000 subscriber, 0)"),
        _calculation("upgraders", "active * take_up"),
        _calculation("uplift", "arpu_after - arpu_before"),
    ),
    benefits=(
        Benefit(
            id="arpu",
            label="Higher revenue per subscriber",
            formula="upgraders * uplift * margin",
            category="revenue",
            ramp=Ramp(months=18, shape=RampShape.S_CURVE),
            realisation="80%",
        ),
        Benefit(
            id="retention",
            label="Fewer subscribers lost",
            formula="kept * arpu_before * margin",
            category="revenue",
            growth="2%",
            attribution="50%",
        ),
    ),
    investments=(
        Investment(
            id="platform",
            label="Subscriber platform",
            formula="active * 0.35 GBP/subscriber/month",
            category="running",
        ),
        Investment(
            id="launch",
            label="Launch",
            formula="added * 12 * 8 GBP/subscriber",
            category="one_off",
            spread=6,
        ),
    ),
)

_FAULTS = Part(
    assumptions=(
        _assumption("sites", 2_400, 2_300, 2_500, "site"),
        _assumption("fault_rate", 0.22, 0.18, 0.26, "fault/site/month"),
        _assumption("avoidable", 0.3, 0.2, 0.4, "%"),
        _assumption("visit_share", 0.55, 0.45, 0.6, "visit/fault"),
        _assumption("visit_cost", 210, 180, 250, "GBP/visit"),
        _assumption("repair_time", 3.5, 3, 4.5, "hour/visit"),
        _assumption("wage", 48, 45, 52, "GBP/hour", growth=0.03),
        _assumption("usable", 0.4, 0.25, 0.5, "%"),
    ),
    calculations=(
        _calculation("faults", "sites * fault_rate"),
        _calculation("avoided", "faults * avoidable"),
        _calculation("visits", "avoided * visit_share"),
        _calculation("hours_freed", "visits * repair_time"),
        _calculation("hours_used", "hours_freed * usable"),
        _calculation("sensors", "sites * 3 sensor/site"),
    ),
    benefits=(
        Benefit(
            id="field_visits",
            label="Field visits avoided",
            formula="visits * visit_cost",
            category="cost_reduction",
            ramp=Ramp(months=12),
            realisation="90%",
        ),
        Benefit(
            id="field_time",
            label="Technicians' time used",
            formula="hours_used * wage",
            category="productivity",
            ramp=Ramp(months=12),
            attribution="75%",
        ),
    ),
    investments=(
        Investment(
            id="sensor_purchase",
            label="Sensors",
            formula="sensors * 85 GBP/sensor",
            category="capital",
            spread=9,
            risk="10%",
        ),
        Investment(
            id="sensor_service",
            label="Sensor service",
            formula="sensors * 1.2 GBP/sensor/month",
            category="running",
            ramp=Ramp(months=9),
        ),
    ),
)

_ENERGY = Part(
    assumptions=(
        _assumption("masts", 1_800, 1_750, 1_850, "mast"),
        _assumption("energy_use", 2_800, 2_600, 3_000, "kWh/mast/month"),
        _assumption("energy_price", 0.21, 0.17, 0.27, "GBP/kWh", growth=0.03),
        _assumption("energy_saved", 0.06, 0.03, 0.09, "%"),
        _assumption("outage_time", 34, 25, 45, "hour/year"),
        _assumption("outage_cost", 12_000, 8_000, 15_000, "GBP/hour"),
        _assumption("outage_cut", 0.2, 0.1, 0.3, "%"),
    ),
    calculations=(
        _calculation("energy_used", "masts * energy_use"),
        _calculation("energy_less", "energy_used * energy_saved"),
        _calculation("energy_bill", "energy_used * energy_price"),
        _calculation("outage_avoided", "outage_time * outage_cut"),
        _calculation("tariff_index", "1.015 ^ ((period - 1) / 12)"),
        _calculation("network_charge", "energy_bill * 12% * tariff_index"),
    ),
    benefits=(
        Benefit(
            id="energy",
            label="Energy saved",
            formula="energy_less * energy_price + network_charge * energy_saved",
            category="cost_reduction",
            ramp=Ramp(years=(0.4, 0.8, 1.0)),
            realisation="95%",
        ),
        Benefit(
            id="outages",
            label="Outages avoided",
            formula="outage_avoided * outage_cost",
            category="risk_reduction",
            ramp=Ramp(months=6),
            risk="15%",
        ),
    ),
    investments=(
        Investment(
            id="controllers",
            label="Energy controllers",
            formula="masts * 140 GBP/mast",
            category="capital",
        ),
        Investment(
            id="upkeep",
            label="Upkeep of controllers",
            formula="masts * 30 GBP/mast/year",
            category="running",
            starts=4,
        ),
    ),
)

_SERVICE_DESK = Part(
    assumptions=(
        _assumption("tickets", 38_000, 35_000, 41_000, "ticket/month"),
        _assumption("deflected", 0.18, 0.1, 0.25, "%"),
        _assumption("ticket_cost", 7.5, 6.5, 8.5, "GBP/ticket"),
        _assumption("handling_time", 0.2, 0.15, 0.25, "hour/ticket"),
        _assumption("project_days", 900, 800, 1_200, "person_day"),
        _assumption("day_rate", 420, 400, 450, "GBP/person_day"),
        _assumption("licence", 55_000, 52_000, 60_000, "GBP/month"),
    ),
    calculations=(
        _calculation("growth_index", "1.01 ^ ((period - 1) / 12)"),
        _calculation("tickets_expected", "tickets * growth_index"),
        _calculation("tickets_deflected", "tickets_expected * deflected"),
        _calculation("desk_hours", "tickets_deflected * handling_time"),
        _calculation("project_cost", "project_days * day_rate"),
        _calculation("support", "licence * 18%"),
    ),
    benefits=(
        Benefit(
            id="tickets_avoided",
            label="Tickets avoided",
            formula="tickets_deflected * ticket_cost",
            category="cost_reduction",
            ramp=Ramp(months=10),
            realisation="85%",
        ),
        Benefit(
            id="desk_time",
            label="Service desk time freed",
            formula="desk_hours * 22 GBP/hour",
            category="productivity",
            ramp=Ramp(months=10),
            attribution="50%",
        ),
    ),
    investments=(
        Investment(
            id="own_effort",
            label="Own project team",
            formula="project_cost",
            category="internal_effort",
            spread=10,
        ),
        Investment(
            id="licences",
            label="Licences and support",
            formula="licence + support",
            category="running",
            starts=2,
        ),
    ),
)

_PARTS = (_SUBSCRIBERS, _FAULTS, _ENERGY, _SERVICE_DESK)


def _renamed(part: Part, copy: int) -> Part:
    """A part under other names, so that its formulas are other texts; copy 0 is itself."""
    if copy == 0:
        return part
    everything: tuple[Assumption | Calculation | Line, ...] = (
        *part.assumptions,
        *part.calculations,
        *part.benefits,
        *part.investments,
    )
    ids = {each.id: f"{each.id}_{copy}" for each in everything}

    def formula(text: str) -> str:
        return re.sub(r"[a-z_]+", lambda word: ids.get(word[0], word[0]), text)

    def renamed(each: Computed) -> Computed:
        return replace(each, id=ids[each.id], formula=formula(each.formula))

    return Part(
        tuple(replace(each, id=ids[each.id]) for each in part.assumptions),
        tuple(map(renamed, part.calculations)),
        tuple(map(renamed, part.benefits)),
        tuple(map(renamed, part.investments)),
    )
