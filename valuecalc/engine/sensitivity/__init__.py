"""What a figure depends on: tornado, elasticities, two-way tables, and where it breaks even."""
