"""What may be done with a complaint: gates (emergency, statutory channel) and routing by certainty."""
