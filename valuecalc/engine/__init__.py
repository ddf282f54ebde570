"""Case in, Result out: numbers, trace, scenarios and solutions. Pure; no files, no network."""
