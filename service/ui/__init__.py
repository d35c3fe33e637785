"""The page: operators and residents; every value is escaped."""
