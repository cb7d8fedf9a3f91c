"""Who may do what once a plan is carried out: rights inside the cluster, and Oracle's statements, and what a change adds to them."""
