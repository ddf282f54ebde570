"""Many cases together: their totals, how sure the sum is, and what moves it most."""
