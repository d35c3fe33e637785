"""What masking took out, kept under lock for those who need it, for as long as it is needed."""
