"""What may come in and what goes out: one shape, whichever door it uses."""
