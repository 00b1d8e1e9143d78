"""What our words mean; the only code that writes tables."""
