"""What whoever is on call looks at: the dashboard and the alerts."""
