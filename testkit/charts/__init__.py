"""What a chart renders to: the objects as Helm would send them, and what is in them."""
