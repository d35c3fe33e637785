"""Quality of a reply to a complaint (答复质量), part by part, each with the words that speak for it."""
