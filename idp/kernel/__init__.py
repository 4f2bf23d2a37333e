"""What everything else may use: time, refusals, identifiers, settings, outgoing HTTP, words."""
