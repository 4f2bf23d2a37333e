"""What ``idp serve`` runs: the servers of the one callable, and how each of them is set."""
