"""The database: what is kept for years, and nothing else."""
