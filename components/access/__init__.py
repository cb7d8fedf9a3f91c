"""Who may do what in the cluster, and what is refused whoever asks."""
