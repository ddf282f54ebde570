"""What a value case is: frozen data, its timeline, its checks and its statement."""
