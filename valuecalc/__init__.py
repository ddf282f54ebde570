"""Works out what a solution is worth to a customer, and proves every number of it."""

__version__ = "0.1.0"
