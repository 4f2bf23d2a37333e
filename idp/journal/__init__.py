"""The journal: what happened, to whom, by whom. Written by flows, read by auditors."""
